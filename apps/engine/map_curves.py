r"""The liquidation map in one dimension: running totals away from the price, and what follows.

::

    usd | \__                    __/        long: all that dies on the way DOWN to a price
        |     \__            ___/           short: all that dies on the way UP to it
        |         \____ ____/
        +---------------|----------------> price
                      now
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from apps.engine.records import FloatArray, Picture, Side

PAIN_WIDTH = 0.002  # of the price: how wide a level is


@dataclass(frozen=True, eq=False)
class Curves:
    """Running totals at the edges of a picture's bins, shape ``(B + 1,)`` each.

    ``long_usd`` falls to 0 at ``now`` and stays there, ``short_usd`` rises from 0 at ``now``.
    """

    price: FloatArray  # USD, rising
    long_usd: FloatArray
    short_usd: FloatArray
    now: float  # USD

    def of_side(self, side: Side) -> FloatArray:
        """The running total of one side."""
        return self.long_usd if Side(side) is Side.LONG else self.short_usd

    def usd_at(self, side: Side, price: ArrayLike) -> FloatArray:
        """Dollars of a side force-closed by the time the price is there; shaped like ``price``."""
        return np.interp(price, self.price, self.of_side(side))

    def price_reaching(self, side: Side, usd: ArrayLike) -> FloatArray:
        """The price at which so many dollars have been force-closed; shaped like ``usd``.

        NaN never comes out: what the map does not hold is reached at 0 (longs) or infinity.
        """
        wanted = np.asarray(usd, dtype=np.float64)
        total = self.of_side(side)
        if Side(side) is Side.LONG:
            prices, total, never = self.price[::-1], total[::-1], 0.0
        else:
            prices, never = self.price, np.inf
        start = np.flatnonzero(total == 0.0)
        first = int(start[-1]) if len(start) else 0
        found = np.interp(wanted, total[first:], prices[first:])
        found = np.where(wanted <= 0, self.now, found)
        return np.where(wanted > total[-1], never, found)

    def move_reaching(self, side: Side, usd: ArrayLike) -> FloatArray:
        """The size of that move as a positive fraction of the price; infinite when never."""
        price = self.price_reaching(side, usd)
        move = np.abs(price / self.now - 1)
        return np.where(np.asarray(usd) > self.of_side(side).max(), np.inf, move)


@dataclass(frozen=True, slots=True)
class Pain:
    """The level of one side at which the most dollars die: ``usd`` within ``PAIN_WIDTH``."""

    side: Side
    price: float
    usd: float
    distance: float  # (price - now) / now


def curves_of(picture: Picture) -> Curves:
    """Running totals of the newest column, longs below the price and shorts above it.

    A bin that holds the price counts for its part beyond it.
    """
    edges, now = picture.grid.edges(), picture.price
    outside = picture.grid.position_of(np.array([now]))[0]
    index = np.arange(picture.grid.count + 1, dtype=np.float64)
    totals = []
    for column, beyond in (
        (picture.long_usd[-1], np.minimum(index, outside)),
        (picture.short_usd[-1], np.maximum(index, outside)),
    ):
        running = np.concatenate(([0.0], np.cumsum(column)))
        totals.append(
            np.abs(np.interp(beyond, index, running) - np.interp(outside, index, running))
        )
    return Curves(edges, totals[0], totals[1], now)


def max_pain(picture: Picture) -> tuple[Pain, ...]:
    """The densest level of each side that has any, the one with more dollars first."""
    curves = curves_of(picture)
    found = [_densest(curves, side) for side in Side]
    return tuple(sorted((p for p in found if p.usd > 0), key=lambda pain: -pain.usd))


def _densest(curves: Curves, side: Side) -> Pain:
    half = 1 + PAIN_WIDTH / 2
    centres = (curves.price[:-1] + curves.price[1:]) / 2
    usd = np.abs(curves.usd_at(side, centres * half) - curves.usd_at(side, centres / half))
    best = int(np.argmax(usd))
    price = float(centres[best])
    return Pain(side, price, float(usd[best]), price / curves.now - 1)
