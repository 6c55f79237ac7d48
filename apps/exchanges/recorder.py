"""A feed written down: its closed bars and liquidations become a recording.

    recorder = Recorder(folder, feed.instruments(), name=…, description=…)
    recorder.add(rows)      as often as there are some, in any order, twice does no harm
    recorder.save()         the whole recording as it is now; half a kilobyte of memory per bar

A row that a reader of the recording would refuse is left out and counted. The bars of an
instrument are equally long: when minutes follow a history of longer bars, the minutes are kept.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock

from apps.exchanges.recorded_series import FIRST_PLAUSIBLE_MS, LARGEST, LAST_PLAUSIBLE_MS, ROUNDING
from apps.exchanges.recorder_bars import SHORTEST_MS, series_of
from apps.exchanges.recorder_files import Contents, SeriesToWrite, require_free, write_recording
from apps.exchanges.recorder_prints import is_writable, prints_of, totals_of
from apps.exchanges.records import BarRow, InstrumentInfo, LiquidationRow, Row

MINUTE_MS = 60_000
MARKS = ("mark_low", "mark_high", "mark_close")
AMOUNTS = ("volume", "open_interest")


class Recorder:
    """Keeps what it is told until ``save``; one recording, one recorder."""

    def __init__(
        self,
        folder: Path,
        instruments: Sequence[InstrumentInfo],
        *,
        name: str,
        description: str,
    ) -> None:
        """Raises ``BadRecording`` when the folder already holds a recording."""
        require_free(folder)
        self.folder = folder
        self.name = name
        self.description = description
        self.left_out = 0
        self._instruments = {info.slug: info for info in instruments}
        self._bars: dict[str, dict[int, BarRow]] = {slug: {} for slug in self._instruments}
        self._prints: dict[LiquidationRow, None] = {}
        self._saving = Lock()

    @property
    def bars(self) -> int:
        """How many bars are kept."""
        return sum(map(len, self._bars.values()))

    @property
    def prints(self) -> int:
        """How many liquidations are kept."""
        return len(self._prints)

    def add(self, rows: Iterable[Row]) -> None:
        """Keep the closed bars and the liquidations; the first closed bar of an instant stays.

        Raises ``KeyError`` for an instrument that was never announced.
        """
        for row in rows:
            if isinstance(row, LiquidationRow):
                self._add_print(row)
            elif isinstance(row, BarRow) and row.closed:
                self._add_bar(row)

    def save(self) -> None:
        """Write everything told so far; the folder holds a readable recording at any moment."""
        with self._saving:
            write_recording(
                self.folder,
                self._contents(),
                name=self.name,
                description=self.description,
                prints=prints_of(self._prints, self._instruments),
            )

    def _add_print(self, row: LiquidationRow) -> None:
        if row.instrument not in self._instruments:
            raise KeyError(row.instrument)
        if is_writable(row):
            self._prints[row] = None
        else:
            self.left_out += 1

    def _add_bar(self, row: BarRow) -> None:
        bars = self._bars[row.instrument]
        first = next(iter(bars.values()), row)
        if row.span_ms == MINUTE_MS < first.span_ms and fits(row, row):
            bars.clear()
            first = row
        if row.end_ms in bars:
            return
        if fits(row, first):
            bars[row.end_ms] = row
        else:
            self.left_out += 1

    def _contents(self) -> Contents:
        contents = {
            info: series_of(sorted(self._bars[slug].values(), key=_end_ms))
            for slug, info in self._instruments.items()
        }
        for base in dict.fromkeys(info.base for info in contents):
            holder = next(info for info in contents if info.base == base)
            if totals := self._totals(base):
                contents[holder]["liquidations_30m"] = totals
        return contents

    def _totals(self, base: str) -> SeriesToWrite | None:
        slugs = [slug for slug, info in self._instruments.items() if info.base == base]
        rows = [row for row in self._prints if row.instrument in slugs]
        until_ms = max((max(self._bars[slug], default=0) for slug in slugs), default=0)
        venues = sorted({self._instruments[row.instrument].venue for row in rows})
        return totals_of(rows, until_ms, tuple(venues))


def fits(row: BarRow, first: BarRow) -> bool:
    """Whether a reader would accept the row beside ``first``, the instrument's first bar."""
    return (
        row.span_ms == first.span_ms
        and (row.end_ms - first.end_ms) % row.span_ms == 0
        and row.span_ms >= SHORTEST_MS
        and row.span_ms % 1000 == 0
        and row.end_ms - row.span_ms >= FIRST_PLAUSIBLE_MS
        and row.end_ms <= LAST_PLAUSIBLE_MS
        and _prices_fit(row)
        and _amounts_fit(row)
    )


def _prices_fit(row: BarRow) -> bool:
    prices = (row.open, row.high, row.low, row.close)
    marks = [mark for name in MARKS if (mark := getattr(row, name)) is not None]
    return (
        all(0 < price <= LARGEST for price in (*prices, *marks))
        and row.low == min(prices)
        and row.high == max(prices)
        and (row.mark_low is None) == (row.mark_high is None)
        and (row.mark_low is None or row.mark_low <= row.mark_high)
    )


def _amounts_fit(row: BarRow) -> bool:
    amounts = [amount for name in AMOUNTS if (amount := getattr(row, name)) is not None]
    delta = abs(row.taker_delta or 0.0)
    most = LARGEST if row.volume is None else row.volume * (1 + ROUNDING)
    return (
        all(0 <= amount <= LARGEST for amount in amounts)
        and delta <= most
        and abs(row.funding_rate or 0.0) <= LARGEST
    )


def _end_ms(row: BarRow) -> int:
    return row.end_ms
