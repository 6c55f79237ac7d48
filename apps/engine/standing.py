"""Positions that stand: one log-price grid per venue, ``mass[venue, side, leverage, bin]``.

Mass is stored lazily scaled: what stands is ``scale[venue, side, leverage] · mass``. So closing
costs the same however many bins there are, and what was opened stays one constant number until
it is swept. Only the walk that made these arrays changes them, in place, with the functions here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from apps.engine.grid import GUARD, move_row
from apps.engine.path import UNREACHED
from apps.engine.records import FloatArray, IntArray

NOTHING = 1e-200  # is held in an empty row, so that shares of it are numbers
_FAINT = 1e-60  # a scale below this is folded into the mass


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in V venues at L leverages."""

    mass: FloatArray  # (V, 2, L, B) base coin, divided by scale
    scale: FloatArray  # (V, 2, L)
    held: FloatArray  # (V, 2, L) base standing, what is beyond the grid included
    base: IntArray  # (V,) absolute bin of the first bin
    front: IntArray  # (V, 2) first mirrored bin beyond everything that can be swept

    def copy(self) -> "Standing":
        """The same positions in arrays of their own."""
        return Standing(
            self.mass.copy(), self.scale.copy(), self.held.copy(), self.base.copy(),
            self.front.copy(),
        )  # fmt: skip


class Stretched(dict[int, FloatArray]):
    """By a number of cells: memory seen as every run of that many, (places, cells), writeable.

    Adding to rows of such a view is much quicker than adding to single cells.
    """

    def __init__(self, flat: FloatArray) -> None:
        super().__init__()
        self.flat = flat

    def __missing__(self, cells: int) -> FloatArray:
        self[cells] = sliding_window_view(self.flat, cells, writeable=True)
        return self[cells]


def nothing_standing(venues: int, leverages: int, bins: int) -> Standing:
    """An empty market of V venues."""
    return Standing(
        mass=np.zeros((venues, 2, leverages, bins)),
        scale=np.ones((venues, 2, leverages)),
        held=np.full((venues, 2, leverages), NOTHING),
        base=np.zeros(venues, dtype=np.int64),
        front=np.full((venues, 2), -UNREACHED),
    )


def move_grid(standing: Standing, base: IntArray) -> None:
    """Let each venue's grid start at ``base`` (V,)."""
    for venue in np.flatnonzero(base != standing.base):
        distance = int(base[venue] - standing.base[venue])
        standing.mass[venue] = move_row(standing.mass[venue], distance)
        standing.base[venue] = base[venue]


def lay_down_wide(mass: FloatArray, added: FloatArray, start: IntArray) -> None:
    """Add ``added`` (V, 2·L, cells) to rows of mass from grid bins ``start`` (V, 2·L, 1) on.

    What begins beyond the grid ends up in the guard, piece by piece no wider than the guard.
    """
    bins = mass.shape[-1]
    flat = mass.reshape(-1)
    row = row_starts(mass)
    for begin in range(0, added.shape[-1], GUARD):
        part = added[..., begin : begin + GUARD]
        width = part.shape[-1]
        first = np.minimum(np.maximum(start + begin, 0), bins - width)
        flat[first + row + np.arange(width)] += part


def row_starts(mass: FloatArray) -> IntArray:
    """Where the rows of mass begin in memory, (V, 2·L, 1)."""
    venues, sides, leverages, bins = mass.shape
    return np.arange(0, mass.size, bins).reshape(venues, sides * leverages, 1)


def fold(standing: Standing) -> None:
    """Fold faint scales into the mass, so that dividing by them stays harmless."""
    faint = standing.scale < _FAINT
    if np.any(faint):
        standing.mass[faint] *= standing.scale[faint][:, None]
        standing.scale[faint] = 1.0
