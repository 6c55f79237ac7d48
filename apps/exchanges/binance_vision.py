"""Binance's public data archive, already downloaded, made into one recording.

USD-margined perpetuals only. Nothing is fetched: the folders may be laid out as in the archive or
not, but mark prices have to lie below a folder called ``markPriceKlines``, for their files have
the names of other candles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apps.exchanges import binance_vision_series
from apps.exchanges.binance_vision_files import UNITS_MS, ArchiveFile, find_files
from apps.exchanges.recorder_files import SeriesToWrite, require_free, write_recording
from apps.exchanges.records import BadRecording, InstrumentInfo

QUOTES = ("USDT", "USDC", "FDUSD", "BUSD")
SERIES = {
    "metrics": ("open_interest", binance_vision_series.open_interest),
    "fundingRate": ("funding", binance_vision_series.funding),
    "markPriceKlines": ("marks", binance_vision_series.marks),
    "klines": ("candles", binance_vision_series.candles),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written: rows per series of each symbol, and how many zips were of other kinds."""

    rows: dict[str, dict[str, int]]
    other_files: int


def import_archive(
    folders: Sequence[Path],
    out: Path,
    *,
    symbols: Sequence[str] = (),
    interval: str | None = None,
) -> Imported:
    """Write everything found below ``folders`` to the new folder ``out``.

    ``symbols`` narrows it down; ``interval`` (``"1m"``) chooses among candles of several lengths.
    A month of one-minute candles takes about half a second. Raises ``BadRecording``.
    """
    require_free(out)
    files, others = find_files(folders)
    wanted = _wanted(files, symbols)
    contents = {
        _instrument(symbol): _series_of(symbol, [f for f in files if f.symbol == symbol], interval)
        for symbol in wanted
    }
    _require_one_per_base(list(contents))
    write_recording(
        out,
        contents,
        name=out.resolve().name,
        description="Imported from Binance's public data archive, USD-margined perpetuals.",
    )
    rows = {
        info.symbol: {name: len(s.columns["ts_ms"]) for name, s in series.items()}
        for info, series in contents.items()
    }
    return Imported(rows, others)


def _wanted(files: Sequence[ArchiveFile], symbols: Sequence[str]) -> list[str]:
    """The symbols to import, by name; each of them must have candles."""
    with_candles = {file.symbol for file in files if file.kind == "klines"}
    wanted = sorted(set(symbols) or {file.symbol for file in files})
    if not wanted:
        raise BadRecording("These folders hold no zip of a USD-margined perpetual's candles.")
    for symbol in wanted:
        if symbol not in with_candles:
            raise BadRecording(f"There are no candles of {symbol} in these folders.")
    return wanted


def _series_of(
    symbol: str, files: Sequence[ArchiveFile], interval: str | None
) -> dict[str, SeriesToWrite]:
    series = {}
    for kind, (name, read) in SERIES.items():
        chosen = [file for file in files if file.kind == kind]
        if kind == "klines":
            chosen = _of_one_interval(symbol, chosen, interval)
        elif kind == "markPriceKlines":
            shortest_ms = min((file.interval_ms for file in chosen), default=0)
            chosen = [file for file in chosen if file.interval_ms == shortest_ms]
        if chosen:
            series[name] = read(sorted(chosen, key=lambda file: (file.date, file.path)))
    return series


def _of_one_interval(
    symbol: str, files: list[ArchiveFile], interval: str | None
) -> list[ArchiveFile]:
    offered = {_words(file.interval_ms): file.interval_ms for file in files}
    if interval is None and len(offered) > 1:
        names = " and ".join(sorted(offered, key=lambda name: offered[name]))
        raise BadRecording(f"There are candles of {symbol} of {names}; choose with --interval.")
    chosen_ms = offered.get(interval or next(iter(offered)))
    if chosen_ms is None:
        raise BadRecording(f"There are no candles of {symbol} of {interval}.")
    return [file for file in files if file.interval_ms == chosen_ms]


def _instrument(symbol: str) -> InstrumentInfo:
    for quote in QUOTES:
        if symbol.endswith(quote) and symbol != quote:
            return InstrumentInfo("binance", symbol, symbol.removesuffix(quote), quote)
    raise BadRecording(f"{symbol} is not priced in {', '.join(QUOTES)}.")


def _require_one_per_base(instruments: Sequence[InstrumentInfo]) -> None:
    for info in instruments:
        symbols = [other.symbol for other in instruments if other.base == info.base]
        if len(symbols) > 1:
            raise BadRecording(
                f"{' and '.join(symbols)} are the same market, and a recording takes one; "
                "choose with --symbols."
            )


def _words(interval_ms: int) -> str:
    unit = next(u for u in reversed(UNITS_MS) if interval_ms % UNITS_MS[u] == 0)
    return f"{interval_ms // UNITS_MS[unit]}{unit}"
