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


def column_of(
    standing: Standing, scale: FloatArray, distance: FloatArray, first: int, bins: int
) -> FloatArray:
    """Base coin by side and bin ``first … first + bins`` of the reference price, (2, bins).

    ``distance`` (V,) is how many bins each venue's price lies above the reference; a fraction is
    split linearly. ``scale`` (V, 2, L) is the book's, zero where a row is not wanted.
    """
    begins, part = whole_and_part(distance, first - standing.base)
    if len(begins) == 1 and not part[0]:
        return _rows(standing.mass[0], scale[0, :, None], begins[0], bins)[:, 0]
    part = part[:, None, None]
    split = np.stack([scale * (1.0 - part), scale * part], axis=2)
    column = np.zeros((2, bins))
    for mass, weights, begin in zip(standing.mass, split, begins, strict=True):
        near_and_far = _rows(mass, weights, begin, bins + 1)
        column += near_and_far[:, 0, :-1]
        column += near_and_far[:, 1, 1:]
    return column


def whole_and_part(distance: FloatArray, first: IntArray) -> tuple[list[int], FloatArray]:
    """Bins at which windows begin, ``distance`` beyond ``first``, and fractions of a bin more."""
    whole = np.floor(distance)
    return (first + whole).astype(np.int64).tolist(), distance - whole


def layers_by_venue(
    standing: Standing, weights: FloatArray, distance: FloatArray, first: int, bins: int
) -> FloatArray:
    """The same for each venue and each of K ``weights`` (V, 2, K, L): ``(V, 2, K, bins)``."""
    begins, part = whole_and_part(distance, first - standing.base)
    layers = np.empty((len(begins), 2, weights.shape[2], bins))
    for venue, begin in enumerate(begins):
        rows = _rows(standing.mass[venue], weights[venue], begin, bins + 1)
        layers[venue] = (1.0 - part[venue]) * rows[..., :-1] + part[venue] * rows[..., 1:]
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
