"""Two sets of leverage shares on trial: which one foretells later days better (§10).

    ──── fit, and a line per side ────┤ 48 h left out ├──── later days: log R² and rank ────▶

Both sets are judged as the map is (``score``), per market and side, on half-hours. The gain of the
candidate is the mean difference of log R² and rank correlation; days drawn with replacement say how
far chance could have moved it.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.calibrate import Evidence, scales_of
from apps.engine.records import FloatArray
from apps.engine.score import FLOOR_USD, fitted_line, spearman

LATER_SHARE = 0.25  # of the days
EMBARGO_DAYS = 2
DRAWS = 200
MARGIN_QUANTILE = 0.05
LEAST_TOLD = 3  # half-hours with liquidations that a side needs to be judged


@dataclass(frozen=True, slots=True)
class Trial:
    """Scores of both sets on the later days, and what the candidate gains."""

    standing_log_r2: float
    standing_rank: float
    log_r2: float
    rank: float
    gain: float
    gain_low: float  # 5 % quantile over resampled days

    @property
    def is_won(self) -> bool:
        """Whether the candidate is better beyond what chance does."""
        return self.gain_low > 0


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of one market on the later days."""

    realised: FloatArray  # (K,)
    expected: FloatArray  # (2, K) dollars by the standing set and the candidate
    residual: FloatArray  # (2, K) from the line of the earlier days, logs
    days: np.ndarray  # (K,)

    def scores(self, cells: np.ndarray) -> FloatArray:
        """log R² and rank correlation of both sets on some cells, (2, 2)."""
        told = np.log(self.realised[cells] + FLOOR_USD)
        total = float(((told - told.mean()) ** 2).sum())
        left = (self.residual[:, cells] ** 2).sum(axis=1)
        r2 = 1.0 - left / total if total > 0 else np.zeros(2)
        ranks = [spearman(one[cells], self.realised[cells]) for one in self.expected]
        return np.stack([r2, ranks], axis=1)


def split_days(evidence: Evidence) -> tuple[Evidence, Evidence]:
    """Earlier and later days, two whole days between them left out."""
    days = np.unique(evidence.day)
    later = max(1, round(LATER_SHARE * len(days)))
    first_later = int(days[-later])
    earlier = evidence.of(evidence.day < first_later - EMBARGO_DAYS)
    return earlier, evidence.of(evidence.day >= first_later)


def try_on(
    later: Evidence,
    earlier: Evidence,
    standing: FloatArray,
    candidate: FloatArray,
    rng: np.random.Generator,
) -> Trial:
    """Judge both sets; raises ``ValueError`` when too little was liquidated on either period."""
    sets = np.stack([standing, candidate])
    groups = np.intersect1d(earlier.group, later.group)
    sides = [side for g in groups if (side := _side(earlier, later, int(g), sets))]
    if not sides:
        raise ValueError("too little was liquidated on the later days to judge by")
    whole = _mean(sides, [np.arange(len(side.realised)) for side in sides])
    gains = []
    days = np.unique(later.day)
    for _ in range(DRAWS):
        drawn = rng.choice(days, len(days))
        cells = [_cells_of(side, drawn) for side in sides]
        kept = [(s, c) for s, c in zip(sides, cells, strict=True) if len(c) >= LEAST_TOLD]
        if kept:
            gains.append(_gain(_mean(*zip(*kept, strict=True))))
    return Trial(
        standing_log_r2=float(whole[0, 0]),
        standing_rank=float(whole[0, 1]),
        log_r2=float(whole[1, 0]),
        rank=float(whole[1, 1]),
        gain=_gain(whole),
        gain_low=float(np.quantile(gains, MARGIN_QUANTILE)),
    )


def _side(earlier: Evidence, later: Evidence, group: int, sets: FloatArray) -> _Side | None:
    before, after = (period.of(period.group == group) for period in (earlier, later))
    if min((before.realised > 0).sum(), (after.realised > 0).sum()) < LEAST_TOLD:
        return None
    expected, residual = [], []
    for shares in sets:
        scale = scales_of(before, shares)[group]
        known, then = before.exposure @ shares * scale, after.exposure @ shares * scale
        x, y = np.log(known + FLOOR_USD), np.log(before.realised + FLOOR_USD)
        intercept, slope = fitted_line(x, y)
        line = intercept + slope * np.log(then + FLOOR_USD)
        expected.append(then)
        residual.append(np.log(after.realised + FLOOR_USD) - line)
    return _Side(after.realised, np.array(expected), np.array(residual), after.day)


def _cells_of(side: _Side, drawn: np.ndarray) -> np.ndarray:
    return np.concatenate([np.flatnonzero(side.days == day) for day in drawn])


def _mean(sides: list[_Side], cells: list[np.ndarray]) -> FloatArray:
    """Mean over sides of what both sets score, (2, 2)."""
    return np.mean([side.scores(c) for side, c in zip(sides, cells, strict=True)], axis=0)


def _gain(scores: FloatArray) -> float:
    return float((scores[1] - scores[0]).mean())
