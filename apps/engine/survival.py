"""Where what was opened still stands: which bins later steps have spared.

Of many sweeps the nearest level rules: what lies beyond it died, what lies before it was never
touched, and of its own bin is left what every sweep that ended just there has spared.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.grid import GUARD
from apps.engine.path import UNREACHED
from apps.engine.records import FloatArray, IntArray
from apps.engine.tape import Tape

_LEAST_LEFT = 1e-300  # of a bin touched again and again, so that its log is a number


@dataclass(frozen=True, slots=True)
class Fate:
    """What some steps do to whatever stood before them."""

    level: IntArray  # (…, V, 2) nearest mirrored level swept, ``UNREACHED`` if none
    spared: FloatArray  # (…, V, 2) share of that level's bin
    low: IntArray  # (…, V) bins on every grid: ``[low, high)``
    high: IntArray  # (…, V)


@dataclass(frozen=True, slots=True)
class Limits:
    """Absolute bins ``[low, high)`` in which mass still stands, each (…, V, 2).

    Of the bin ``edge``, if it is one of them, ``spared`` stands.
    """

    low: IntArray
    high: IntArray
    edge: IntArray
    spared: FloatArray


def no_fate(venues: int) -> Fate:
    """Nothing happens."""
    level = np.full((venues, 2), UNREACHED)
    return Fate(level, np.ones((venues, 2)), -level[:, 0], level[:, 0])


def fates(tape: Tape, later: Fate) -> Fate:
    """What the steps from each of T on do, and then ``later``: (T + 1, V, …)."""
    level = _backwards(tape.sweep, later.level)
    low, high = tape.base + GUARD, tape.base + tape.bins - GUARD
    nearest = np.minimum.accumulate(level)
    nearer = np.diff(nearest, axis=0, prepend=nearest[:1] + 1) < 0
    lost = np.where(level == nearest, np.log(_backwards(tape.spared, later.spared)), 0.0)
    total = np.cumsum(lost, axis=0)
    step = np.arange(len(level))[:, None, None]
    start = np.maximum.accumulate(np.where(nearer, step, 0))
    before = np.take_along_axis(total - lost, start, axis=0)
    return Fate(
        level=nearest[::-1],
        spared=np.maximum(np.exp(total - before), _LEAST_LEFT)[::-1],
        low=np.maximum.accumulate(_backwards(low, later.low))[::-1],
        high=np.minimum.accumulate(_backwards(high, later.high))[::-1],
    )


def at(fate: Fate, which: int | slice) -> Fate:
    """The fate, or those, from a step on."""
    return Fate(fate.level[which], fate.spared[which], fate.low[which], fate.high[which])


def limits_of(fate: Fate) -> Limits:
    """Where mass that met this fate stands."""
    return _limits(fate, fate.level + 1)


def limits_of_openings(tape: Tape, after: Fate) -> Limits:
    """Where what each step of a tape opened stands, given what the steps after it do."""
    low = np.maximum(after.low, tape.base + GUARD)
    high = np.minimum(after.high, tape.base + tape.bins - GUARD)
    return _limits(
        Fate(after.level, after.spared, low, high), np.minimum(after.level + 1, tape.bound)
    )


def _limits(fate: Fate, stop: IntArray) -> Limits:
    """Bins below mirrored level ``stop`` (…, V, 2): longs ``[…, stop)``, shorts ``[−stop, …)``."""
    low, high = (np.repeat(edge[..., None], 2, axis=-1) for edge in (fate.low, fate.high))
    np.minimum(high[..., 0], stop[..., 0], out=high[..., 0])
    np.maximum(low[..., 1], -stop[..., 1], out=low[..., 1])
    edge = np.stack([fate.level[..., 0], -1 - fate.level[..., 1]], axis=-1)
    return Limits(low, high, edge, fate.spared)


def _backwards(values: np.ndarray, last: np.ndarray) -> np.ndarray:
    return np.concatenate([values, last[None]])[::-1]
