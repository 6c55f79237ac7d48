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
    split: FloatArray  # (…, V, 1, 2, 1) shares of a bin that stay, and that fall one bin lower


def places_of(distance: FloatArray, first: int) -> Places:
    """Windows from bin ``first`` of the reference price, for venues ``distance`` bins above it."""
    whole = np.floor(distance)
    part = (distance - whole)[..., None, None, None]
    split = np.concatenate([1.0 - part, part], axis=-2)
    return Places((first + whole).astype(np.int64), split)


def column_of(
    standing: Standing, scale: FloatArray, begin: IntArray, split: FloatArray, bins: int
) -> FloatArray:
    """Base coin by side in ``bins`` fine bins of the reference price, (2, bins).

    ``begin`` (V,) and ``split`` (V, 1, 2, 1) are places; ``scale`` (V, 2, L) is the book's, zero
    where a row is not wanted.
    """
    weights = scale[:, :, None] * split
    if len(begin) == 1 and not split[0, 0, 1, 0]:
        return _rows(standing.mass[0], weights[0], int(begin[0] - standing.base[0]), bins)[:, 0]
    column = np.zeros((2, bins))
    for mass, wanted, start in zip(
        standing.mass, weights, (begin - standing.base).tolist(), strict=True
    ):
        near_and_far = _rows(mass, wanted, start, bins + 1)
        column += near_and_far[:, 0, :-1]
        column += near_and_far[:, 1, 1:]
    return column


def layers_by_venue(
    standing: Standing, weights: FloatArray, distance: FloatArray, first: int, bins: int
) -> FloatArray:
    """Base coin of each venue and each of K ``weights`` (V, 2, K, L): ``(V, 2, K, bins)``.

    ``distance`` (V,) is how many bins a venue's price lies above the reference; a fraction of a
    bin is split linearly.
    """
    places = places_of(distance, first)
    layers = np.empty((len(distance), 2, weights.shape[2], bins))
    for venue, start in enumerate((places.begin - standing.base).tolist()):
        rows = _rows(standing.mass[venue], weights[venue], start, bins + 1)
        near, far = places.split[venue, 0, :, 0]
        layers[venue] = near * rows[..., :-1] + far * rows[..., 1:]
    return layers


def _rows(mass: FloatArray, weights: FloatArray, begin: int, bins: int) -> FloatArray:
    """One venue's base coin by side and weight, (2, K, bins) from a bin of its grid on.

    ``mass`` is (2, L, B), ``weights`` (2, K, L). Beyond the grid there is nothing.
    """
    last = mass.shape[-1] - GUARD
    if begin >= GUARD and begin + bins <= last:
        return weights @ mass[:, :, begin : begin + bins]
    first, stop = min(max(begin, GUARD), last), min(max(begin + bins, GUARD), last)
    rows = np.zeros((*weights.shape[:2], bins))
    if stop > first:
        rows[..., first - begin : stop - begin] = weights @ mass[:, :, first:stop]
    return rows
