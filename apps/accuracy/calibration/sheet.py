"""What the page says of one venue: what stands, what was fitted, and why not."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from apps.accuracy.calibration.fitting import (
    ENOUGH_DAYS,
    Amount,
    amount_of,
    fits_of,
    name_of,
    refusal,
)
from apps.accuracy.calibration.told import GroupShare, groups_of
from apps.engine.calibrate import GROUPS, by_group
from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import default_parameters
from apps.heatmaps.templatetags.amounts import MINUS
from apps.markets.leverage_sets import bell_curve
from apps.markets.models import LeverageFit

MOST_PAST = 12  # sets in the history
FULL_BAR = 0.8  # the share that fills a bar
State = LeverageFit.State


@dataclass(frozen=True, slots=True)
class Bar:
    """A group's bars: shares, and how long they are drawn, in hundredths of the width."""

    share: GroupShare
    prior_width: str
    fitted_width: str
    low_x: str
    high_x: str


@dataclass(frozen=True, slots=True)
class PastFit:
    """A set of the history with its days in words the template can format."""

    fit: LeverageFit
    fitted_from: datetime
    fitted_until: datetime
    scored_from: datetime
    scored_until: datetime
    can_be_adopted: bool
    gain: str
    gain_low: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One venue."""

    venue: str
    name: str
    standing: LeverageFit | None
    shown: PastFit | None  # whose bars are drawn: what waits, else what stands, else the newest
    bars: tuple[Bar, ...]
    amount: Amount
    refusal: str | None
    is_wide: bool  # too few days for narrow intervals
    past: tuple[PastFit, ...]


def sheet_of(venue: str) -> Sheet:
    """Everything the page says of a venue."""
    fits = list(fits_of(venue)[:MOST_PAST])
    standing = next((fit for fit in fits if fit.state == State.ADOPTED), None) or (
        fits_of(venue).filter(state=State.ADOPTED).first()
    )
    waiting = next((fit for fit in fits if fit.state == State.CANDIDATE), None)
    shown = waiting or standing or next(iter(fits), None)
    amount = amount_of(venue)
    return Sheet(
        venue=venue,
        name=name_of(venue),
        standing=standing,
        shown=_past(shown) if shown else None,
        bars=tuple(_bar(one) for one in (groups_of(shown) if shown else _shipped(venue))),
        amount=amount,
        refusal=refusal(venue, amount),
        is_wide=amount.days < ENOUGH_DAYS,
        past=tuple(_past(fit) for fit in fits),
    )


def _shipped(venue: str) -> tuple[GroupShare, ...]:
    shares = by_group(np.array(LEVERAGES), bell_curve(default_parameters(), venue)).tolist()
    return tuple(GroupShare(name, x, x, x, x) for name, x in zip(GROUPS, shares, strict=True))


def _past(fit: LeverageFit) -> PastFit:
    days = (
        fit.fitted_from_day,
        fit.fitted_until_day,
        fit.scored_from_day,
        fit.scored_until_day,
    )
    may = fit.state in (State.CANDIDATE, State.RETIRED)
    gains = (_signed(fit.gain), _signed(fit.gain_low))
    return PastFit(fit, *(datetime.fromtimestamp(d * 86_400, UTC) for d in days), may, *gains)


def _signed(gain: float) -> str:
    """Of scores: +0.0140, −0.0028."""
    return f"{MINUS if gain < 0 else '+'}{abs(gain):.4f}"


def _bar(share: GroupShare) -> Bar:
    values = (share.prior, share.fitted, share.low, share.high)
    return Bar(share, *(f"{min(100 * value / FULL_BAR, 100):.1f}" for value in values))
