"""Dollars per unit of what a trade is priced in, on the day that it closed."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from apps.journal.trades.decimals import average
from apps.markets.models import ExchangeRate

DOLLARS = {"USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USDE", "DAI"}  # taken as one dollar
OLDEST = timedelta(days=5)

type Rates = Callable[[str, int], Decimal | None]


def usd_rates() -> Rates:
    """A way to ask for rates; each currency is looked up once."""
    known: dict[str, list[tuple[date, float]]] = {}

    def rate(currency: str, at_ms: int) -> Decimal | None:
        if currency in DOLLARS:
            return Decimal(1)
        if currency not in known:
            rows = ExchangeRate.objects.filter(currency=currency).order_by("day")
            known[currency] = list(rows.values_list("day", "per_usd"))
        return _on(known[currency], datetime.fromtimestamp(at_ms / 1000, UTC).date())

    return rate


def _on(rates: list[tuple[date, float]], day: date) -> Decimal | None:
    """The rate of that day or the last one before it, unless that is too old."""
    at = bisect_right(rates, (day, float("inf"))) - 1
    if at < 0 or day - rates[at][0] > OLDEST:
        return None
    return average(Decimal(1), Decimal(str(rates[at][1])))
