"""Bars put together from the files of a recording: candles, and what was read beside them.

    candle   |--- start ------------------ end ---|        end = ts_ms + interval
    OI       .    .    .    .    .    .    .    .  <- the last one at or before the end
    marks    x-------------------------------------x   <- lowest and highest of these

A mark series is a sample of the mark price. Its extremes are those of the readings from the start
of the bar to its end, so the true ones lie at or beyond them; where a reading at either end is
missing there is no mark at all, and a reader falls back on last prices.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

type FloatArray = NDArray[np.float64]
type IntArray = NDArray[np.int64]
type Columns = Mapping[str, NDArray]

BAR_FIELDS = (
    "open", "high", "low", "close", "volume", "taker_delta", "open_interest",
    "mark_low", "mark_high",
)  # fmt: skip
OLDEST_READING_BARS = 2  # an older reading says nothing about the end of the bar


def join(
    candles: Columns,
    span_ms: int,
    *,
    open_interest: Columns | None = None,
    marks: Columns | None = None,
    marks_interval_ms: int = 0,
    funding: Columns | None = None,
) -> dict[str, NDArray]:
    """Arrays (N,) named as the fields of ``BarRow``, NaN where nothing was read in time."""
    end_ms = candles["ts_ms"] + span_ms
    absent = np.full(len(end_ms), np.nan)
    bars: dict[str, NDArray] = {"end_ms": end_ms}
    for name in ("open", "high", "low", "close", "volume"):
        bars[name] = candles.get(name, absent)
    bars["taker_delta"] = _taker_delta(candles, absent)
    for name, readings, column in (
        ("open_interest", open_interest, "open_interest"),
        ("mark_close", marks, "mark"),
        ("funding_rate", marks, "funding_rate"),
        ("funding_rate", funding, "funding_rate"),
    ):
        if readings is not None and column in readings:
            bars[name] = _last_reading(end_ms, span_ms, readings["ts_ms"], readings[column])
        bars.setdefault(name, absent)
    bars["mark_low"], bars["mark_high"] = (
        (absent, absent) if marks is None else _extremes(end_ms, span_ms, marks, marks_interval_ms)
    )
    return bars


def align(bars: Mapping[str, Columns]) -> dict[str, NDArray]:
    """``end_ms`` (T,) of all venues and (V, T) arrays named ``BAR_FIELDS``, NaN in between."""
    ends = [columns["end_ms"] for columns in bars.values()]
    end_ms = np.unique(np.concatenate(ends)) if ends else np.empty(0, dtype=np.int64)
    aligned: dict[str, NDArray] = {"end_ms": end_ms}
    for name in BAR_FIELDS:
        aligned[name] = np.full((len(bars), len(end_ms)), np.nan)
        for venue, columns in enumerate(bars.values()):
            aligned[name][venue, np.searchsorted(end_ms, columns["end_ms"])] = columns[name]
    return aligned


def _taker_delta(candles: Columns, absent: FloatArray) -> FloatArray:
    if "taker_delta" in candles:
        return candles["taker_delta"]
    if "taker_buy_volume" in candles and "volume" in candles:
        return 2 * candles["taker_buy_volume"] - candles["volume"]
    return absent


def _last_reading(
    end_ms: IntArray, span_ms: int, read_ms: IntArray, values: FloatArray
) -> FloatArray:
    last = np.searchsorted(read_ms, end_ms, side="right") - 1
    known = last >= 0
    known[known] = end_ms[known] - read_ms[last[known]] <= OLDEST_READING_BARS * span_ms
    joined = np.full(len(end_ms), np.nan)
    joined[known] = values[last[known]]
    return joined


def _extremes(
    end_ms: IntArray, span_ms: int, marks: Columns, interval_ms: int
) -> tuple[FloatArray, FloatArray]:
    read_ms, mark = marks["ts_ms"], marks["mark"]
    first = np.searchsorted(read_ms, end_ms - span_ms, side="left")
    stop = np.searchsorted(read_ms, end_ms, side="right")
    whole = stop - first >= 2
    whole[whole] &= read_ms[first[whole]] <= (end_ms - span_ms)[whole] + interval_ms // 2
    whole[whole] &= read_ms[stop[whole] - 1] >= end_ms[whole] - interval_ms // 2
    low, high = np.full((2, len(end_ms)), np.nan)
    if whole.any():
        edges = np.stack([first[whole], stop[whole]], axis=1).ravel()
        low[whole] = np.minimum.reduceat(np.append(mark, np.inf), edges)[::2]
        high[whole] = np.maximum.reduceat(np.append(mark, -np.inf), edges)[::2]
    return low, high
