"""The simulated market as a feed: hours invented ahead of time, told as they happen.

Closed bars and order books are told at the minute, the open bar every two seconds, a liquidation
at the instant at which the mark reached it. What is told depends on the seed and on where the
history began, never on when somebody asked; so a run that was interrupted goes on where it was.
"""

from collections.abc import AsyncIterator, Iterator

from apps.exchanges.records import Clock, FeedInfo, InstrumentInfo, Row, Sleep
from apps.exchanges.simulated.hours import MINUTE_MS, ToldHour, Truth, tell, time_of, truth
from apps.exchanges.simulated.tables import USUAL

DAY_MS = 86_400_000
DEPTH_MS = 2 * DAY_MS  # of history that order books are told of
TICK_S = 2.0


class SimulatedFeed:
    """A seeded market of BTC, ETH and SOL on three venues."""

    def __init__(
        self, seed: int = 3, *, history_days: int = 8, speed: float = 1.0, reason: str = ""
    ) -> None:
        self.seed = seed
        self.history_days = history_days
        self.info = FeedInfo("simulated", f"simulated market {seed}", speed, reason)
        self._reached: tuple[ToldHour, Iterator[ToldHour]] | None = None

    def instruments(self) -> tuple[InstrumentInfo, ...]:
        """Three coins on each of three venues."""
        return USUAL.infos

    def start_ms(self, wall_ms: int) -> int:
        """It happens now."""
        return wall_ms

    def history(self, until_ms: int, first_ms: int | None = None) -> Iterator[list[Row]]:
        """The days before ``until_ms``, an hour in each batch; eight days take some four seconds.

        Pass the ``first_ms`` of an earlier run to live through the same past again.
        """
        if first_ms is None:
            first_ms = until_ms - self.history_days * DAY_MS
        hours = tell(self.seed, first_ms // MINUTE_MS * MINUTE_MS)
        for hour in hours:
            self._reached = hour, hours
            is_recent = hour.last_ms > until_ms - DEPTH_MS
            tell_of = _all_of if is_recent else ToldHour.rows_between
            if rows := tell_of(hour, hour.first_ms, until_ms):
                yield rows
            if hour.last_ms > until_ms:
                return

    async def stream(self, after_ms: int, clock: Clock, sleep: Sleep) -> AsyncIterator[list[Row]]:
        """Goes on from the history, which is lived through first if nobody asked for it."""
        hour, hours = self._resume(after_ms)
        told_ms = after_ms
        while True:
            now_ms = max(clock(), told_ms)
            while hour.last_ms <= now_ms:
                yield _all_of(hour, told_ms, hour.last_ms)
                told_ms = hour.last_ms
                hour = next(hours)
                self._reached = hour, hours
            if rows := _all_of(hour, told_ms, now_ms) + hour.open_bars(now_ms):
                yield rows
            told_ms = now_ms
            await sleep(TICK_S)

    def truth(self, at_ms: int) -> Truth:
        """The positions that stood at an instant of the hour that is being told."""
        hour, _ = self._resume(at_ms)
        return truth(hour.block, at_ms)

    def _resume(self, at_ms: int) -> tuple[ToldHour, Iterator[ToldHour]]:
        """The hour that was reached, and those to come."""
        if self._reached is None:
            for _ in self.history(at_ms):
                pass
            return self._resume(at_ms)
        return self._reached


def _all_of(hour: ToldHour, after_ms: int, until_ms: int) -> list[Row]:
    """Everything that is told once of ``(after_ms, until_ms]``, by time."""
    rows = hour.rows_between(after_ms, until_ms) + hour.depth_between(after_ms, until_ms)
    return sorted(rows, key=time_of)
