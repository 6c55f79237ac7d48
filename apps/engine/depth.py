"""What rests in an order book, in equal steps away from the middle price.

::

     bid_usd[2]  bid_usd[1]  bid_usd[0] | ask_usd[0]  ask_usd[1]  ask_usd[2]
    ------------------------------------+------------------------------------> price
                             mid_usd − one step     mid_usd + one step

Several venues' books add up when they have the same steps; the middle price is then the reference.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import FloatArray, Side

BPS = 1e-4


@dataclass(frozen=True, eq=False)
class Depth:
    """Resting USD, ``bid_usd`` below and ``ask_usd`` above the middle, nearest first.

    Step ``i`` spans ``[i, i + 1) · step_bps`` from the middle. Both sides have shape ``(N,)``.
    Raises ``ValueError`` unless every number is finite, prices and steps are positive, and
    amounts are not negative.
    """

    mid_usd: float
    step_bps: float
    bid_usd: FloatArray
    ask_usd: FloatArray

    def __post_init__(self) -> None:
        for name in ("mid_usd", "step_bps"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise ValueError(f"{name} of a depth must be a positive number, not {value!r}")
        for name in ("bid_usd", "ask_usd"):
            usd = np.asarray(getattr(self, name), dtype=np.float64)
            if usd.ndim != 1 or not np.all(np.isfinite(usd)) or np.any(usd < 0):
                raise ValueError(f"{name} of a depth must be a row of amounts, none below zero")
            object.__setattr__(self, name, usd)
        if len(self.bid_usd) != len(self.ask_usd):
            raise ValueError("a depth has as many steps of bids as of asks")
        if len(self.bid_usd) * self.step_bps * BPS >= 1:
            raise ValueError("a depth cannot reach down to a price of zero")

    @property
    def reach(self) -> float:
        """How far from the middle the book is known, as a fraction of the price."""
        return len(self.bid_usd) * self.step_bps * BPS

    def against(self, side: Side) -> FloatArray:
        """What meets the forced orders of a side: bids take what longs must sell."""
        return self.bid_usd if Side(side) is Side.LONG else self.ask_usd

    def usd_within(self, side: Side, distance: float | FloatArray) -> FloatArray:
        """Resting USD against a side up to a distance (fraction of the price), like ``distance``.

        Inside a step the amount is taken as spread evenly; beyond the known book it stays the same.
        """
        running = np.concatenate(([0.0], np.cumsum(self.against(side))))
        steps = np.asarray(distance, dtype=np.float64) / (self.step_bps * BPS)
        return np.interp(steps, np.arange(len(running)), running)
