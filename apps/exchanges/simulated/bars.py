"""What the venues publish of a simulated hour.

Every trader trades with a market maker. Makers hedge elsewhere, so they are never force-closed;
they hold whatever the traders of one side lack against the other:

    open interest = max(longs, shorts) of traders + hedged holders of both sides
                  = longs + makers' longs + hedged longs = shorts + makers' shorts + hedged shorts

    volume        = what traders opened and closed + what makers traded among themselves
    taker delta   = traders are takers 65 times in 100, forced orders always; makers' own trades
                    lean with the price
"""

from dataclasses import dataclass

import numpy as np

from apps.exchanges.simulated.market import Block
from apps.exchanges.simulated.positions import Positions
from apps.exchanges.simulated.prices import MINUTES
from apps.exchanges.simulated.tables import USUAL, FloatArray, IntArray, Universe

TAKER_SHARE = 0.65
CHURN = 6.0  # times what traders close by choice, base coin a minute
CHURN_SIGMA = 0.45
LEAN_SLOPE, LEAN_NOISE, LARGEST_LEAN = 0.35, 0.15, 0.9
WICK = 0.00002  # natural log: how far last prices overshoot the common path
FUNDING_AT_REST, FUNDING_SLOPE = 0.0000125, 0.00004  # per hour


@dataclass(frozen=True, slots=True)
class Flows:
    """What positions did, (T, K) base coin."""

    opened: FloatArray
    closed: FloatArray  # by choice
    liquidated: FloatArray
    standing: FloatArray  # at the end of each minute
    before: FloatArray  # (K,) at the start of the hour


@dataclass(frozen=True, slots=True)
class HourBars:
    """Minute bars of an hour, (T, I), named as the fields of ``BarRow``."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    taker_delta: FloatArray
    open_interest: FloatArray
    mark_low: FloatArray
    mark_high: FloatArray
    mark_close: FloatArray
    funding_rate: FloatArray


def publish(block: Block) -> HourBars:
    """The bars of an hour."""
    rng = np.random.default_rng([block.start.seed, block.start.minute // MINUTES, 1])
    universe = block.start.universe
    flows, last, mark = flows_of(block), last_path(block), mark_path(block)
    high, low = last.max(axis=2), last.min(axis=2)
    wicks = WICK * rng.standard_exponential((2, *high.shape))
    activity = np.abs(block.world.returns) / block.world.sigma
    lean = np.sign(block.world.returns) * activity
    churn = CHURN * universe.levered * universe.deaths_per_min
    churn = churn * universe.per_venue(0.5 + 0.5 * np.minimum(activity, 6))
    churn *= rng.lognormal(-(CHURN_SIGMA**2) / 2, CHURN_SIGMA, churn.shape)
    leaning = LEAN_SLOPE * universe.per_venue(lean) + LEAN_NOISE * rng.standard_normal(churn.shape)
    leaning = np.clip(leaning, -LARGEST_LEAN, LARGEST_LEAN)
    chosen = (2 * TAKER_SHARE - 1) * (flows.opened - flows.closed)
    longs, shorts = flows.standing[:, 0::2], flows.standing[:, 1::2]
    return HourBars(
        open=last[:, :, 0],
        high=high * np.exp(wicks[0]),
        low=low * np.exp(-wicks[1]),
        close=last[:, :, -1],
        volume=of_instrument(flows.opened + flows.closed + flows.liquidated) + churn,
        taker_delta=of_instrument(universe.sign * (chosen - flows.liquidated)) + churn * leaning,
        open_interest=open_interest(flows.standing, universe),
        mark_low=mark.min(axis=2),
        mark_high=mark.max(axis=2),
        mark_close=mark[:, :, -1],
        funding_rate=FUNDING_AT_REST + FUNDING_SLOPE * (longs - shorts) / universe.levered,
    )


def flows_of(block: Block) -> Flows:
    """What the positions of an hour did, minute by minute."""
    lived, minute, books = block.positions, block.start.minute, block.start.universe.books
    ends = minute + MINUTES
    came = np.arange(len(lived)) >= len(block.start.alive)
    died = np.isfinite(lived.died)
    left = ~died & (lived.leaves >= minute) & (lived.leaves < ends)
    opened = _sum(lived, came, lived.opened - minute, books)
    closed = _sum(lived, left, lived.leaves - minute, books)
    liquidated = _sum(lived, died, lived.died - minute, books)
    before = np.bincount(block.start.alive.book, block.start.alive.size, books)
    standing = before + (opened - closed - liquidated).cumsum(axis=0)
    return Flows(opened, closed, liquidated, standing, before)


def open_interest(standing: FloatArray, universe: Universe = USUAL) -> FloatArray:
    """(…, I) base coin, one side, of traders' positions (…, K)."""
    return np.maximum(standing[..., 0::2], standing[..., 1::2]) + universe.hedged


def last_path(block: Block) -> FloatArray:
    """(T, I, VERTICES) last prices in USD, a third of a minute apart."""
    return np.exp(block.start.universe.per_venue(block.path) + block.world.basis[:, :, None])


def mark_path(block: Block) -> FloatArray:
    """(T, I, VERTICES) mark prices in USD, a third of a minute apart."""
    return np.exp(block.start.universe.per_venue(block.path) + block.world.mark_basis[:, :, None])


def _sum(
    positions: Positions, chosen: np.ndarray, minute: FloatArray | IntArray, books: int
) -> FloatArray:
    cell = minute[chosen].astype(np.int64) * books + positions.book[chosen]
    total = np.bincount(cell, positions.size[chosen], MINUTES * books)
    return total.reshape(MINUTES, books)


def of_instrument(books: FloatArray) -> FloatArray:
    """Both sides together: (T, K) as (T, I)."""
    return books.reshape(len(books), -1, 2).sum(axis=2)
