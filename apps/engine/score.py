"""How well a prediction of liquidated dollars agrees with what was liquidated (model note §0).

For every interval and side a prediction ŷ stands against realised dollars y. A line is fitted to
an earlier period and judged on a later one, so a score never sees what it is fitted on::

    fit      log(y + 1000) = a + b·log(ŷ + 1000)
    then     log R² = 1 − Σ residual² / Σ (log(y + 1000) − its mean)²

    ──── fit ────┤ split ├── 48 h left out ──┤──── scored ────▶

The floor of 1000 USD keeps quiet intervals from deciding the result. Beside log R² stand two
measures without a fitted line: Spearman's rank correlation, and the top hit, the share of the
largest 5 % of y that are among the largest 5 % of ŷ.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.intervals import Paths
from apps.engine.records import BoolArray, FloatArray, IntArray, Side

FLOOR_USD = 1000.0
ROUNDING = 1e-12  # of the largest value: differences below it are none
TOP_SHARE = 0.05
EMBARGO_MS = 48 * 3_600_000


@dataclass(frozen=True, slots=True)
class Score:
    """One prediction of one side, judged on ``scored`` intervals after ``fitted`` earlier ones."""

    log_r2: float  # 1 is perfect, 0 as good as the later period's own mean
    spearman: float
    top_hit: float
    intercept: float
    slope: float
    fitted: int
    scored: int


@dataclass(frozen=True, slots=True)
class Baselines:
    """Predictions that need no map, USD, each of shape (K, 2) by side."""

    range: FloatArray  # how far price went against the side
    range_past_volume: FloatArray  # times the pace of the day before
    range_volume: FloatArray  # range^1.5 times the same interval's volume: not known in advance


def split_at(
    starts_ms: IntArray, split_ms: int, *, embargo_ms: int = EMBARGO_MS
) -> tuple[BoolArray, BoolArray]:
    """Which intervals are fitted on, and which scored: before the split, after the embargo."""
    return starts_ms < split_ms, starts_ms >= split_ms + embargo_ms


def score(
    predicted_usd: FloatArray, realised_usd: FloatArray, fit: BoolArray, scored: BoolArray
) -> Score:
    """Judge one side's prediction; all arrays of shape (K,), dollars finite and not negative.

    Raises ``ValueError`` when a period holds fewer than three intervals, when a dollar amount is
    negative or not finite, or when nothing varied in the scored period. Model note §0.
    """
    _check(predicted_usd, realised_usd, fit, scored)
    x = np.log(predicted_usd + FLOOR_USD)
    y = np.log(realised_usd + FLOOR_USD)
    intercept, slope = fitted_line(x[fit], y[fit])
    residual = y[scored] - (intercept + slope * x[scored])
    spread = y[scored] - y[scored].mean()
    total = float(spread @ spread)
    if total <= 0:
        raise ValueError("every interval of the scored period has the same realised liquidations")
    return Score(
        log_r2=1.0 - float(residual @ residual) / total,
        spearman=spearman(predicted_usd[scored], realised_usd[scored]),
        top_hit=top_hit(predicted_usd[scored], realised_usd[scored]),
        intercept=intercept,
        slope=slope,
        fitted=int(fit.sum()),
        scored=int(scored.sum()),
    )


def fitted_line(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Intercept and slope of least squares; the slope is 0 where ``x`` does not vary.

    >>> fitted_line(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]))
    (1.0, 2.0)
    """
    away = x - x.mean()
    varies = np.ptp(x) > ROUNDING * np.abs(x).max(initial=0.0)
    slope = float(away @ y) / float(away @ away) if varies else 0.0
    return float(y.mean() - slope * x.mean()), slope


def spearman(first: FloatArray, second: FloatArray) -> float:
    """Rank correlation, equal values sharing their mean rank; 0 where one side does not vary.

    >>> round(spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])), 12)
    0.5
    """
    return spearman_of_levels(levels_of(first), levels_of(second))


def levels_of(values: FloatArray) -> IntArray:
    """Which value each one is, counted from the smallest: all that ranks depend on, (K,).

    >>> levels_of(np.array([5.0, 1.0, 5.0])).tolist()
    [1, 0, 1]
    """
    return np.unique(values, return_inverse=True)[1]


def spearman_of_levels(first: IntArray, second: IntArray) -> float:
    """``spearman`` of values whose levels are known, also of some of them; nothing is sorted."""
    one, other = (_ranks(levels) - (len(levels) - 1) / 2 for levels in (first, second))
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size > 0 else 0.0


def top_hit(predicted_usd: FloatArray, realised_usd: FloatArray, share: float = TOP_SHARE) -> float:
    """Share of the largest realised intervals that are among as many largest predicted ones.

    At least one interval is counted; of equal amounts the earlier one is the larger.
    """
    count = max(1, round(share * len(realised_usd)))
    is_expected = np.zeros(len(realised_usd), dtype=bool)
    is_expected[np.argsort(-predicted_usd, kind="stable")[:count]] = True
    happened = np.argsort(-realised_usd, kind="stable")[:count]
    return int(is_expected[happened].sum()) / count


def baselines(paths: Paths, fit: BoolArray) -> Baselines:
    """The three yardsticks of model note §0 over the same intervals; 0 where there are no bars.

    A plain range has no dollars, so it is multiplied by the mean dollar volume of the intervals
    fitted on: the floor then weighs on all three alike.
    """
    price = np.nan_to_num(paths.open)
    travel = np.zeros((len(price), 2))
    travel[:, Side.LONG] = np.log(paths.open / paths.low)
    travel[:, Side.SHORT] = np.log(paths.high / paths.open)
    travel = np.nan_to_num(np.maximum(travel, 0.0))
    usual = float(np.mean((paths.volume * price)[fit])) if np.any(fit) else 0.0
    return Baselines(
        range=travel * usual,
        range_past_volume=travel * (paths.past_volume * price)[:, None],
        range_volume=travel**1.5 * (paths.volume * price)[:, None],
    )


def _ranks(levels: IntArray) -> FloatArray:
    """Ranks from 0, equal values sharing the mean of theirs."""
    sizes = np.bincount(levels)
    last = np.cumsum(sizes) - 1
    return (last - (sizes - 1) / 2)[levels]


def _check(
    predicted_usd: FloatArray, realised_usd: FloatArray, fit: BoolArray, scored: BoolArray
) -> None:
    for name, amounts in (("predicted", predicted_usd), ("realised", realised_usd)):
        if not np.all(np.isfinite(amounts) & (amounts >= 0)):
            raise ValueError(f"{name} dollars must be finite and not negative")
    if np.any(fit & scored):
        raise ValueError("an interval cannot be both fitted on and scored")
    for name, period in (("fitting", fit), ("scored", scored)):
        if int(period.sum()) < 3:
            raise ValueError(f"the {name} period needs at least three intervals")
