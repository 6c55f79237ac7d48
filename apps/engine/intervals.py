"""Bars gathered into the intervals a score is counted in: half-hours, hours.

An interval is named by its start and holds the bars that END inside it, in ``(start, start +
length]``: what is known of a bar belongs to the moment at which it was complete. Bars should not
be longer than the interval.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import BoolArray, FloatArray, IntArray

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the price went in each of K intervals, and what was traded.

    ``past_volume`` is what an interval would hold at the pace of the day before it started, so it
    is known in advance. Prices are NaN in an interval without bars; volumes are never NaN.
    """

    open: FloatArray  # (K,) USD
    high: FloatArray
    low: FloatArray
    volume: FloatArray  # (K,) base
    past_volume: FloatArray  # (K,) base


def interval_starts(from_ms: int, until_ms: int, interval_ms: int) -> IntArray:
    """Starts of the whole intervals, epoch-aligned, between two instants, shape (K,); maybe none.

    >>> interval_starts(10, 75, 30).tolist()
    [30]
    """
    first = -(-from_ms // interval_ms) * interval_ms
    return np.arange(first, until_ms - interval_ms + 1, interval_ms, dtype=np.int64)


def sum_by_interval(
    amounts: FloatArray, end_ms: IntArray, starts_ms: IntArray, interval_ms: int
) -> FloatArray:
    """Sums of bars' amounts, shape ``(T, …)``, over each interval, shape ``(K, …)``.

    ``starts_ms`` rises by at least ``interval_ms``; bars outside every interval are left out.
    """
    index, inside = _interval_of(end_ms, starts_ms, interval_ms)
    sums = np.zeros((len(starts_ms), *amounts.shape[1:]))
    np.add.at(sums, index[inside], amounts[inside])
    return sums


def paths_by_interval(
    end_ms: IntArray,
    open_price: FloatArray,
    high: FloatArray,
    low: FloatArray,
    volume: FloatArray,
    starts_ms: IntArray,
    interval_ms: int,
) -> Paths:
    """The price path of one venue's bars, each array of shape (T,), NaN where it had none."""
    index, inside = _interval_of(end_ms, starts_ms, interval_ms)
    inside &= np.isfinite(open_price) & np.isfinite(high) & np.isfinite(low)
    count = len(starts_ms)
    opening, highest, lowest = (np.full(count, np.nan) for _ in range(3))
    used, first = np.unique(index[inside], return_index=True)
    opening[used] = open_price[inside][first]
    np.fmax.at(highest, index[inside], high[inside])
    np.fmin.at(lowest, index[inside], low[inside])
    traded = np.nan_to_num(volume)
    return Paths(
        open=opening,
        high=highest,
        low=lowest,
        volume=sum_by_interval(traded, end_ms, starts_ms, interval_ms),
        past_volume=_pace_of_the_day_before(traded, end_ms, starts_ms) * interval_ms,
    )


def _pace_of_the_day_before(
    volume: FloatArray, end_ms: IntArray, starts_ms: IntArray
) -> FloatArray:
    """Mean volume per millisecond in the day up to each start; over less where history is short."""
    if len(end_ms) == 0:
        return np.zeros(len(starts_ms))
    total = np.concatenate([[0.0], np.cumsum(volume)])
    until = np.searchsorted(end_ms, starts_ms, side="right")
    since = np.searchsorted(end_ms, starts_ms - DAY_MS, side="right")
    span = np.median(np.diff(end_ms)) if len(end_ms) > 1 else DAY_MS
    covered = np.clip(starts_ms - (end_ms[0] - span), span, DAY_MS)
    return (total[until] - total[since]) / covered


def _interval_of(
    end_ms: IntArray, starts_ms: IntArray, interval_ms: int
) -> tuple[IntArray, BoolArray]:
    index = np.searchsorted(starts_ms, end_ms, side="left") - 1
    inside = index >= 0
    inside[inside] = end_ms[inside] <= starts_ms[index[inside]] + interval_ms
    return index, inside
