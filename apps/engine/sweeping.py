"""What prices force closed: stretches of the grid between a price's extreme and the front.

Which bins a step sweeps is known from prices alone, so it is worked out for many steps at once.
Most stretches are a few bins wide; those of one step, at most one a venue and side, are swept
together if they are more than ``FEW``. The others are swept one by one.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from apps.engine.grid import GUARD
from apps.engine.records import FloatArray, IntArray
from apps.engine.standing import NOTHING, Standing

NARROW = 4  # bins
FEW = 3  # stretches of a step that are quicker one by one
_EMPTY = np.array(NOTHING)
_NARROW_ONES = np.ones((NARROW, 1))


class Stretch(NamedTuple):
    """Bins ``[first, stop)`` of the grid of one venue and side, not empty.

    Of the one nearest to the price, ``spared`` outlives what happens to the others.
    """

    venue: int
    side: int
    first: int
    stop: int
    spared: float


@dataclass(frozen=True, slots=True)
class Narrow:
    """N stretches of at most ``NARROW`` bins, in the order of their steps."""

    spans: list[tuple[int, int]]  # (S,) which of them each step sweeps
    pair: IntArray  # (N,) venue·2 + side
    place: IntArray  # (N, L) in memory
    kept: FloatArray  # (N, 1, NARROW) shares of the bins from there on


@dataclass(frozen=True, slots=True)
class Sweeps:
    """All stretches of S steps."""

    narrow: Narrow
    wide: dict[int, list[Stretch]]  # by step


@dataclass(frozen=True, slots=True)
class _Found:
    """N stretches, each (N,), in the order of their steps."""

    step: IntArray
    venue: IntArray
    side: IntArray
    first: IntArray
    stop: IntArray
    spared: FloatArray

    def __getitem__(self, chosen: np.ndarray) -> "_Found":
        return _Found(*(getattr(self, name)[chosen] for name in self.__slots__))


def sweeps_of(
    level: IntArray, front: IntArray, spared: FloatArray, bases: IntArray, mass: FloatArray
) -> Sweeps:
    """What is swept between levels and fronts (S, V, 2) on grids that start at ``bases`` (S, V)."""
    found = _found(level, front, spared, bases, mass.shape[-1])
    is_narrow = found.stop - found.first <= NARROW
    is_narrow &= np.bincount(found.step[is_narrow], minlength=len(level))[found.step] > FEW
    return Sweeps(_narrow(found[is_narrow], len(level), mass), _by_step(found[~is_narrow]))


def stretches_of(
    level: IntArray, front: IntArray, bases: IntArray, bins: int
) -> dict[int, list[Stretch]]:
    """Bins from levels (S, V, 2) to fronts, by step."""
    return _by_step(_found(level, front, np.zeros(level.shape), bases, bins))


def within(standing: Standing, stretch: Stretch) -> FloatArray:
    """View (L, …) of the mass in a stretch."""
    return standing.mass[stretch.venue, stretch.side, :, stretch.first : stretch.stop]


def sweep(standing: Standing, stretch: Stretch) -> float:
    """Force-close what stands in a stretch; returns how much base that was."""
    dying = within(standing, stretch)
    before = np.add.reduce(dying, axis=1)
    edge = dying[:, -1 if stretch.side else 0]
    left = edge * stretch.spared
    dying.fill(0.0)
    edge[:] = left
    died = (before - left) * standing.scale[stretch.venue, stretch.side]
    held = standing.held[stretch.venue, stretch.side]
    np.maximum(np.subtract(held, died, out=held), _EMPTY, out=held)
    return sum(died.tolist())


def sweep_narrow(
    runs: FloatArray,
    held: FloatArray,
    scale: FloatArray,
    narrow: Narrow,
    span: tuple[int, int],
    swept: FloatArray,
) -> None:
    """Force-close what stands in a span of narrow stretches; ``swept`` (2·V, 1) tells how much.

    ``runs`` is the grids' memory as runs of ``NARROW`` bins; ``held``, ``scale`` are (2·V, L).
    """
    first, stop = span
    place, pair = narrow.place[first:stop], narrow.pair[first:stop]
    dying = runs[place]
    left = dying * narrow.kept[first:stop]
    runs[place] = left
    died = np.subtract(dying, left, out=dying).dot(_NARROW_ONES)[..., 0]
    died *= scale[pair]
    held[pair] = np.maximum(held[pair] - died, _EMPTY)
    swept[pair, 0] = np.add.reduce(died, axis=1)


def _found(
    level: IntArray, front: IntArray, spared: FloatArray, bases: IntArray, bins: int
) -> _Found:
    step, venue, side = where = (level < front).nonzero()
    near, far = level[where], front[where]
    base = bases[step, venue]
    low, high = np.where(side, -far, near) - base, np.where(side, -near, far) - base
    first, stop = (np.clip(edge, GUARD, bins - GUARD) for edge in (low, high))
    is_nearest = np.where(side, stop == high, first == low)
    found = _Found(step, venue, side, first, stop, spared[where] * is_nearest)
    return found[first < stop]


def _narrow(found: _Found, steps: int, mass: FloatArray) -> Narrow:
    ends = np.searchsorted(found.step, np.arange(steps + 1)).tolist()
    pair = found.venue * 2 + found.side
    leverages, bins = mass.shape[-2:]
    row = pair[:, None] * leverages + np.arange(leverages)
    width = (found.stop - found.first)[:, None]
    bin_ = np.arange(NARROW)
    nearest = np.where(found.side[:, None], width - 1, 0)
    kept = np.where(bin_ == nearest, found.spared[:, None], bin_ >= width)
    return Narrow(
        spans=list(zip(ends[:-1], ends[1:], strict=True)),
        pair=pair,
        place=row * bins + found.first[:, None],
        kept=kept[:, None],
    )


def _by_step(found: _Found) -> dict[int, list[Stretch]]:
    stretches: dict[int, list[Stretch]] = {}
    columns = (getattr(found, name).tolist() for name in found.__slots__)
    for step, *stretch in zip(*columns, strict=True):
        stretches.setdefault(step, []).append(Stretch(*stretch))
    return stretches
