"""Which hours a line is fitted on and which are scored; a score never sees what it is fitted on.

::

    ├──── fitted, at most 60 days ────┤ 48 h left out ├── scored, at most 30 days ──┤ newest hour

Of the days there are, a third is scored and the rest fitted on. Ranks, hits and bits need no line:
they are told of the scored days from the 48th hour on. Before there are 14 days to fit on and 7 to
score, a log R² would say nothing and is not told.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import BoolArray, IntArray
from apps.engine.score import EMBARGO_MS

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LEAST_HOURS = 48  # usable ones, before anything is told
MOST_FITTED_DAYS, LEAST_FITTED_DAYS = 60, 14
MOST_SCORED_DAYS, LEAST_SCORED_DAYS = 30, 7
EMBARGO_DAYS = EMBARGO_MS / DAY_MS
LEAST_DAYS = round(LEAST_FITTED_DAYS + EMBARGO_DAYS + LEAST_SCORED_DAYS)
MOST_DAYS = round(MOST_FITTED_DAYS + EMBARGO_DAYS + MOST_SCORED_DAYS)


@dataclass(frozen=True, slots=True)
class Periods:
    """Masks (K,) over usable hours. Without enough days nothing is fitted."""

    fit: BoolArray
    scored: BoolArray
    days: float  # that there are, at most ``MOST_DAYS``

    @property
    def has_line(self) -> bool:
        """Whether a line can be fitted and judged."""
        return bool(self.fit.any())


def periods_of(starts_ms: IntArray) -> Periods:
    """How usable hours, rising in time, are divided; (K,) of their starts."""
    nothing = np.zeros(len(starts_ms), dtype=bool)
    if len(starts_ms) == 0:
        return Periods(nothing, nothing, 0.0)
    end_ms = int(starts_ms[-1]) + HOUR_MS
    days = min((end_ms - int(starts_ms[0])) / DAY_MS, float(MOST_DAYS))
    scored_days = min(max((days - EMBARGO_DAYS) / 3, LEAST_SCORED_DAYS), MOST_SCORED_DAYS)
    if days < LEAST_DAYS:
        return Periods(nothing, starts_ms >= end_ms - MOST_SCORED_DAYS * DAY_MS, days)
    scored_ms = end_ms - scored_days * DAY_MS
    fitted_ms = scored_ms - EMBARGO_MS
    fit = (starts_ms + HOUR_MS <= fitted_ms) & (starts_ms >= fitted_ms - MOST_FITTED_DAYS * DAY_MS)
    scored = starts_ms >= scored_ms
    if min(fit.sum(), scored.sum()) < LEAST_HOURS:
        return Periods(nothing, scored, days)
    return Periods(fit, scored, days)
