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
from apps.engine.records import FloatArray, IntArray
from apps.engine.standing import Standing
from apps.engine.survival import Limits, at, fates, limits_of, limits_of_openings, no_fate
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
            happened = fates(between(tape, was_seen, read), no_fate(len(choice.first)))
            _clear(mass, limits_of(at(happened, 0)), choice)
        for pieces in standing_pieces(tape, terms, choice, was_old, old, read):
            kept = np.exp(then.reshape(-1)[pieces.row] - _at(scales, pieces))
            place = pieces.bin + pieces.row[:, None] * choice.bins
            amount = pieces.mass * kept[:, None]
            np.add.at(mass.reshape(-1), place.reshape(-1), amount.reshape(-1))
        was_seen, was_old = read, old
        columns[column] = mass.sum(axis=2)
    return columns


def standing_pieces(
    tape: Tape, terms: Terms, choice: Choice, start: int, stop: int, read: int
) -> Iterator[Pieces]:
    """What of the openings of steps ``start:stop`` stands before step ``read``, in batches.

    Thinning out is not applied yet.
    """
    later = at(fates(between(tape, stop, read), no_fate(len(choice.first))), 0)
    while stop > start:
        first = max(start, stop - _BATCH_STEPS)
        part = between(tape, first, stop)
        coming = fates(part, later)
        limits = limits_of_openings(part, at(coming, slice(1, None)))
        yield _pieces(part, first, terms, choice, limits)
        later, stop = at(coming, 0), first


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
    gross = openings.gross[step, venue, side, leverage]
    amount = tape.stood[step, venue, side] * gross
    row = np.ravel_multi_index((venue, side, leverage), choice.drawn.shape)
    footprints = (terms.taps @ openings.windows).reshape(len(tape.stood), -1, cells)
    mass = footprints[step, row] * amount[:, None]
    bins = (begin[stands] - choice.first[venue])[:, None] + np.arange(cells)
    low, high, edge = (
        (level - choice.first[:, None])[step, venue, side] for level in (low, high, limits.edge)
    )
    edge -= bins[:, 0]
    touched = np.flatnonzero((edge >= 0) & (edge < cells))
    spared = limits.spared[step[touched], venue[touched], side[touched]]
    mass[touched, edge[touched]] *= spared
    cut = np.flatnonzero((bins[:, 0] < low) | (bins[:, -1] >= high))
    some = bins[cut]
    mass[cut] *= (some >= low[cut, None]) & (some < high[cut, None])
    bins[cut] = np.clip(some, 0, choice.bins - 1)
    return Pieces(step + first_step, row, bins, mass)


def _clear(mass: FloatArray, limits: Limits, choice: Choice) -> None:
    low = np.clip(limits.low - choice.first[:, None], 0, choice.bins)
    high = np.clip(limits.high - choice.first[:, None], 0, choice.bins)
    edge = limits.edge - choice.first[:, None]
    for venue, side in np.ndindex(low.shape):
        mass[venue, side, :, : low[venue, side]] = 0.0
        mass[venue, side, :, high[venue, side] :] = 0.0
        if 0 <= edge[venue, side] < choice.bins:
            mass[venue, side, :, edge[venue, side]] *= limits.spared[venue, side]
