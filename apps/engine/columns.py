"""Reading what stands as one column: all leverages, all venues, on one reference price."""

from dataclasses import dataclass

import numpy as np

from apps.engine.grid import GUARD
from apps.engine.records import FloatArray, IntArray
from apps.engine.standing import Standing


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns kept during a walk: base coin by side in fine bins of the first venue's price."""

    end_ms: IntArray  # (C,)
    first: int  # absolute bin of the first bin
    base: np.ndarray  # (C, 2, bins) float32


@dataclass(frozen=True, slots=True)
class Places:
    """Where venues' windows begin so that their prices fall together."""

    begin: IntArray  # (…, V) absolute bin
    split: FloatArray  # (…, 2, V) shares of a bin that stay, and that fall one bin lower


def places_of(distance: FloatArray, first: int) -> Places:
    """Windows from bin ``first`` of the reference price, for venues ``distance`` bins above it."""
    whole = np.floor(distance)
    part = distance - whole
    split = np.stack([1.0 - part, part], axis=-2)
    return Places((first + whole).astype(np.int64), split)


def column_of(
    standing: Standing,
    scale: FloatArray,
    begin: IntArray,
    split: FloatArray,
    bins: int,
    rows: FloatArray | None = None,
) -> FloatArray:
    """Base coin by side in ``bins`` fine bins of the reference price, (2, bins).

    ``begin`` (V,) and ``split`` (2, V) are places; ``scale`` (V, 2, L) is the book's, zero
    where a row is not wanted. ``rows`` is scratch space as ``empty_rows`` makes it.
    """
    rows = empty_rows(len(begin), bins) if rows is None else rows
    weights = scale[:, :, None]
    for venue, start in enumerate((begin - standing.base).tolist()):
        _read_rows(standing.mass[venue], weights[venue], start, rows[venue])
    near, far = split.dot(rows.reshape(len(rows), -1)).reshape(2, 2, bins + 1)
    return near[:, :-1] + far[:, 1:]


def own_column(standing: Standing, first: int, rows: FloatArray) -> FloatArray:
    """The column of a market of one venue in its own bins from ``first``, (2, bins).

    ``rows`` (2, 1, bins) is scratch space that the column is a view of.
    """
    begin = first - int(standing.base[0])
    _read_rows(standing.mass[0], standing.scale[0, :, None], begin, rows)
    return rows[:, 0]


def empty_rows(venues: int, bins: int) -> FloatArray:
    """Scratch space for columns, (V, 2, 1, bins + 1)."""
    return np.empty((venues, 2, 1, bins + 1))


def layers_by_venue(
    standing: Standing, weights: FloatArray, distance: FloatArray, first: int, bins: int
) -> FloatArray:
    """Base coin of each venue and each of K ``weights`` (V, 2, K, L): ``(V, 2, K, bins)``.

    ``distance`` (V,) is how many bins a venue's price lies above the reference; a fraction of a
    bin is split linearly.
    """
    places = places_of(distance, first)
    layers = np.empty((len(distance), 2, weights.shape[2], bins))
    rows = np.empty((*layers.shape[1:3], bins + 1))
    for venue, start in enumerate((places.begin - standing.base).tolist()):
        _read_rows(standing.mass[venue], weights[venue], start, rows)
        near, far = places.split[:, venue]
        layers[venue] = near * rows[..., :-1] + far * rows[..., 1:]
    return layers


def _read_rows(mass: FloatArray, weights: FloatArray, begin: int, rows: FloatArray) -> None:
    """One venue's base coin by side and weight, into ``rows`` (2, K, bins) from a bin of its grid.

    ``mass`` is (2, L, B), ``weights`` (2, K, L). Beyond the grid there is nothing.
    """
    bins, last = rows.shape[-1], mass.shape[-1] - GUARD
    if begin >= GUARD and begin + bins <= last:
        np.matmul(weights, mass[:, :, begin : begin + bins], out=rows)
        return
    first, stop = min(max(begin, GUARD), last), min(max(begin + bins, GUARD), last)
    rows.fill(0.0)
    if stop > first:
        rows[..., first - begin : stop - begin] = weights @ mass[:, :, first:stop]
