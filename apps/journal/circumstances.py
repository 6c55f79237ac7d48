"""In what a read was made: how fresh the zone was, and what kind of day lay behind it.

::

    ├──────────── the week before ────────────┤├─ the day ─┤ read
                 quarter hours' moves              the same

``unrest`` is how much the quarter hours of the day moved (root mean square of their log returns)
against those of the week before: 1 is as usual. ``trend`` is how far the price came in that day,
in standard deviations of a day made of that week's quarter hours in no order: within ±1 a day
went sideways. Both are written once, when a read is kept, and never change.
"""

from typing import NamedTuple

import numpy as np

from apps.heatmaps.readings import Zone
from apps.journal.outcome import Path

STEP_MS = 900_000
DAY_STEPS = 96
WEEK_STEPS = 7 * DAY_STEPS
FEWEST_DAY_STEPS = 77  # four fifths of a day
FEWEST_WEEK_STEPS = 2 * DAY_STEPS
BACK_MS = (DAY_STEPS + WEEK_STEPS + 1) * STEP_MS


class Regime(NamedTuple):
    """What kind of day it was; None where too few bars tell."""

    unrest: float | None = None
    trend: float | None = None


def fresh_share(zone: Zone | None) -> float | None:
    """The share of a zone's dollars opened within four hours; None where nobody knows."""
    return zone.ages[0] if zone and zone.ages else None


def regime_of(before: Path, at_ms: int) -> Regime:
    """The regime of the day that ends at ``at_ms``; bars behind it are not looked at."""
    moves = _moves(before, at_ms)
    week, day = (part[np.isfinite(part)] for part in np.split(moves, [WEEK_STEPS]))
    if len(day) < FEWEST_DAY_STEPS or len(week) < FEWEST_WEEK_STEPS:
        return Regime()
    usual = float(np.sqrt(np.mean(week**2)))
    if usual == 0:
        return Regime()
    unrest = float(np.sqrt(np.mean(day**2))) / usual
    return Regime(unrest, float(day.sum()) / (usual * len(day) ** 0.5))


def _moves(before: Path, at_ms: int) -> np.ndarray:
    """Log returns of the quarter hours up to ``at_ms``, oldest first; NaN where a close lacks."""
    told_ms = at_ms + STEP_MS * np.arange(-DAY_STEPS - WEEK_STEPS, 1)
    closes = np.full(len(told_ms), np.nan)
    if len(before.end_ms):
        bar = np.searchsorted(before.end_ms, told_ms, side="right") - 1
        is_told = (bar >= 0) & (before.end_ms[bar] > told_ms - STEP_MS)
        closes[is_told] = before.close[bar[is_told]]
    return np.diff(np.log(closes))
