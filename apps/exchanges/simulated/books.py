"""The order books of the simulated market, as they stand at the end of every minute.

    USD per basis point = what the market's prices answer to (``Coin.usd_per_bp``), by venue as
                          open interest is, a little thicker away from the middle, and noisy
    walls               = at round prices, about 1 % apart, which stay where they are for an hour

Prices do not know these books: a forced order moves them by ``usd_per_bp``, walls or not.
"""

from collections.abc import Iterator

import numpy as np

from apps.exchanges.records import DEPTH_STEP_BPS, DEPTH_STEPS, DepthRow
from apps.exchanges.simulated.market import Block
from apps.exchanges.simulated.prices import MINUTES
from apps.exchanges.simulated.tables import FloatArray, Universe

THICKER_PER_STEP = 0.02
NOISE = 0.3  # natural log
WALL_APART = 0.01  # of the price, roughly
WALL_STEPS = 3.0  # a usual wall holds as much as that many steps without it
LEVELS_LOOKED_AT = 16  # round prices on each side of the middle
REACH_BPS = DEPTH_STEPS * DEPTH_STEP_BPS
STEP = DEPTH_STEP_BPS * 1e-4
MINUTE_MS = 60_000


def depth_rows(block: Block, mid: FloatArray, minutes: range) -> Iterator[DepthRow]:
    """Books of some minutes of an hour around the prices ``mid`` (T, I); by minute, instrument.

    An hour of nine instruments takes about 20 ms.
    """
    universe, minute = block.start.universe, block.start.minute
    rng = np.random.default_rng([block.start.seed, minute // MINUTES, 2])
    usual = usd_per_step(universe)
    thickness = 1 + THICKER_PER_STEP * np.arange(DEPTH_STEPS)
    usd = usual[:, None, None] * thickness
    usd = usd * np.exp(NOISE * rng.standard_normal((MINUTES, universe.instruments, 2, DEPTH_STEPS)))
    usd += _walls(mid, usual, rng, universe)
    for t in minutes:
        ts_ms = block.start.first_ms + (minute + t + 1) * MINUTE_MS
        told = zip(universe.slugs, mid[t].tolist(), usd[t].tolist(), strict=True)
        for slug, price, (bids, asks) in told:
            yield DepthRow(slug, ts_ms, price, tuple(bids), tuple(asks), REACH_BPS)


def usd_per_step(universe: Universe) -> FloatArray:
    """(I,) what rests in one step of each instrument's book when nothing special is there."""
    deep = np.array([coin.usd_per_bp for coin in universe.coins])[universe.market_of_instrument]
    of_market = np.bincount(universe.market_of_instrument, universe.levered)
    share = universe.levered / of_market[universe.market_of_instrument]
    return deep * share * DEPTH_STEP_BPS


def round_step(price: float) -> float:
    """The round distance between walls: 1, 2 or 5 times a power of ten.

    >>> [round_step(price) for price in (63_000.0, 1_700.0, 72.0)]
    [500.0, 10.0, 0.5]
    """
    most = price * WALL_APART
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(digit * power for digit in (1, 2, 5) if digit * power <= most))


def _walls(
    mid: FloatArray, usual: FloatArray, rng: np.random.Generator, universe: Universe
) -> FloatArray:
    """(T, I, 2, N) USD of the walls, each in the step in which its round price lies."""
    usd = np.zeros((len(mid), universe.instruments, 2, DEPTH_STEPS))
    minutes = np.arange(len(mid))
    for i, coin in enumerate(universe.market_of_instrument):
        apart = round_step(universe.coins[coin].price)
        first = int(np.floor(mid[:, i].min() / apart)) - LEVELS_LOOKED_AT
        last = int(np.floor(mid[:, i].max() / apart)) + LEVELS_LOOKED_AT
        sizes = WALL_STEPS * usual[i] * rng.standard_exponential(last - first + 1)
        for level, size in zip(range(first, last + 1), sizes, strict=True):
            far = level * apart / mid[:, i] - 1
            step = np.floor(np.abs(far) / STEP).astype(np.int64)
            near = step < DEPTH_STEPS
            side = (far > 0).astype(np.int64)
            usd[minutes[near], i, side[near], step[near]] += size
    return usd
