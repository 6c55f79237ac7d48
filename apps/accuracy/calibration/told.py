"""A fit in words and as plain data."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.accuracy.calibration.fitting import name_of
from apps.engine.calibrate import GROUPS, by_group
from apps.markets.models import LeverageFit


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A group of leverages: its share as shipped, as fitted, and how sure that is."""

    name: str
    prior: float
    fitted: float
    low: float
    high: float


def groups_of(fit: LeverageFit) -> tuple[GroupShare, ...]:
    """The five groups of a fit."""
    leverages = np.array(fit.leverages)
    prior, fitted = (by_group(leverages, np.array(x)).tolist() for x in (fit.prior, fit.shares))
    return tuple(map(GroupShare, GROUPS, prior, fitted, fit.low, fit.high))


def as_plain(fit: LeverageFit) -> dict[str, Any]:
    """For programs."""
    scores = ("standing_log_r2", "standing_rank", "log_r2", "rank", "gain", "gain_low")
    evidence = ("days", "prints", "usd", "markets")
    periods = ("fitted_from_day", "fitted_until_day", "scored_from_day", "scored_until_day")
    return {
        "venue": fit.venue,
        "version": fit.version,
        "state": str(fit.state),
        "groups": [
            {name: getattr(group, name) for name in GroupShare.__slots__}
            for group in groups_of(fit)
        ],
        "standing": fit.standing_version or "as shipped",
        "scores": {name: getattr(fit, name) for name in scores},
        "evidence": {name: getattr(fit, name) for name in (*evidence, *periods)},
    }


def as_lines(told: dict[str, Any]) -> str:
    """For people."""
    name = name_of(told["venue"])
    if "refused" in told:
        return told["refused"]
    if "groups" not in told:
        return f"{name} stands {told['version']} again."
    scores, evidence = told["scores"], told["evidence"]
    lines = [f"{name}: {told['version']} ({told['state']})"]
    lines += [f"{'':8}{'shipped':>9}{'fitted':>9}{'90 %':>15}"]
    lines += [
        f"{g['name']:8}{g['prior']:9.3f}{g['fitted']:9.3f}{g['low']:9.3f}–{g['high']:.3f}"
        for g in told["groups"]
    ]
    lines += [
        f"later days: log R² {scores['log_r2']:.3f}, rank {scores['rank']:.3f}; "
        f"{told['standing']} had {scores['standing_log_r2']:.3f}, "
        f"{scores['standing_rank']:.3f}; "
        f"gain {scores['gain']:+.4f}, at least {scores['gain_low']:+.4f}",
        f"evidence: {evidence['prints']} liquidations, US${evidence['usd'] / 1e6:.1f}M, "
        f"{evidence['days']} days, {', '.join(evidence['markets'])}",
    ]
    return "\n".join(lines)
