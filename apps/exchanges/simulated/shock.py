"""A matching engine for one bad moment: a large market order meets a book, and forced ones follow.

    1  the order eats the book, level by level; the last price is where it ended
    2  the mark follows the last price part of the way
    3  whoever's liquidation price the mark has reached is closed: a market order of that size
    4  makers bring back part of what was eaten; at the first sight of forced orders they had
       taken away part of what lay ahead
    5  again from 1 with the forced orders, until nothing is left to close

Prices here are distances: log(price / middle), times -1 when the price falls, so they grow from 0
whichever side is closed. ``apps.engine.cascade`` guesses the outcome from the map and the visible
book; it knows neither the positions nor the habits of the makers.
"""

from dataclasses import dataclass

import numpy as np

from apps.exchanges.simulated.tables import FloatArray

LEVEL = 1e-4  # natural log between two levels of the book
LEVELS = 1500  # fifteen percent
MOST_ROUNDS = 2000
SHARPNESS = 0.004  # natural log: how far from the middle a book grows towards its full depth
LEAST_DEPTH = 0.35  # of the full depth, at the middle
RIPPLE = 0.5  # natural log: how uneven levels are
WALL_EVERY, WALL_TIMES = 50, 12.0  # levels between two walls; how much thicker they are at most


@dataclass(frozen=True, slots=True)
class Makers:
    """What the makers do in a shock; nobody knows it beforehand."""

    refill: float  # share of what was eaten that is back at the next round
    pulled: float  # share of what lies ahead that is taken away at the first forced order
    mark_follows: float  # how far the mark goes towards the last price in a round


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a shock did."""

    reach: float  # furthest traded distance, natural log
    forced_usd: float
    is_exhausted: bool  # the book had nothing left


def draw_book(rng: np.random.Generator, usd_within_one_percent: float) -> FloatArray:
    """Resting USD per level, (LEVELS,), nearest first: thin at the middle, uneven, with walls."""
    away = (np.arange(LEVELS) + 0.5) * LEVEL
    shape = LEAST_DEPTH + (1 - LEAST_DEPTH) * (1 - np.exp(-away / SHARPNESS))
    uneven = shape * rng.lognormal(0, RIPPLE, LEVELS)
    walls = np.arange(int(rng.integers(WALL_EVERY)), LEVELS, WALL_EVERY)
    uneven[walls] *= 1 + (WALL_TIMES - 1) * rng.random(len(walls))
    return uneven * usd_within_one_percent / uneven[: round(0.01 / LEVEL)].sum()


def draw_makers(rng: np.random.Generator) -> Makers:
    """Makers of one moment: some stand, some run."""
    return Makers(
        refill=rng.uniform(0.0, 0.25),
        pulled=rng.uniform(0.0, 0.5),
        mark_follows=rng.uniform(0.3, 1.0),
    )


def shock(
    away: FloatArray, usd: FloatArray, book: FloatArray, order_usd: float, makers: Makers
) -> Outcome:
    """Let a market order loose on a book among positions of the side it hurts.

    ``away`` (N,) are the distances at which the positions die and ``usd`` (N,) what is closed
    then; ``book`` is left as it was. Positions that are not ahead (``away`` ≤ 0) never die.
    """
    waiting = np.argsort(away, kind="stable")
    waiting = waiting[away[waiting] > 0]
    away, running = away[waiting], np.concatenate(([0.0], usd[waiting].cumsum()))
    full, resting = book.copy(), book.copy()
    mark = furthest = forced = 0.0
    order, died, is_exhausted = order_usd, 0, False
    for _ in range(MOST_ROUNDS):
        last, is_exhausted = _eat(resting, order)
        furthest = max(furthest, last)
        mark += makers.mark_follows * (last - mark)
        reached = max(died, int(np.searchsorted(away, mark, side="right")))
        order = float(running[reached] - running[died])
        if order > 0 and forced == 0.0:
            ahead = slice(int(last / LEVEL) + 1, None)
            resting[ahead] *= 1 - makers.pulled
            full[ahead] *= 1 - makers.pulled
        forced, died = forced + order, reached
        if is_exhausted or (order == 0 and abs(last - mark) < LEVEL):
            break
        resting += makers.refill * (full - resting)
    return Outcome(furthest, forced, is_exhausted)


def _eat(resting: FloatArray, order_usd: float) -> tuple[float, bool]:
    """Take an order's dollars from the nearest levels, in place; where it ended, and whether all
    the book was not enough."""
    running = resting.cumsum()
    if order_usd >= running[-1]:
        resting[:] = 0.0
        return len(resting) * LEVEL, True
    ended = int(np.searchsorted(running, order_usd, side="right"))
    before = float(running[ended - 1]) if ended else 0.0
    part = (order_usd - before) / resting[ended]
    resting[:ended] = 0.0
    resting[ended] *= 1 - part
    return (ended + part) * LEVEL, False
