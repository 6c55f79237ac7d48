"""An order book in equal steps away from its middle, whatever levels its venue tells."""

import math
from collections.abc import Iterable

from apps.exchanges.readings import Book, Level
from apps.exchanges.records import DEPTH_STEP_BPS, DEPTH_STEPS, DepthRow


def depth_of(book: Book, *, coins_in_one: float = 1.0) -> DepthRow | None:
    """A book's orders by distance; None where a side is empty or the sides cross.

    ``reach_bps`` is how far the shorter side goes: what a venue tells ends somewhere. Prices of a
    venue that counts in heaps of coins are made those of one coin.

    >>> row = depth_of(Book("x", 0, bids=((99.95, 2.0),), asks=((100.05, 1.0), (100.25, 4.0))))
    >>> row.mid, row.bid_usd[0], row.ask_usd[:3], round(row.reach_bps)
    (100.0, 199.9, (100.05, 0.0, 401.0), 5)
    """
    if not book.bids or not book.asks or book.bids[0][0] >= book.asks[0][0]:
        return None
    mid = (book.bids[0][0] + book.asks[0][0]) / 2
    bids, asks = list(_distances(book.bids, mid)), list(_distances(book.asks, mid))
    reach_bps = min(max(far for far, _ in side) for side in (bids, asks))
    return DepthRow(
        instrument=book.instrument,
        ts_ms=book.ts_ms,
        mid=mid / coins_in_one,
        bid_usd=_steps(bids),
        ask_usd=_steps(asks),
        reach_bps=min(reach_bps, DEPTH_STEP_BPS * DEPTH_STEPS),
    )


def _distances(levels: Iterable[Level], mid: float) -> Iterable[tuple[float, float]]:
    """How far each level is from the middle in bps, and its USD."""
    for price, size in levels:
        yield abs(price / mid - 1) * 1e4, price * size


def _steps(levels: Iterable[tuple[float, float]]) -> tuple[float, ...]:
    usd = [0.0] * DEPTH_STEPS
    for far_bps, amount in levels:
        if (step := math.floor(far_bps / DEPTH_STEP_BPS)) < DEPTH_STEPS:
            usd[step] += amount
    return tuple(usd)
