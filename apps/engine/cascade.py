r"""The chain: forced orders meet the book, price moves, more are forced, until the fuel is out.

::

    usd |            /  book: resting dollars the price must eat to get there
        |           / __
        |       __X/      X: the book has caught up, the chain ends
        |    __/ /
        |   / __/   order + fuel: what is sold on the way there
        |__/_/
        +------------------------------> distance from the price

An order of so many dollars, or the price's arrival inside a cluster, lights it. The price gets to
a distance as long as what has been forced by then is more than what rests on the way. Neither is
known: only part of the map's dollars may really stand there, makers refill or pull their orders,
the book is a moment old. So the walk is done once per *case*, for many values of both, and the
answer is a range: four cases in five lie inside. Model note §7.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from apps.engine.depth import BPS, Depth
from apps.engine.map_curves import Curves
from apps.engine.records import Cluster, FloatArray, Side

FURTHEST = 0.15  # of the price: beyond, nothing is said
STEP = 2.5 * BPS
RANGE = (0.1, 0.5, 0.9)  # four cases in five lie between the outer two
CASES = 15  # values of either unknown
BEYOND = 5  # last steps of a known book whose mean density is taken to go on
TYPICAL_SHARE = 0.01  # of open interest, resting within one percent of the price


@dataclass(frozen=True, slots=True)
class Unknown:
    """A positive number that is only roughly known: its median, and sigma of its logarithm."""

    median: float
    sigma: float

    def cases(self, count: int = CASES) -> FloatArray:
        """Equally likely values, rising, shape ``(count,)``."""
        normal = NormalDist()
        away = np.array([normal.inv_cdf((i + 0.5) / count) for i in range(count)])
        return self.median * np.exp(self.sigma * away)


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What the chain takes for granted; the page that shows a chain says so.

    * ``real_share``: dollars really force-closed per dollar of the map.
    * ``book_share``: dollars really met per dollar that rests in the visible book.
    * ``refill``: of the forced dollars, the part taken up by orders that come while it happens.
    """

    real_share: Unknown
    book_share: Unknown
    refill: float


# Of real venues only what they print is known, about 1 % of the map (§4); feeds print a fraction
# of what is closed, up to a twentieth, so the truth lies somewhere between 1 and 20 %.
BELIEFS = Beliefs(Unknown(0.045, 0.9), Unknown(1.0, 0.3), refill=0.35)
# On the simulated market nobody adds margin and everything the map shows can die.
SIMULATED_BELIEFS = Beliefs(Unknown(0.6, 0.5), Unknown(1.0, 0.22), refill=0.35)


@dataclass(frozen=True, slots=True)
class Spark:
    """What lights the chain: a market order, at the price or once it has come to a distance.

    ``lit_from`` and ``start`` are distances (fractions of the price, not negative): everything
    between them has been reached but not yet sold; the book before ``start`` is used up.
    """

    order_usd: float = 0.0
    lit_from: float = 0.0
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A range: four cases in five lie between ``low`` and ``high``."""

    low: float
    typical: float
    high: float


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a chain would run and what it would force.

    Distances are positive fractions of the price. ``chances`` has one entry per cluster asked
    about: the share of cases in which the price passes its peak.
    """

    side: Side
    reach: Estimate
    forced_usd: Estimate
    chances: tuple[float, ...]
    leaves_book: float  # share of cases that end beyond the known book
    is_depth_known: bool


def arrival(cluster: Cluster, price: float) -> Spark:
    """The price has come to the peak of a cluster: what lay before it in the cluster is forced."""
    near = cluster.high if cluster.side is Side.LONG else cluster.low
    lit_from = max(0.0, _distance(near, price, cluster.side))
    return Spark(lit_from=lit_from, start=max(lit_from, abs(cluster.distance)))


def typical_depth(price: float, open_interest_usd: float) -> Depth:
    """A book nobody saw: on either side ``TYPICAL_SHARE`` of open interest per percent of price.

    Only for when depth is unknown; whoever shows what follows says that it is assumed.
    """
    steps = np.full(50, TYPICAL_SHARE * open_interest_usd * 0.1)
    return Depth(price, 10.0, steps, steps)


def chain(
    curves: Curves,
    depth: Depth,
    side: Side,
    spark: Spark,
    *,
    beliefs: Beliefs = BELIEFS,
    clusters: tuple[Cluster, ...] = (),
    is_depth_known: bool = True,
) -> Chain:
    """Walk the map's dollars of a side through a book.

    ``curves`` are totals of the map; both are read relative to their own price. Costs about
    a millisecond. Raises ``ValueError`` for a spark that is negative or starts before it is lit.
    """
    _check(spark)
    away = np.arange(0.0, FURTHEST + STEP / 2, STEP) + spark.start
    fuel = _fuel(curves, side, away) - float(_fuel(curves, side, np.array([spark.lit_from]))[0])
    met = _resting(depth, side, away) - _resting(depth, side, away[:1])
    shares, books = np.meshgrid(beliefs.real_share.cases(), beliefs.book_share.cases())
    shares, books = shares.reshape(-1, 1), books.reshape(-1, 1)
    pressing = spark.order_usd + (1 - beliefs.refill) * shares * fuel
    reach = _ends(away, books * met, pressing)
    forced = shares[:, 0] * np.interp(reach, away, fuel)
    return Chain(
        side=Side(side),
        reach=_range(reach),
        forced_usd=_range(forced),
        chances=tuple(float(np.mean(reach >= abs(c.distance))) for c in clusters),
        leaves_book=float(np.mean(reach > depth.reach)),
        is_depth_known=is_depth_known,
    )


def _ends(away: FloatArray, met: FloatArray, pressing: FloatArray) -> FloatArray:
    """The distance at which the book first holds what presses on it, (cases,).

    Between two distances both grow evenly; a chain that outruns the last one ends there.
    """
    short = pressing - met
    held = short <= 0
    ended = np.where(held.any(axis=1), held.argmax(axis=1), len(away) - 1)
    case, before = np.arange(len(short)), np.maximum(ended - 1, 0)
    lacked, spare = short[case, before], -short[case, ended]
    gap = np.where(lacked + spare > 0, lacked + spare, 1.0)
    part = np.where(held[case, ended], np.where(ended > 0, lacked / gap, 0.0), 1.0)
    return away[before] + part * (away[ended] - away[before])


def _fuel(curves: Curves, side: Side, away: FloatArray) -> FloatArray:
    sign = -1.0 if side is Side.LONG else 1.0
    return curves.usd_at(side, curves.now * (1 + sign * away))


def _resting(depth: Depth, side: Side, away: FloatArray) -> FloatArray:
    """Resting dollars up to each distance; beyond the known book its last steps go on."""
    last = float(depth.against(side)[-BEYOND:].mean())
    beyond = np.maximum(away - depth.reach, 0.0) / (depth.step_bps * BPS)
    return depth.usd_within(side, away) + beyond * last


def _range(values: FloatArray) -> Estimate:
    return Estimate(*map(float, np.quantile(values, RANGE)))


def _distance(price: float, now: float, side: Side) -> float:
    return (1 - price / now) if side is Side.LONG else (price / now - 1)


def _check(spark: Spark) -> None:
    numbers = (spark.order_usd, spark.lit_from, spark.start)
    if not all(np.isfinite(number) and number >= 0 for number in numbers):
        raise ValueError("a spark is made of amounts and distances that are not negative")
    if spark.lit_from > spark.start:
        raise ValueError("a spark cannot start before the distance from which it is lit")
