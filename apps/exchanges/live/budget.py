"""How much a venue may be asked: never more than 80 % of what it documents.

The last ``per_s`` seconds are looked at whole, so no window of that length ever holds more; a
bucket that fills up while nothing is asked would let twice as much through at once.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from apps.exchanges.live.troubles import Paused, Trouble

MOST_SHARE = 0.8
SLACK_S = 0.05  # requests do not arrive as evenly as they were sent

type Seconds = Callable[[], float]
"""A clock that only goes forward."""
type Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a venue documents: ``units`` in any ``per_s`` seconds from one address."""

    units: float
    per_s: float


LIMITS = {
    "binance": Limit(2400, 60),  # weight; statistics have 1000 calls in 300 s: 12 units each
    "bybit": Limit(600, 5),
    "okx": Limit(40, 2),  # candles 1 unit; what is allowed half or a quarter as often 2 or 4
    "dydx": Limit(100, 10),
    "bitget": Limit(20, 1),  # liquidations are allowed 5 times a second: 4 units
    "gate": Limit(200, 10),  # of every single call; here of all together
    "htx": Limit(240, 3),
    "hyperliquid": Limit(1200, 60),  # weight
}


class Budget:
    """Counts what was asked of one venue and makes whoever asks too much wait.

    ``closed`` is what the venue said when it wanted no more questions; it outlives connections.
    """

    def __init__(self, limit: Limit, *, clock: Seconds, sleep: Sleep) -> None:
        self.limit = limit
        self._window_s = limit.per_s + SLACK_S
        self.closed: Trouble | None = None
        self.peak_share = 0.0  # the most that any window held
        self._clock, self._sleep = clock, sleep
        self._spent: deque[tuple[float, float]] = deque()
        self._in_window = 0.0

    async def take(self, units: float) -> None:
        """Wait until ``units`` may be spent, and spend them."""
        most = self.limit.units * MOST_SHARE
        if units > most:
            raise ValueError(f"One request of {units:g} units is more than {most:g}.")
        while self._used() + units > most:
            began_s, _ = self._spent[0]
            await self._sleep(max(began_s + self._window_s - self._clock(), 0.001))
        self._spent.append((self._clock(), units))
        self._in_window += units
        self.peak_share = max(self.peak_share, self._in_window / self.limit.units)

    def check(self) -> None:
        """Raise what the venue said, if that still holds."""
        if isinstance(self.closed, Paused) and self._clock() >= self.closed.until_s:
            self.closed = None
        if self.closed:
            raise self.closed

    def used_share(self) -> float:
        """Which share of the documented limit the last window holds."""
        return self._used() / self.limit.units

    def _used(self) -> float:
        while self._spent and self._spent[0][0] + self._window_s <= self._clock():
            self._in_window -= self._spent.popleft()[1]
        if not self._spent:
            self._in_window = 0.0
        return self._in_window
