from django.apps import AppConfig


class WatchlistsConfig(AppConfig):
    name = "apps.watchlists"
    label = "watchlists"

    def ready(self) -> None:
        from apps.accounts.belongings import add_part
        from apps.heatmaps.followed import offer_lists
        from apps.watchlists.services import followed_lists, told_watchlists

        add_part("watchlists", told_watchlists)
        offer_lists(followed_lists)
