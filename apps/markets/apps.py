from django.apps import AppConfig

from apps.accounts.offers import offer_markets


class MarketsConfig(AppConfig):
    name = "apps.markets"
    label = "markets"

    def ready(self) -> None:
        offer_markets(self.market_choices)

    def market_choices(self) -> list[tuple[str, str]]:
        """Every market as (slug, what a reader calls it)."""
        markets = self.get_model("Market").objects.all()
        return [(market.slug, f"{market.base} · {market.name}") for market in markets]
