"""A recording: a folder of gzip CSV files and the ``recording.json`` that describes them.

    recording.json                            format, instruments, and the file of each series
    binance-btcusdt.candles-5m.csv.gz         ts_ms is the OPEN time of a bar
    binance-btcusdt.open-interest-5m.csv.gz   ts_ms is the instant of a reading

Files are read when first asked for. ``first_ms`` and ``last_ms`` of a series say what ought to be
there; where less is, the difference is a labelled gap. Realised liquidations are kept apart from
everything a model walks: ``liquidations`` and ``read_prints`` alone open those files.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.recorded_bars import align, join
from apps.exchanges.recorded_series import Gap, gaps_in, read_series
from apps.exchanges.recording_index import RecordingIndex, SeriesInfo, read_index
from apps.exchanges.records import BadRecording, BarRow, InstrumentInfo

BARS_ARE_MADE_OF = ("candles", "open_interest", "marks", "funding")


@dataclass(frozen=True, slots=True)
class LiquidationTotals:
    """Realised liquidations of one market per interval, summed over ``venues``; a lower bound."""

    ts_ms: NDArray[np.int64]  # (N,) where each interval begins
    long_usd: NDArray[np.float64]
    short_usd: NDArray[np.float64]
    interval_ms: int
    venues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """What a folder holds. Reading a file that cannot be trusted raises ``BadRecording``."""

    index: RecordingIndex
    _read: dict[Path, dict[str, NDArray]] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The recording's own name."""
        return self.index.name

    @property
    def instruments(self) -> tuple[InstrumentInfo, ...]:
        """In the order of ``recording.json``."""
        return self.index.instruments

    @property
    def markets(self) -> tuple[str, ...]:
        """Base coins, in the order of the instruments: ``("BTC", "ETH")``."""
        return tuple(dict.fromkeys(instrument.base for instrument in self.instruments))

    def has(self, instrument: str, series: str) -> bool:
        """Whether an instrument (slug) has a series."""
        return series in self.index.series.get(instrument, {})

    def columns(self, instrument: str, series: str) -> dict[str, NDArray]:
        """The file as written: ``ts_ms`` (N,) int64, the other columns (N,) float64."""
        info = self._info(instrument, series)
        if info.path not in self._read:
            self._read[info.path] = read_series(info.path, series, info.interval_ms)
        return self._read[info.path]

    def gaps(self, instrument: str) -> tuple[Gap, ...]:
        """Everything missing in the files that bars are made of, by series, then by time."""
        return tuple(gap for series in BARS_ARE_MADE_OF for gap in self._gaps(instrument, series))

    def span_ms(self, instrument: str) -> int:
        """How long one bar of the instrument is."""
        return self._info(instrument, "candles").interval_ms

    def bars(self, instrument: str) -> dict[str, NDArray]:
        """Arrays (N,) named as the fields of ``BarRow``, NaN where nothing was read in time."""
        marks = self.index.series[instrument].get("marks")
        return join(
            self.columns(instrument, "candles"),
            self.span_ms(instrument),
            open_interest=self._optional(instrument, "open_interest"),
            marks=self._optional(instrument, "marks"),
            marks_interval_ms=marks.interval_ms if marks else 0,
            funding=self._optional(instrument, "funding"),
        )

    def bar_rows(self, instrument: str) -> Iterator[BarRow]:
        """The same, row by row; what is NaN in ``bars`` is ``None`` here."""
        bars, span_ms = self.bars(instrument), self.span_ms(instrument)
        names = list(bars)
        lists = (bars[name].tolist() for name in names)
        for values in zip(*lists, strict=True):
            told = {n: None if v != v else v for n, v in zip(names, values, strict=True)}
            yield BarRow(instrument, span_ms=span_ms, **told)

    def market_bars(self, base: str) -> tuple[tuple[str, ...], dict[str, NDArray]]:
        """Venues (V,) of a market and their bars on one time axis.

        The arrays are ``end_ms`` (T,) int64 and, (V, T) float64 with NaN where a venue has no
        bar, everything in ``recorded_bars.BAR_FIELDS``.
        """
        traded = [i for i in self.instruments if i.base == base and self.has(i.slug, "candles")]
        bars = {instrument.venue: self.bars(instrument.slug) for instrument in traded}
        if not bars:
            raise BadRecording(f"The recording {self.name} has no candles of {base}.")
        if len(bars) < len(traded):
            raise BadRecording(
                f"The recording {self.name} has two {base} instruments of one venue, "
                "and a market takes one."
            )
        return tuple(bars), align(bars)

    def liquidation_intervals(self, base: str) -> tuple[str, ...]:
        """Those that ``liquidations`` can be asked for: ``("1h", "30m")``."""
        named = (s for i in self.instruments if i.base == base for s in self.index.series[i.slug])
        return tuple(
            s.removeprefix("liquidations_") for s in named if s.startswith("liquidations_")
        )

    def liquidations(self, base: str, interval: str) -> LiquidationTotals:
        """Realised liquidations of a market per ``"30m"`` or ``"1h"``. For scoring only."""
        series = f"liquidations_{interval}"
        holders = [i.slug for i in self.instruments if i.base == base and self.has(i.slug, series)]
        if len(holders) != 1:
            found = "no" if not holders else "more than one series of"
            raise BadRecording(
                f"The recording {self.name} has {found} liquidations of {base} per {interval}."
            )
        info, columns = self._info(holders[0], series), self.columns(holders[0], series)
        totals = (columns[name] for name in ("ts_ms", "long_usd", "short_usd"))
        return LiquidationTotals(*totals, interval_ms=info.interval_ms, venues=info.venues)

    def _info(self, instrument: str, series: str) -> SeriesInfo:
        try:
            return self.index.series[instrument][series]
        except KeyError:
            raise BadRecording(
                f"The recording {self.name} has no {series} of {instrument}."
            ) from None

    def _optional(self, instrument: str, series: str) -> dict[str, NDArray] | None:
        return self.columns(instrument, series) if self.has(instrument, series) else None

    def _gaps(self, instrument: str, series: str) -> Iterator[Gap]:
        if self.has(instrument, series):
            columns, info = self.columns(instrument, series), self._info(instrument, series)
            yield from gaps_in(series, columns, info.interval_ms, info.first_ms, info.last_ms)


def read_recording(folder: Path | str) -> Recording:
    """Open a recording: its description is read and checked, its files are looked for."""
    return Recording(read_index(Path(folder)))
