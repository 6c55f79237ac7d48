"""Files of Binance's public data archive as series of a recording.

Daily and monthly files may overlap: a row told twice counts once, and two candles that contradict
each other are refused. What the archive leaves blank is a gap. Two conventions to know:

* Files of metrics label a reading of open interest with the instant it was taken, and those dated
  2026-06-25 or later with the START of its five minutes, at whose end it was taken. Here the
  instant counts, so that nothing is known before it was.
* Mark prices come as candles. Of each its lowest, highest and last mark are kept as readings.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.binance_vision_files import ArchiveFile, Table, read_table
from apps.exchanges.recorded_series import ROUNDING
from apps.exchanges.recorder_bars import MARKS_NOTE, low_offset_ms, mark_interval_ms
from apps.exchanges.recorder_files import SeriesToWrite
from apps.exchanges.records import BadRecording

CANDLE = (
    "open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume",
    "count", "taker_buy_volume", "taker_buy_quote_volume", "ignore",
)  # fmt: skip
METRICS = ("create_time", "symbol", "sum_open_interest", "sum_open_interest_value")
FUNDING = ("calc_time", "funding_interval_hours", "last_funding_rate")
PRICES = ("open", "high", "low", "close")
ABOVE_ZERO = 1e-15
READING_MS = 300_000
LABELLED_BY_START_SINCE = "2026-06-25"
HIGHEST_RATE = 1.0

type Arrays = dict[str, NDArray]
type Part = tuple[Table, Arrays]


def candles(files: Sequence[ArchiveFile]) -> SeriesToWrite:
    """Candles of one symbol and interval. Raises ``BadRecording``."""
    columns = merge([_candles(file) for file in files], may_differ=False)
    return SeriesToWrite(_lists(columns), files[0].interval_ms)


def marks(files: Sequence[ArchiveFile]) -> SeriesToWrite:
    """Mark prices of one symbol, from candles of one interval. Raises ``BadRecording``."""
    bars = merge([_mark_candles(file) for file in files], may_differ=False)
    span_ms = files[0].interval_ms
    offset_ms, end_ms = low_offset_ms(span_ms), bars["ts_ms"] + span_ms
    at_ms = np.stack([bars["ts_ms"] + offset_ms, end_ms - offset_ms, end_ms - 1], axis=1)
    mark = np.stack([bars["low"], bars["high"], bars["close"]], axis=1)
    columns = {"ts_ms": at_ms.ravel(), "mark": mark.ravel()}
    return SeriesToWrite(_lists(columns), mark_interval_ms(span_ms), note=MARKS_NOTE)


def open_interest(files: Sequence[ArchiveFile]) -> SeriesToWrite:
    """Open interest every five minutes, base coin, one side. Raises ``BadRecording``."""
    columns = merge([_open_interest(file) for file in files], may_differ=True)
    return SeriesToWrite(_lists(columns), READING_MS)


def funding(files: Sequence[ArchiveFile]) -> SeriesToWrite:
    """Funding rates at the instants they were settled. Raises ``BadRecording``."""
    columns = merge([_funding(file) for file in files], may_differ=False)
    hours = columns.pop("hours")
    shortest_h = int(hours.min()) if len(hours) else 8
    return SeriesToWrite(_lists(columns), shortest_h * 3_600_000)


def merge(parts: Sequence[Part], *, may_differ: bool) -> Arrays:
    """Rows of several files by time, each instant once.

    Of two that differ the one in the later file counts, or it is refused with a sentence.
    """
    joined = {name: np.concatenate([arrays[name] for _, arrays in parts]) for name in parts[0][1]}
    order = np.argsort(joined["ts_ms"], kind="stable")
    joined = {name: values[order] for name, values in joined.items()}
    is_again = np.diff(joined["ts_ms"]) == 0  # (N - 1,): the next row is of the same time
    differs = np.zeros(is_again.shape, dtype=bool)
    for values in joined.values():
        differs |= values[1:] != values[:-1]
    conflicts = np.flatnonzero(is_again & differs)
    if conflicts.size and not may_differ:
        raise _conflict(parts, int(order[conflicts[0] + 1]))
    kept = np.append(~is_again, True)[: len(order)]
    return {name: values[kept] for name, values in joined.items()}


def _conflict(parts: Sequence[Part], position: int) -> BadRecording:
    for table, _ in parts:
        if position < len(table):
            return table.fault(position, "contradicts another row of the same time")
        position -= len(table)
    raise IndexError(position)


def _candles(file: ArchiveFile) -> Part:
    table, bars = _bars(file, CANDLE[:6] + CANDLE[8:10])
    bars["volume"] = table.numbers("volume")
    bars["taker_buy_volume"] = table.numbers("taker_buy_volume")
    bars["trades"] = table.numbers("count")
    most = bars["volume"] * (1 + ROUNDING)
    table.refuse(bars["taker_buy_volume"] > most, "takers bought more than was traded")
    if not (file.is_sure or bars["volume"].any()):
        raise BadRecording(
            f"{file.path.name} has no volumes; if these are mark prices, put it into a folder "
            "called markPriceKlines, else into one called klines."
        )
    return table, bars


def _mark_candles(file: ArchiveFile) -> Part:
    return _bars(file, CANDLE[:5])


def _bars(file: ArchiveFile, needed: Sequence[str]) -> Part:
    table = read_table(file.path, CANDLE, needed)
    bars: Arrays = {"ts_ms": table.times("open_time")}
    bars |= {name: table.numbers(name, least=ABOVE_ZERO) for name in PRICES}
    table.refuse(bars["ts_ms"] % file.interval_ms != 0, "the candle begins at an odd time")
    table.refuse(bars["high"] < bars["low"], "high is below low")
    body = np.stack([bars["open"], bars["close"]])
    table.refuse(bars["high"] < body.max(axis=0), "high is below open or close")
    table.refuse(bars["low"] > body.min(axis=0), "low is above open or close")
    return table, bars


def _open_interest(file: ArchiveFile) -> Part:
    table = read_table(file.path, METRICS, METRICS[:3])
    symbols = np.array(table.columns["symbol"], dtype=np.str_)
    table.refuse(symbols != file.symbol, f"is not about {file.symbol}")
    at_ms = _moments(table, "create_time")
    if file.date >= LABELLED_BY_START_SINCE:
        at_ms += READING_MS
    oi = table.numbers("sum_open_interest", may_be_blank=True)
    told = ~np.isnan(oi)
    return table, {"ts_ms": at_ms[told], "open_interest": oi[told]}


def _funding(file: ArchiveFile) -> Part:
    table = read_table(file.path, FUNDING, FUNDING)
    rate = table.numbers("last_funding_rate", least=-HIGHEST_RATE, most=HIGHEST_RATE)
    hours = table.numbers("funding_interval_hours", least=1.0, most=24.0)
    return table, {"ts_ms": table.times("calc_time"), "funding_rate": rate, "hours": hours}


def _moments(table: Table, name: str) -> NDArray[np.int64]:
    """A column of dates and times, UTC, as epoch milliseconds."""
    return np.array(
        [_moment_ms(table, index, cell) for index, cell in enumerate(table.columns[name])],
        dtype=np.int64,
    )


def _moment_ms(table: Table, index: int, cell: str) -> int:
    try:
        moment = datetime.strptime(cell, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        raise table.fault(index, f"{cell[:20]!r} is not a date and time") from None
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def _lists(columns: Arrays) -> dict[str, list[Any]]:
    return {name: values.tolist() for name, values in columns.items()}
