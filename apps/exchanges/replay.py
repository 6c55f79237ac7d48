"""A recording told again, as if it happened now.

    |------- history, told at once -------|------ streamed by the data's clock ------|
    first row                          start_ms                                 last row

The rows keep their own times. Streaming begins after about 70 % of the span that all instruments
have in common, later where that would leave less than seven days before it. Asked to loop, the
streamed part is told again with its times moved on, so the clock only ever goes forward; prices
jump at the seam, as they do when a venue was away.
"""

from bisect import bisect_right
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from apps.exchanges.recording import read_recording
from apps.exchanges.records import (
    BadRecording,
    BarRow,
    Clock,
    FeedInfo,
    InstrumentInfo,
    Row,
    Sleep,
)

DAY_MS = 86_400_000
HISTORY_SHARE = 0.7
LEAST_HISTORY_MS = 7 * DAY_MS
MOST_HISTORY_SHARE = 0.9
BATCH_ROWS = 2_000
LONGEST_WAIT_S = 1.0  # so that a clock set forward is noticed


@dataclass(frozen=True, slots=True)
class ReplayFeed:
    """Closed bars of a recording in order of their end; make one with ``open_replay``."""

    name: str
    traded: tuple[InstrumentInfo, ...]
    rows: tuple[BarRow, ...]  # rising in ``end_ms``
    starts_ms: int
    speed: float
    is_looping: bool

    @property
    def info(self) -> FeedInfo:
        """Kind, label and speed."""
        return FeedInfo("replay", self.name, self.speed)

    @property
    def lap_ms(self) -> int:
        """How much later every row is in the next lap."""
        return self.rows[-1].end_ms - self.starts_ms

    def instruments(self) -> tuple[InstrumentInfo, ...]:
        """Those with candles."""
        return self.traded

    def start_ms(self, wall_ms: int) -> int:
        """Where the history ends, whatever the time is."""
        return self.starts_ms

    def history(self, until_ms: int, first_ms: int | None = None) -> Iterator[list[Row]]:
        """Batches of bars that ended by ``until_ms``, not before ``first_ms``."""
        batch: list[Row] = []
        for row in self._rows_after((first_ms or 0) - 1):
            if row.end_ms > until_ms:
                break
            batch.append(row)
            if len(batch) == BATCH_ROWS:
                yield batch
                batch = []
        if batch:
            yield batch

    async def stream(self, after_ms: int, clock: Clock, sleep: Sleep) -> AsyncIterator[list[Row]]:
        """Every bar once ``clock`` has reached its end; those due together come together."""
        due: list[Row] = []
        for row in self._rows_after(after_ms):
            if due and (row.end_ms > clock() or len(due) == BATCH_ROWS):
                yield due
                due = []
            while (left_ms := row.end_ms - clock()) > 0:
                await sleep(min(left_ms / 1000 / self.speed, LONGEST_WAIT_S))
            due.append(row)
        if due:
            yield due

    def _rows_after(self, after_ms: int) -> Iterator[BarRow]:
        """The first lap from anywhere, then (when looping) the streamed part for ever."""
        lap = self._lap_at(after_ms)
        while True:
            shift_ms = lap * self.lap_ms
            begin_ms = max(after_ms - shift_ms, self.starts_ms if lap else 0)
            for row in self.rows[bisect_right(self.rows, begin_ms, key=_end_ms) :]:
                yield replace(row, end_ms=row.end_ms + shift_ms) if lap else row
            if not self.is_looping:
                return
            lap += 1

    def _lap_at(self, at_ms: int) -> int:
        return max(0, (at_ms - self.starts_ms) // self.lap_ms) if self.is_looping else 0


def open_replay(folder: Path | str, *, speed: float = 1.0, is_looping: bool = False) -> ReplayFeed:
    """Read a recording whole (about a second for 50,000 bars). Raises ``BadRecording``."""
    recording = read_recording(folder)
    traded = tuple(i for i in recording.instruments if recording.has(i.slug, "candles"))
    bars = [list(recording.bar_rows(instrument.slug)) for instrument in traded]
    if not any(bars):
        raise BadRecording(f"The recording {recording.name} has no candles to replay.")
    starts_ms = starting_point([rows for rows in bars if rows])
    rows = tuple(sorted(chain.from_iterable(bars), key=_end_ms))
    if is_looping and rows[-1].end_ms <= starts_ms:
        raise BadRecording(f"The recording {recording.name} is too short to be replayed in a loop.")
    return ReplayFeed(recording.name, traded, rows, starts_ms, speed, is_looping)


def starting_point(bars: list[list[BarRow]]) -> int:
    """Where streaming begins; ``bars`` has one list per instrument, none of them empty."""
    first_ms = max(rows[0].end_ms for rows in bars)
    last_ms = min(rows[-1].end_ms for rows in bars)
    if last_ms <= first_ms:  # never traded together: all of them count
        first_ms = min(rows[0].end_ms for rows in bars)
        last_ms = max(rows[-1].end_ms for rows in bars)
    span_ms = last_ms - first_ms
    wanted_ms = max(int(span_ms * HISTORY_SHARE), LEAST_HISTORY_MS)
    return first_ms + min(wanted_ms, int(span_ms * MOST_HISTORY_SHARE))


def _end_ms(row: BarRow) -> int:
    return row.end_ms
