"""Prices that no market makes in one step are kept out until a second venue tells the same."""

from collections import Counter
from collections.abc import Iterable

from apps.exchanges.numbers import BadPayload
from apps.exchanges.readings import Mark
from apps.exchanges.records import BarRow, LiquidationRow

MOST_TIMES = 20.0
AGREE_TIMES = 1.5


class Prices:
    """The last believed price of every coin at every venue."""

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()  # by venue
        self._last: dict[str, dict[str, float]] = {}

    def believe(self, coin: str, venue: str, row: BarRow | Mark | LiquidationRow) -> None:
        """Take a row's prices for true, or raise ``BadPayload`` and keep what was believed."""
        prices = _prices(row)
        for price in prices:
            if not self._is_plausible(coin, venue, price):
                self.refused[venue] += 1
                raise BadPayload(
                    f"{venue}: a price of {coin} is {price:g}, more than {MOST_TIMES:g} times "
                    "away from the one before, and no other venue tells it."
                )
        if prices and not isinstance(row, LiquidationRow):
            self._last.setdefault(coin, {})[venue] = prices[-1]

    def last(self, coin: str, venue: str) -> float | None:
        """What was believed last of a coin at a venue."""
        return self._last.get(coin, {}).get(venue)

    def _is_plausible(self, coin: str, venue: str, price: float) -> bool:
        known = self._last.get(coin, {})
        others = [other for name, other in known.items() if name != venue]
        if venue in known and _times(price, known[venue]) <= MOST_TIMES:
            return True
        if any(_times(price, other) <= AGREE_TIMES for other in others):
            return True
        return venue not in known and not any(_times(price, o) > MOST_TIMES for o in others)


def _prices(row: BarRow | Mark | LiquidationRow) -> list[float]:
    told: Iterable[float | None]
    if isinstance(row, BarRow):
        told = (row.mark_low, row.mark_high, row.low, row.high, row.close)
    elif isinstance(row, Mark):
        told = (row.mark_price,)
    else:
        told = (row.price,)
    return [price for price in told if price is not None]


def _times(a: float, b: float) -> float:
    return max(a, b) / min(a, b)
