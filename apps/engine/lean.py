"""How far price leans away from where it has been: a number that each bar's entries know.

Traders lean against a move: after a fall longs open with more leverage and shorts with less, after
a rise the other way round (model note §3.2). The lean of a bar is the distance of its close from a
moving average, in units of what price usually moves in that time.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import GRID_STEP, FloatArray, IntArray

DAY_MS = 86_400_000
MEMORY_MS = 12 * 3_600_000  # of the moving average
USUAL_MEMORY_MS = 7 * DAY_MS  # of what price usually moves
FIRST_DAILY_MOVE = 0.03  # taken for usual before anything is known
LEAST_DAILY_MOVE = 1e-4
FARTHEST = 0.5


@dataclass(frozen=True, slots=True)
class Habit:
    """What V venues remember of price: each (V,), NaN before the first close."""

    mean: FloatArray  # natural log of price
    variance: FloatArray  # of log price, per day


def unknown_habit(venues: int) -> Habit:
    """Nothing remembered yet."""
    return Habit(np.full(venues, np.nan), np.full(venues, np.nan))


def lean_of(
    price: FloatArray, close: FloatArray, end_ms: IntArray, before_ms: int, habit: Habit
) -> tuple[FloatArray, Habit]:
    """Leans (T, V) of bars in deviations, 0 where no close is known, and the habit after them.

    ``price`` (T, V) and ``close`` (V,), the last before, are log prices in bins, NaN if unknown.
    """
    days = np.diff(end_ms, prepend=before_ms)[:, None] / DAY_MS
    log_price = price * GRID_STEP
    earlier = np.concatenate([close[None] * GRID_STEP, log_price[:-1]])
    known, first = np.isfinite(log_price), ~np.isfinite(earlier)
    days = np.where(first, 1.0, days)
    speed = np.where(first, FIRST_DAILY_MOVE**2, (log_price - earlier) ** 2 / days)
    mean = averaged(log_price, _kept(days, MEMORY_MS), first, known, habit.mean)
    variance = averaged(speed, _kept(days, USUAL_MEMORY_MS), first, known, habit.variance)
    usual = np.sqrt(np.maximum(variance, LEAST_DAILY_MOVE**2) * (MEMORY_MS / DAY_MS))
    lean = np.clip((log_price - mean) / usual, -FARTHEST, FARTHEST)
    return np.where(known, lean, 0.0), Habit(mean[-1], variance[-1])


def averaged(
    values: FloatArray, kept: FloatArray, first: FloatArray, known: FloatArray, before: FloatArray
) -> FloatArray:
    """Moving averages (T, V): ``kept`` of the last one and the rest of each value.

    Each step is the map ``m → keep·m + add``; such maps compose to one of their own kind, so all
    steps are found by doubling, without a loop over time.
    """
    keep = np.where(first, 0.0, kept)
    add = np.where(known, values, 0.0) * (1.0 - keep)
    done = 1
    while done < len(values):
        add[done:] += keep[done:] * add[:-done]
        keep[done:] *= keep[:-done].copy()
        done *= 2
    return np.where(known, keep * np.nan_to_num(before) + add, np.nan)


def _kept(days: FloatArray, memory_ms: int) -> FloatArray:
    return np.exp(-days * DAY_MS / memory_ms)
