"""The past drawn again from a tape: any columns, of any venues, leverages, sides and ages.

In lazily scaled units an opening is one constant number until it is swept. So between two
columns only two things happen to the mass: what was swept is cleared, and what was opened since
and still stands is added, all at once. A picture of positions of a certain age and older is the
same replay with every opening delayed by that age.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apps.engine.grid import GUARD
from apps.engine.opening import openings_of
from apps.engine.path import UNREACHED
from apps.engine.records import FloatArray, IntArray
from apps.engine.standing import Standing
from apps.engine.tape import Tape, between
from apps.engine.terms import Terms

_BATCH_STEPS = 256


@dataclass(frozen=True, slots=True)
class Choice:
    """What to draw: a window of bins per venue, and which of its rows."""

    first: IntArray  # (V,) absolute bin of the window's first bin
    bins: int
    drawn: np.ndarray  # (V, 2, L) bool


@dataclass(frozen=True, slots=True)
class Pieces:
    """What of some openings still stands: N rows of cells in neighbouring bins."""

    step: IntArray  # (N,) which step opened it
    row: IntArray  # (N,) venue·2·L + side·L + leverage
    bin: IntArray  # (N, cells) in the window
    mass: FloatArray  # (N, cells) base coin, as opened


@dataclass(frozen=True, slots=True)
class Limits:
    """Absolute bins ``[low, high)`` in which openings still stand."""

    low: IntArray  # (…, V, 2)
    high: IntArray  # (…, V, 2)


def log_scales(tape: Tape, terms: Terms) -> FloatArray:
    """Natural log of the share that voluntary closing left since the start, (S, V, 2, L)."""
    thinned = np.log(tape.gain)[..., None] - tape.theta[..., None] * terms.rates
    return np.cumsum(thinned, axis=0)


def replay(
    tape: Tape,
    terms: Terms,
    choice: Choice,
    read_ms: IntArray,
    min_age_ms: int = 0,
    standing: Standing | None = None,
) -> FloatArray:
    """Base coin of an age and older at C instants, in the windows' bins: ``(C, V, 2, bins)``.

    ``standing`` is what stood before the tape's first step, nothing by default; it counts as old.
    """
    scales = log_scales(tape, terms)
    opened_ms = tape.end_ms
    seen = np.searchsorted(opened_ms, read_ms, side="right")
    old_enough = np.searchsorted(opened_ms, read_ms - min_age_ms, side="right")
    mass = np.zeros((*choice.drawn.shape, choice.bins))
    if standing is not None:
        _fill(mass, standing, choice)
    columns = np.zeros((len(read_ms), *choice.drawn.shape[:2], choice.bins))
    then = np.zeros(choice.drawn.shape)
    was_seen = was_old = 0
    for column, (read, old) in enumerate(zip(seen, old_enough, strict=True)):
        if read > was_seen:
            now = scales[read - 1]
            mass *= np.exp(now - then)[..., None]
            then = now
            _clear(mass, _limits(tape, was_seen, read), choice)
        for pieces in standing_pieces(tape, terms, choice, was_old, old, read):
            kept = np.exp(then.reshape(-1)[pieces.row] - _at(scales, pieces))
            at = pieces.bin + pieces.row[:, None] * choice.bins
            np.add.at(mass.reshape(-1), at.reshape(-1), (pieces.mass * kept[:, None]).reshape(-1))
        was_seen, was_old = read, old
        columns[column] = mass.sum(axis=2)
    return columns


def standing_pieces(
    tape: Tape, terms: Terms, choice: Choice, start: int, stop: int, read: int
) -> Iterator[Pieces]:
    """What of the openings of steps ``start:stop`` stands before step ``read``, in batches.

    Thinning out is not applied yet.
    """
    later = _limits(tape, stop, read)
    while stop > start:
        first = max(start, stop - _BATCH_STEPS)
        limits, later = _limits_of_each(tape, first, stop, later)
        yield _pieces(between(tape, first, stop), first, terms, choice, limits)
        stop = first


def _fill(mass: FloatArray, standing: Standing, choice: Choice) -> None:
    bins = standing.mass.shape[-1]
    scale = standing.scale * choice.drawn
    for venue, begin in enumerate((choice.first - standing.base).tolist()):
        first = min(max(begin, GUARD), bins - GUARD)
        stop = min(max(begin + choice.bins, GUARD), bins - GUARD)
        seen = standing.mass[venue, ..., first:stop]
        mass[venue, ..., first - begin : first - begin + stop - first] = (
            seen * scale[venue, ..., None]
        )


def _at(scales: FloatArray, pieces: Pieces) -> FloatArray:
    return scales.reshape(len(scales), -1)[pieces.step, pieces.row]


def _pieces(tape: Tape, first_step: int, terms: Terms, choice: Choice, limits: Limits) -> Pieces:
    openings = openings_of(tape, terms)
    cells = openings.windows.shape[-1]
    begin = openings.first[..., None, None] + terms.shift
    low = np.maximum(limits.low, choice.first[:, None])
    high = np.minimum(limits.high, choice.first[:, None] + choice.bins)
    stands = (begin < high[..., None]) & (begin > low[..., None] - cells) & choice.drawn
    stands &= (tape.stood > 0)[..., None]
    step, venue, side, leverage = np.nonzero(stands)
    gross = openings.gross[openings.bounded[step], venue, side, leverage]
    amount = tape.stood[step, venue, side] * gross
    row = np.ravel_multi_index((venue, side, leverage), choice.drawn.shape)
    footprints = (terms.taps @ openings.windows).reshape(len(tape.stood), -1, cells)
    mass = footprints[step, row] * amount[:, None]
    bins = (begin[stands] - choice.first[venue])[:, None] + np.arange(cells)
    low, high = ((level - choice.first[:, None])[step, venue, side] for level in (low, high))
    cut = np.flatnonzero((bins[:, 0] < low) | (bins[:, -1] >= high))
    some = bins[cut]
    mass[cut] *= (some >= low[cut, None]) & (some < high[cut, None])
    bins[cut] = np.clip(some, 0, choice.bins - 1)
    return Pieces(step + first_step, row, bins, mass)


def _limits(tape: Tape, start: int, stop: int) -> Limits:
    """Where mass that stood before step ``start`` still stands before step ``stop``."""
    if start >= stop:
        venues = tape.base.shape[1]
        return Limits(np.full((venues, 2), -UNREACHED), np.full((venues, 2), UNREACHED))
    part = between(tape, start, stop)
    swept = _by_side(part.sweep).low.max(axis=0), _by_side(part.sweep).high.min(axis=0)
    grid = _grid(part)
    return Limits(
        np.maximum(swept[0], grid.low.max(axis=0)), np.minimum(swept[1], grid.high.min(axis=0))
    )


def _limits_of_each(tape: Tape, first: int, stop: int, later: Limits) -> tuple[Limits, Limits]:
    """Limits of what each of these steps opened, and of what stood before the first.

    ``later`` are the limits that the steps from ``stop`` on set.
    """
    part = between(tape, first, stop)
    swept, bound, grid = _by_side(part.sweep), _by_side(part.bound), _grid(part)
    low = np.maximum(swept.low, grid.low)
    high = np.minimum(swept.high, grid.high)
    low = np.concatenate([low, later.low[None]])[::-1]
    high = np.concatenate([high, later.high[None]])[::-1]
    low = np.maximum.accumulate(low)[::-1]
    high = np.minimum.accumulate(high)[::-1]
    own = Limits(
        np.maximum(np.maximum(low[1:], bound.low), grid.low),
        np.minimum(np.minimum(high[1:], bound.high), grid.high),
    )
    return own, Limits(low[0], high[0])


def _by_side(level: IntArray) -> Limits:
    """Bins below a mirrored level: longs ``[…, level)``, shorts ``[−level, …)``."""
    low, high = np.full_like(level, -UNREACHED), np.full_like(level, UNREACHED)
    high[..., 0] = level[..., 0]
    low[..., 1] = -level[..., 1]
    return Limits(low, high)


def _grid(tape: Tape) -> Limits:
    low = tape.base[..., None] + GUARD
    return Limits(low, tape.base[..., None] + tape.bins - GUARD)


def _clear(mass: FloatArray, limits: Limits, choice: Choice) -> None:
    low = np.clip(limits.low - choice.first[:, None], 0, choice.bins)
    high = np.clip(limits.high - choice.first[:, None], 0, choice.bins)
    for venue, side in np.ndindex(low.shape):
        mass[venue, side, :, : low[venue, side]] = 0.0
        mass[venue, side, :, high[venue, side] :] = 0.0
