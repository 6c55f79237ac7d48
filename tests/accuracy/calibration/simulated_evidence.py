"""Sixty days of the simulated market as evidence, and the leverage its traders really choose."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from apps.engine.calibrate import Evidence
from apps.engine.exposure import swept_by_leverage
from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import Parameters
from apps.engine.records import BAR_FIELDS, Bars, FloatArray
from apps.exchanges.simulated import tables
from apps.exchanges.simulated.bars import publish
from apps.exchanges.simulated.market import simulate
from apps.exchanges.simulated.tables import Universe, universe

FIRST_MS = 1_780_272_000_000
MINUTE_MS = 60_000
WARM_DAYS = 5  # that a walk needs to know the entries
DAY_CELLS = 48  # half-hours
DAY_MINUTES = 1440
POSITIONS_PER_BOOK = 1_500

type Told = tuple[Bars, FloatArray, float]
"""Minutes of one instrument, (T, 2) USD liquidated in each by side, and the most leverage."""


def simulated_market(seed: int, *, days: int, markets: int = 2) -> tuple[Universe, list[Told]]:
    """The first coins on Binance and Bybit: what Bybit published of each, warm-up included."""
    traded = universe(markets, 2, standing_per_book=POSITIONS_PER_BOOK)
    hours = list(islice(_hours(seed, traded), (days + WARM_DAYS) * 24))
    fields = [np.concatenate([getattr(bars, name) for bars, _ in hours]).T for name in BAR_FIELDS]
    died = np.concatenate([usd for _, usd in hours])
    end_ms = FIRST_MS + MINUTE_MS * np.arange(1, len(died) + 1)
    bybit = [place for place, info in enumerate(traded.infos) if info.venue == "bybit"]
    told = [
        (
            Bars(("bybit",), end_ms, *(field[[place]] for field in fields)),
            died[:, place],
            float(traded.margin.max_leverage[place].max()),
        )
        for place in bybit
    ]
    return traded, told


def evidence_of(told: Sequence[Told], parameters: Parameters, reference: FloatArray) -> Evidence:
    """Half-hours of every market and side, the warm-up left out."""
    parts = [_of_market(*one, parameters, reference) for one in told]
    exposure = np.concatenate([part for part, _ in parts])
    realised = np.concatenate([usd for _, usd in parts])
    cells = exposure.shape[1]
    groups = np.repeat(np.arange(2 * len(told)), cells)
    return Evidence(
        exposure.reshape(-1, exposure.shape[-1]),
        realised.reshape(-1),
        groups,
        np.tile(np.arange(cells) // DAY_CELLS, 2 * len(told)),
    )


def true_shares(traded: Universe) -> FloatArray:
    """What stands at each leverage of the engine's grid.

    A leverage between two of the grid counts for both, by its distance in logarithms.
    """
    shares = np.zeros(len(LEVERAGES))
    grid = np.log(LEVERAGES)
    bybit = next(place for place, info in enumerate(traded.infos) if info.venue == "bybit")
    for leverage, share in zip(tables.LEVERAGES, traded.standing[bybit], strict=True):
        above = min(max(int(np.searchsorted(grid, np.log(leverage))), 1), len(grid) - 1)
        far = (np.log(leverage) - grid[above - 1]) / (grid[above] - grid[above - 1])
        shares[above] += share * far
        shares[above - 1] += share * (1 - far)
    return shares


def _hours(seed: int, traded: Universe):
    for block in simulate(seed, FIRST_MS, traded):
        lived = block.positions
        dead = np.isfinite(lived.died)
        minute = (lived.died[dead] - block.start.minute).astype(np.int64)
        book = lived.book[dead]
        usd = np.zeros((60, traded.books))
        price = np.exp(traded.sign[book] * lived.trigger[dead])
        np.add.at(usd, (minute, book), lived.size[dead] * price)
        yield publish(block), usd.reshape(60, -1, 2)


def _of_market(
    bars: Bars,
    died: FloatArray,
    most_leverage: float,
    parameters: Parameters,
    reference: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Exposure (2, cells, L) and realised dollars (2, cells)."""
    _, swept = swept_by_leverage(bars, parameters)
    swept = np.where(np.array(LEVERAGES) <= most_leverage, swept, 0.0)
    first = WARM_DAYS * DAY_MINUTES
    by_cell = (-1, DAY_MINUTES // DAY_CELLS, 2)
    reached = swept[first:, 0].reshape(*by_cell, swept.shape[-1]).sum(axis=1)
    unit = np.divide(1.0, reference, out=np.zeros_like(reference), where=reference > 0)
    realised = died[first:].reshape(by_cell).sum(axis=1)
    return np.moveaxis(reached * unit, 1, 0), realised.T
