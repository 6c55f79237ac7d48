"""Traders of the simulated market.

One position here is a batch of equal traders who opened the same side, at the same instant, with
the same leverage. What each of them holds decides the margin tier; what they hold together is the
size. When they would close by choice is drawn as they open, which is the same as a steady hazard.

Isolated margin, linear contract, tier with maintenance rate m and deduction d, notional N,
s = +1 for longs and -1 for shorts (model note §1.1, no fees, no added margin):

    liquidation price = entry * (1 - s / leverage - s * d / N) / (1 - s * m)
"""

from dataclasses import dataclass, fields

import numpy as np

from apps.exchanges.simulated.prices import MINUTES
from apps.exchanges.simulated.tables import (
    LEVERAGES,
    MEAN_LIFE_MIN,
    FloatArray,
    IntArray,
    Universe,
)

SIZE_SIGMA = 0.9  # natural log, of a batch
TRADER_MEDIAN_USD, TRADER_SIGMA = 15_000.0, 1.8
LARGEST_TRADER_USD = 20e6
DAILY_SIGMA = 0.025  # of the prices at which positions older than the simulation were opened
FORCED_PER_CHOSEN = 0.15  # closings by force per closing by choice, roughly, to be replaced
TREND_FOLLOWING = 0.35  # how far recent returns tilt openings to one side


@dataclass(slots=True)
class Positions:
    """N positions; times are minutes since the simulation began, prices are natural logs."""

    book: IntArray  # which instrument and side
    size: FloatArray  # base coin
    leverage: FloatArray
    offset: FloatArray  # liquidation price minus entry price, logs
    opened: FloatArray  # minute, with its fraction
    leaves: IntArray  # minute at whose start they close by choice, unless they died before
    entry: FloatArray
    trigger: FloatArray  # SIGN * liquidation price: dead once SIGN * mark has been this low
    died: FloatArray  # minute with its fraction; infinite while they live

    def __len__(self) -> int:
        return len(self.book)

    def take(self, chosen: np.ndarray) -> "Positions":
        """Some of them."""
        return Positions(*(getattr(self, f.name)[chosen] for f in fields(self)))

    def with_(self, others: "Positions") -> "Positions":
        """These, then others."""
        names = [f.name for f in fields(self)]
        return Positions(*(np.concatenate([getattr(self, n), getattr(others, n)]) for n in names))


def draw_standing(rng: np.random.Generator, mark: FloatArray, universe: Universe) -> Positions:
    """Those who are there when the simulation begins, given log mark prices (I,).

    Whoever would be dead already is taken to have opened just now.
    """
    book = np.repeat(np.arange(universe.books), universe.standing_per_book)
    stop = _choose(rng, universe.standing[book // 2])
    age = rng.exponential(MEAN_LIFE_MIN[stop])
    leaves = 1 + rng.exponential(MEAN_LIFE_MIN[stop])
    positions = _traders(rng, book, stop, -age, leaves.astype(np.int64), universe)
    here = mark[book // 2]
    walked = DAILY_SIGMA * np.sqrt(np.minimum(age / 1440, 20)) * rng.standard_normal(len(book))
    open_at(positions, slice(None), here + walked)
    late = positions.trigger >= _sign(book) * here
    positions.opened[late] = 0
    open_at(positions, late, here[late])
    return positions


def draw_opening(
    rng: np.random.Generator,
    minute: int,
    activity: FloatArray,
    lean: FloatArray,
    universe: Universe,
) -> Positions:
    """Those who open during the next hour, by time of opening, prices still unknown.

    ``activity`` (T, I) is around one; ``lean`` (I,) in [-1, 1] tilts them to the long side.
    """
    leaving = universe.deaths_per_min * (1 + FORCED_PER_CHOSEN)
    births = universe.standing_per_book * np.repeat(leaving * activity, 2, axis=1)
    counts = rng.poisson(births * (1 + universe.sign * TREND_FOLLOWING * np.repeat(lean, 2)))
    which = np.repeat(np.arange(MINUTES * universe.books), counts.ravel())
    at, book = np.divmod(which, universe.books)
    stop = _choose(rng, universe.opening[book // 2])
    opened = minute + at + rng.random(len(book))
    leaves = minute + at + 1 + rng.exponential(MEAN_LIFE_MIN[stop]).astype(np.int64)
    return _traders(rng, book, stop, opened, leaves, universe)


def open_at(positions: Positions, chosen: slice | np.ndarray, entry: FloatArray) -> None:
    """Set the log entry prices of some, and with them where they will be force-closed."""
    positions.entry[chosen] = entry
    sign = _sign(positions.book[chosen])
    positions.trigger[chosen] = sign * (entry + positions.offset[chosen])


def liquidation_offset(
    instrument: IntArray,
    sign: FloatArray,
    leverage: FloatArray,
    notional_usd: FloatArray,
    universe: Universe,
) -> FloatArray:
    """ln(liquidation price / entry price) of positions (N,)."""
    margin = universe.margin
    tier = (notional_usd[:, None] > margin.cap_usd[instrument]).sum(axis=1)
    rate = margin.rate[instrument, tier]
    deducted = margin.deduction_usd[instrument, tier] / notional_usd
    return np.log((1 - sign / leverage - sign * deducted) / (1 - sign * rate))


def _traders(
    rng: np.random.Generator,
    book: IntArray,
    stop: IntArray,
    opened: FloatArray,
    leaves: IntArray,
    universe: Universe,
) -> Positions:
    margin = universe.margin
    count, instrument, leverage = len(book), book // 2, LEVERAGES[stop]
    size = rng.lognormal(-(SIZE_SIGMA**2) / 2, SIZE_SIGMA, count) * universe.mean_size[instrument]
    notional = np.exp(np.log(TRADER_MEDIAN_USD) + TRADER_SIGMA * rng.standard_normal(count))
    allowed = (margin.max_leverage[instrument] >= leverage[:, None]).sum(axis=1) - 1
    most = np.minimum(margin.cap_usd[instrument, allowed], LARGEST_TRADER_USD)
    offset = liquidation_offset(
        instrument, _sign(book), leverage, np.minimum(notional, most), universe
    )
    unknown, alive = np.full((2, count), np.nan), np.full(count, np.inf)
    return Positions(book, size, leverage, offset, opened, leaves, *unknown, alive)


def _sign(book: IntArray) -> FloatArray:
    return 1.0 - 2.0 * (book % 2)


def _choose(rng: np.random.Generator, shares: FloatArray) -> IntArray:
    """A column for every row of ``shares``, which sum to one."""
    drawn = rng.random((len(shares), 1))
    return np.minimum((drawn > shares.cumsum(axis=1)).sum(axis=1), shares.shape[1] - 1)
