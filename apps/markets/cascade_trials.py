"""The chain on trial: what it said from the map, against what a matching engine then did.

On the simulated market every position is known. The chain gets what a reader gets: the map walked
from public bars, and a visible book. The matching engine gets the positions, the book level by
level, and makers whose habits nobody knows. Both get the same market order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from apps.engine.book import Walk, rebuild
from apps.engine.cascade import SIMULATED_BELIEFS, Beliefs, Chain, Spark, chain
from apps.engine.clusters import find
from apps.engine.depth import BPS, Depth
from apps.engine.map_curves import Curves, curves_of
from apps.engine.parameters import default_parameters
from apps.engine.picture import draw
from apps.engine.records import BAR_FIELDS, Bars, Cluster, FloatArray, Side
from apps.exchanges.simulated.bars import HourBars, publish
from apps.exchanges.simulated.hours import HOUR_MS, MINUTE_MS, Truth, truth
from apps.exchanges.simulated.market import Block, simulate
from apps.exchanges.simulated.shock import LEVEL, Outcome, draw_book, draw_makers, shock
from apps.exchanges.simulated.tables import Universe, universe

FIRST_MS = 1_780_272_000_000
HISTORY_HOURS = 48
POSITIONS_PER_BOOK = 1_500
SHOCKS_PER_MARKET = 20
APART_HOURS = 2  # between two shocks of a market
STEP_BPS, STEPS = 10.0, 50  # of the visible book
SEEN_SIGMA = 0.1  # natural log: what changes in a step between the look and the shock
DEPTH_SHARE, DEPTH_SIGMA = 0.025, 0.5  # of open interest within one percent
ORDER_SHARE, ORDER_SIGMA = 0.7, 0.9  # of what rests within one percent


@dataclass(frozen=True, slots=True)
class Trial:
    """One shock: what was foretold, two simpler estimates, and what happened.

    Every reach is a positive fraction of the price.
    """

    told: Chain
    naive: float  # (order + dollars of the side's clusters) / depth near the price
    book_only: float  # the order eating the visible book, nobody forced
    outcome: Outcome
    reach: float


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment before a shock, as seen and as it is."""

    curves: Curves
    clusters: tuple[Cluster, ...]
    truth: Truth
    price: float
    open_interest_usd: float


def trials(
    seed: int, *, count: int = SHOCKS_PER_MARKET, beliefs: Beliefs = SIMULATED_BELIEFS
) -> Iterator[Trial]:
    """Shocks of one simulated market, two hours apart; the same for the same seed."""
    rng = np.random.default_rng([seed, 11])
    for number, scene in enumerate(scenes(seed, count)):
        yield _trial(scene, Side(number % 2), rng, beliefs)


def scenes(seed: int, count: int) -> Iterator[Scene]:
    """Moments of one simulated market, the first after ``HISTORY_HOURS``."""
    market = universe(1, 3, standing_per_book=POSITIONS_PER_BOOK)
    hours = [
        (block, publish(block))
        for block in islice(simulate(seed, FIRST_MS, market), HISTORY_HOURS + count * APART_HOURS)
    ]
    walk = rebuild(_bars_of([bars for _, bars in hours], market), default_parameters())
    for block, bars in hours[HISTORY_HOURS::APART_HOURS]:
        yield _scene(walk, block, bars)


def _scene(walk: Walk, block: Block, bars: HourBars) -> Scene:
    at_ms = FIRST_MS + block.start.minute * MINUTE_MS + HOUR_MS
    picture = draw(walk, window_ms=MINUTE_MS, cadence_ms=MINUTE_MS, until_ms=at_ms)
    return Scene(
        curves=curves_of(picture),
        clusters=find(picture),
        truth=truth(block, at_ms - 1),
        price=picture.price,
        open_interest_usd=float(bars.open_interest[-1].sum()) * picture.price,
    )


def _trial(scene: Scene, side: Side, rng: np.random.Generator, beliefs: Beliefs) -> Trial:
    within = DEPTH_SHARE * scene.open_interest_usd * rng.lognormal(0, DEPTH_SIGMA)
    book, makers = draw_book(rng, within), draw_makers(rng)
    order_usd = float(ORDER_SHARE * within * rng.lognormal(0, ORDER_SIGMA))
    seen = _seen(book, scene.price, rng)
    sign = -1.0 if side is Side.LONG else 1.0
    positions = scene.truth.side == side
    died_at = scene.truth.liquidation_price[positions]
    usd = scene.truth.size_base[positions] * died_at
    outcome = shock(sign * np.log(died_at / scene.price), usd, book, order_usd, makers)
    fuel = sum(cluster.usd for cluster in scene.clusters if cluster.side == side)
    return Trial(
        told=chain(scene.curves, seen, side, Spark(order_usd), beliefs=beliefs),
        naive=(order_usd + fuel) / float(seen.usd_within(side, 0.01)) * 0.01,
        book_only=_through(seen, side, order_usd),
        outcome=outcome,
        reach=float(abs(np.expm1(sign * outcome.reach))),
    )


def _seen(book: FloatArray, price: float, rng: np.random.Generator) -> Depth:
    """The book as venues publish it: in steps, a moment before the shock, both sides alike."""
    levels = round(STEP_BPS * BPS / LEVEL)
    steps = book[: STEPS * levels].reshape(STEPS, levels).sum(axis=1)
    steps = steps * rng.lognormal(0, SEEN_SIGMA, STEPS)
    return Depth(price, STEP_BPS, steps, steps)


def _through(depth: Depth, side: Side, order_usd: float) -> float:
    distance = np.linspace(0, depth.reach, 2001)
    return float(np.interp(order_usd, depth.usd_within(side, distance), distance))


def _bars_of(hours: list[HourBars], market: Universe) -> Bars:
    """Public bars of a one-coin universe, by venue."""
    fields = [np.concatenate([getattr(bars, name) for bars in hours]).T for name in BAR_FIELDS]
    end_ms = FIRST_MS + MINUTE_MS * np.arange(1, fields[0].shape[1] + 1)
    return Bars(tuple(info.venue for info in market.infos), end_ms, *fields)
