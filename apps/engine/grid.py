"""The price grid the mass lies on: where it is, and how it follows the price.

The outer ``GUARD`` bins at both ends hold what would die beyond the grid. It is never drawn and
never swept, but closes like the rest.
"""

import numpy as np

from apps.engine.records import FloatArray, IntArray

GUARD = 48


def grid_bases(
    price: FloatArray, close: FloatArray, base: IntArray, bins: int, slack: int
) -> IntArray:
    """First bin of each venue's grid during each bar, (T, V): a function of the path only.

    ``price`` (T, V) are last closes in bins, NaN before the first; ``close`` (V,) those before
    the bars. The grid is centred on the first close, and anew, from the next bar on, once a
    close lies more than ``slack`` bins from the centre.
    """
    bases = np.repeat(base[None], len(price), axis=0)
    before = np.concatenate([close[None], price[:-1]])
    if np.all(np.abs(before - (base + bins // 2)) <= slack):
        return bases
    for venue in range(price.shape[1]):
        known = np.flatnonzero(np.isfinite(price[:, venue]))
        if not known.size:
            continue
        if np.isnan(close[venue]):
            bases[:, venue] = _centred(price[known[0], venue], bins)
        _follow(bases[:, venue], before[:, venue], bins, slack)
    return bases


def move_row(row: FloatArray, distance: int) -> FloatArray:
    """A row (…, B) of mass seen from a grid that starts ``distance`` bins further up."""
    moved = np.zeros_like(row)
    bins = row.shape[-1]
    first, stop = GUARD, bins - GUARD
    low, high = max(first, first + distance), min(stop, stop + distance)
    low, high = min(low, stop), max(high, first)
    if low < high:
        moved[..., low - distance : high - distance] = row[..., low:high]
    below, above = (low, high) if low < high else (stop, stop) if distance > 0 else (first, first)
    moved[..., 0] = row[..., :below].sum(axis=-1)
    moved[..., -1] = row[..., above:].sum(axis=-1)
    return moved


def _centred(price: float, bins: int) -> int:
    return int(np.floor(price)) - bins // 2


def _follow(bases: IntArray, before: FloatArray, bins: int, slack: int) -> None:
    start = 0
    while True:
        far = np.abs(before[start:] - (bases[start] + bins // 2)) > slack
        step = int(far.argmax())
        if not far[step]:
            return
        start += step
        bases[start:] = _centred(before[start], bins)
