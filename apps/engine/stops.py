"""Where a stop stands among the clusters: in front of one, inside it, close behind it, or clear.

::

    price of a long position                   a cluster of longs
        |                                  near edge      far edge
        v                                      |::::::::::::|
    ----+--------------------------------------+------------+--------+------> further down
             clear            within reach        inside      within    clear: "safer"
                              of its near edge                reach

A price drawn to a cluster sweeps it and overshoots; a stop in it, or within ``clearance`` of an
edge, goes with it. The safer stop lies past the far edge by at least the clearance, and past every
other cluster it would meet there. All prices are of one currency, whichever it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from apps.engine.records import Side

CLEARANCE = 0.004  # of the price: how far a sweep overshoots


class Place(StrEnum):
    """Where a stop stands."""

    CLEAR = "clear"
    BEFORE = "before"  # a little in front of the cluster: a move into it takes the stop on the way
    INSIDE = "inside"
    BEHIND = "behind"  # past the far edge, but within reach of an overshoot


class Refusal(StrEnum):
    """Why a plan makes no sense."""

    NOT_A_NUMBER = "not a number"
    STOP_ON_THE_WRONG_SIDE = "stop on the wrong side"
    NO_RISK = "no risk"
    LEVERAGE_TOO_LOW = "leverage below one"
    LEVERAGE_BEYOND_THE_TIER = "leverage beyond the tier"
    TOO_LARGE_FOR_THE_VENUE = "too large for the venue"


SENTENCES = {
    Refusal.NOT_A_NUMBER: "Prices and amounts must be positive numbers.",
    Refusal.STOP_ON_THE_WRONG_SIDE: "A long's stop lies below its entry, a short's above it.",
    Refusal.NO_RISK: "The amount at risk must be more than zero.",
    Refusal.LEVERAGE_TOO_LOW: "Leverage starts at 1×.",
    Refusal.LEVERAGE_BEYOND_THE_TIER: "The venue does not allow this leverage at this size.",
    Refusal.TOO_LARGE_FOR_THE_VENUE: "The venue does not allow a position of this size.",
}


class BadPlan(ValueError):
    """A plan that makes no sense; ``refusal`` names the reason, the message says it in English.

    ``limit`` is the greatest leverage allowed, where that is the reason.
    """

    def __init__(self, refusal: Refusal, *, limit: float | None = None) -> None:
        super().__init__(SENTENCES[refusal])
        self.refusal = refusal
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Zone:
    """A cluster as a stop sees it: two edges, and what it holds."""

    low: float
    high: float
    usd: float


@dataclass(frozen=True, slots=True)
class StopAdvice:
    """Where a stop stands, which cluster makes trouble, and where it would be safer.

    ``zone`` is None for a clear stop, and ``safer`` is then the stop itself. ``beyond`` is how far
    ``safer`` lies past the far edge of the last cluster it clears, a fraction of that edge.
    """

    stop: float
    place: Place
    zone: Zone | None
    safer: float
    beyond: float


def advise_stop(
    *,
    side: Side,
    entry: float,
    stop: float,
    zones: Iterable[Zone],
    clearance: float = CLEARANCE,
    step: float | None = None,
) -> StopAdvice:
    """Judge the stop of a position; ``zones`` are the clusters of the position's own side.

    The safer price is rounded outward to ``step``, by default about a thousandth of the price.
    Raises ``BadPlan`` for numbers that are none and for a stop on the wrong side of the entry.

    >>> cluster = Zone(85_800, 86_500, 1.0)
    >>> advise_stop(side=Side.LONG, entry=90_000, stop=86_100, zones=[cluster]).safer
    85400.0
    """
    check_stop(side, entry, stop)
    ahead = [zone for zone in zones if _distance(side, entry, _far_edge(side, zone)) > 0]
    place, zone = _place_of(side, stop, ahead, clearance)
    if zone is None:
        return StopAdvice(stop, place, None, stop, 0.0)
    safer, last = stop, zone
    blocking: Zone | None = zone
    while blocking is not None:
        last = blocking
        safer = _past(side, _far_edge(side, blocking), clearance, step)
        ahead.remove(blocking)
        _, blocking = _place_of(side, safer, ahead, clearance)
    edge = _far_edge(side, last)
    return StopAdvice(stop, place, zone, safer, abs(safer / edge - 1))


def check_stop(side: Side, entry: float, stop: float) -> None:
    """Raise ``BadPlan`` unless both are prices and the stop limits a loss."""
    if not all(np.isfinite(price) and price > 0 for price in (entry, stop)):
        raise BadPlan(Refusal.NOT_A_NUMBER)
    if _distance(side, entry, stop) <= 0:
        raise BadPlan(Refusal.STOP_ON_THE_WRONG_SIDE)


def _place_of(
    side: Side, stop: float, zones: list[Zone], clearance: float
) -> tuple[Place, Zone | None]:
    """The stop's place, and the cluster that makes trouble; the one it stands in comes first."""
    reach = clearance * (1 - 1e-9)
    for zone in zones:
        if zone.low <= stop <= zone.high:
            return Place.INSIDE, zone
    for zone in zones:
        edge = _far_edge(side, zone)
        if 0 < _distance(side, edge, stop) < edge * reach:
            return Place.BEHIND, zone
    for zone in zones:
        edge = _near_edge(side, zone)
        if 0 < _distance(side, stop, edge) < edge * reach:
            return Place.BEFORE, zone
    return Place.CLEAR, None


def _past(side: Side, edge: float, clearance: float, step: float | None) -> float:
    """A price past an edge by the clearance or more, on a step."""
    sign = -1.0 if side is Side.LONG else 1.0
    price = edge * (1 + sign * clearance)
    step = step or tidy_step(edge)
    steps = np.floor(price / step) if side is Side.LONG else np.ceil(price / step)
    return round(float(steps * step), 10)


def tidy_step(price: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is near a thousandth of a price.

    >>> tidy_step(85_800.0), tidy_step(4_850.0), tidy_step(0.31)
    (100.0, 5.0, 0.0002)
    """
    wanted = price / 1000
    power = 10.0 ** np.floor(np.log10(wanted))
    nearest = min((1, 2, 5, 10), key=lambda digit: abs(np.log(digit * power / wanted)))
    return round(float(nearest * power), 12)


def _distance(side: Side, start: float, end: float) -> float:
    """How far ``end`` lies beyond ``start`` in the direction that hurts the side."""
    return start - end if side is Side.LONG else end - start


def _near_edge(side: Side, zone: Zone) -> float:
    return zone.high if side is Side.LONG else zone.low


def _far_edge(side: Side, zone: Zone) -> float:
    return zone.low if side is Side.LONG else zone.high
