"""The record of a walk from which every past picture can be drawn again.

In lazily scaled units an opening is one constant number until it is swept, so a few numbers per
step and venue say everything: what was opened and lasted, where entries were, what was swept,
and by how much each leverage thinned out.
"""

from dataclasses import dataclass, replace

import numpy as np

from apps.engine.records import BoolArray, FloatArray, IntArray

JOINED_BARS = 512


@dataclass(frozen=True, slots=True)
class Tape:
    """T bars of V venues. Levels are mirrored bins (see ``path``)."""

    end_ms: IntArray  # (T,)
    candles: FloatArray  # (T, V, 4) open, high, low, close, USD; NaN in a gap
    price: FloatArray  # (T, V) last close in bins, NaN before the first
    reached: FloatArray  # (T, V, 2) base that stood before the bar and died in it
    cold: BoolArray  # (T, V)
    lean: FloatArray  # (T, V)
    entry: FloatArray  # (T, V, 2) bins
    sweep: IntArray  # (T, V, 2)
    spared: FloatArray  # (T, V, 2) share of the bin at that level
    bound: IntArray  # (T, V, 2)
    base: IntArray  # (T, V) first bin of the grid
    stood: FloatArray  # (T, V, 2) base opened that outlived its bar
    theta: FloatArray  # (T, V, 2)
    gain: FloatArray  # (T, V, 2)
    bins: int  # of the grid

    def __len__(self) -> int:
        return len(self.end_ms)


_PER_BAR = (
    "end_ms", "candles", "price", "reached", "cold", "lean", "entry", "sweep", "spared", "bound",
    "base", "stood", "theta", "gain",
)  # fmt: skip


def joined(tapes: tuple[Tape, ...]) -> Tape:
    """Tapes that follow each other as one."""
    if len(tapes) == 1:
        return tapes[0]
    parts = {name: np.concatenate([getattr(tape, name) for tape in tapes]) for name in _PER_BAR}
    return replace(tapes[0], **parts)


def appended(tapes: tuple[Tape, ...], tape: Tape) -> tuple[Tape, ...]:
    """The tapes and one more; neighbours of like length are joined, so appending stays cheap.

    Nothing longer than ``JOINED_BARS`` is copied again.
    """
    tapes = (*tapes, tape)
    while len(tapes) > 1 and len(tapes[-2]) <= len(tapes[-1]) <= JOINED_BARS // 2:
        tapes = (*tapes[:-2], joined(tapes[-2:]))
    return tapes


def until(tapes: tuple[Tape, ...], end_ms: int) -> Tape:
    """What was known at ``end_ms``, as one tape."""
    tape = joined(tapes)
    return between(tape, 0, int(np.searchsorted(tape.end_ms, end_ms, side="right")))


def between(tape: Tape, start: int, stop: int) -> Tape:
    """The bars ``start:stop`` of a tape."""
    return replace(tape, **{name: getattr(tape, name)[start:stop] for name in _PER_BAR})


def tail(tapes: tuple[Tape, ...], after_ms: int) -> Tape:
    """The last bars as one tape, among them all after an instant."""
    first = len(tapes) - 1
    while first > 0 and tapes[first].end_ms[0] > after_ms:
        first -= 1
    return joined(tapes[first:])


def since(tapes: tuple[Tape, ...], after_ms: int) -> Tape:
    """The bars after an instant as one tape."""
    tape = tail(tapes, after_ms)
    return between(tape, int(np.searchsorted(tape.end_ms, after_ms, side="right")), len(tape))
