"""What stands against a cluster: the book before it, who is buying, who pays to hold.

A cluster is fuel, not ignition: the price may come to its edge and turn. Three things that can be
seen beforehand lean with it or against it::

    book      dollars resting between the price and the cluster, against what usually rests there
    takers    what takers bought minus what they sold of late, against its usual size
    funding   longs who pay to hold are crowded: they give way; paid ones sit still

Each leans ``WITH`` the move into the cluster, ``AGAINST`` it, neither way, or is unknown.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from apps.engine.depth import Depth
from apps.engine.records import Cluster, FloatArray, Side

THIN, THICK = 0.7, 1.4  # of the density that is usual in this book
RECENT = 4  # last intervals of the tide
PUSH = 1.0  # standard deviations of the takers' sum that count as a lean
CROWDED = 0.0002  # funding per eight hours above which longs are crowded
PAID = 0.0  # below it shorts are


class Lean(StrEnum):
    """Which way something leans, seen from the move into a cluster."""

    WITH = "with"
    AGAINST = "against"
    NEITHER = "neither"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Tide:
    """What takers did in equal intervals, USD (T,), NaN where unknown; funding per eight hours."""

    taker_delta_usd: FloatArray
    funding_rate: float


@dataclass(frozen=True, slots=True)
class Counterforce:
    """What stands before one cluster.

    ``front_usd`` rests between the price and its near edge; ``thickness`` is that against what is
    usual at these distances in the same book, ``fuel_ratio`` the cluster's dollars over it. All
    three are None without a book. ``taker_usd`` is the takers' recent sum, None when unknown.
    """

    front_usd: float | None
    thickness: float | None
    fuel_ratio: float | None
    taker_usd: float | None
    funding_rate: float | None
    book: Lean
    takers: Lean
    funding: Lean

    @property
    def leans(self) -> tuple[Lean, ...]:
        """All three."""
        return self.book, self.takers, self.funding

    @property
    def verdict(self) -> Lean:
        """Which way most of what is known leans; against is the picture of a false signal."""
        if all(lean is Lean.UNKNOWN for lean in self.leans):
            return Lean.UNKNOWN
        balance = self.leans.count(Lean.WITH) - self.leans.count(Lean.AGAINST)
        return Lean.NEITHER if balance == 0 else Lean.WITH if balance > 0 else Lean.AGAINST


def counterforce(
    cluster: Cluster, price: float, depth: Depth | None, tide: Tide | None
) -> Counterforce:
    """Weigh what can be seen before the price comes to ``cluster``; what is not known is None."""
    front, thickness = _before(cluster, price, depth)
    taker_usd, takers = _takers(cluster.side, tide)
    funding_rate = float(tide.funding_rate) if tide else np.nan
    return Counterforce(
        front_usd=front,
        thickness=thickness,
        fuel_ratio=cluster.usd / front if front else None,
        taker_usd=taker_usd,
        funding_rate=funding_rate if np.isfinite(funding_rate) else None,
        book=_book_lean(thickness),
        takers=takers,
        funding=_funding_lean(cluster.side, funding_rate),
    )


def _before(
    cluster: Cluster, price: float, depth: Depth | None
) -> tuple[float | None, float | None]:
    """Dollars in front of a cluster, and how thick that is.

    Usual is halfway between what rests at these distances on the two sides together, and what
    would if the whole known book were even.
    """
    near = cluster.high if cluster.side is Side.LONG else cluster.low
    distance = abs(near / price - 1)
    if depth is None or distance > depth.reach:
        return None, None
    front = float(depth.usd_within(cluster.side, distance))
    usual = sum(float(depth.usd_within(side, distance)) for side in Side) / 2
    whole = sum(float(depth.usd_within(side, depth.reach)) for side in Side) / 2
    even = (usual + whole * distance / depth.reach) / 2
    return front, front / even if even > 0 else 1.0


def _book_lean(thickness: float | None) -> Lean:
    if thickness is None:
        return Lean.UNKNOWN
    if thickness < THIN:
        return Lean.WITH
    return Lean.AGAINST if thickness > THICK else Lean.NEITHER


def _takers(side: Side, tide: Tide | None) -> tuple[float | None, Lean]:
    """The takers' recent sum and whether it pushes into the cluster: selling to longs."""
    known = tide.taker_delta_usd[np.isfinite(tide.taker_delta_usd)] if tide else np.zeros(0)
    if len(known) < 2 * RECENT:
        return None, Lean.UNKNOWN
    recent = float(known[-RECENT:].sum())
    usual = float(known.std() * np.sqrt(RECENT))
    if abs(recent) <= PUSH * usual:
        return recent, Lean.NEITHER
    into = recent < 0 if side is Side.LONG else recent > 0
    return recent, Lean.WITH if into else Lean.AGAINST


def _funding_lean(side: Side, rate: float) -> Lean:
    """Whoever pays is crowded and gives way; whoever is paid sits still."""
    if not np.isfinite(rate):
        return Lean.UNKNOWN
    if PAID <= rate <= CROWDED:
        return Lean.NEITHER
    longs_pay = rate > CROWDED
    return Lean.WITH if longs_pay == (side is Side.LONG) else Lean.AGAINST
