"""From the walk's 5-basis-point bins to the bins of a picture."""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import GRID_STEP, FloatArray, PriceGrid

MARGIN_LOG = 0.10  # around the candles, where no span is asked for
MOST_BINS = 560  # of an automatic grid
MOST_LINEAR_BINS = 4000
_MULTIPLES = (1, 2, 4, 5, 10, 20, 40)
_SNAP_BINS = 40  # automatic edges lie on multiples of this, so that grids rarely change


@dataclass(frozen=True, slots=True)
class Window:
    """Fine bins ``first … first + bins`` of the reference price that cover a picture's grid."""

    first: int
    bins: int

    def prices(self) -> FloatArray:
        """Centres of the fine bins, USD, (bins,)."""
        return PriceGrid(self.first, self.bins).centres()


def picture_grid(
    candles: FloatArray,
    price: float,
    bin_width: tuple[str, float] | None,
    span: tuple[float, float] | None,
) -> PriceGrid:
    """The grid of a picture; it covers the candles and ``price``.

    Automatic bins are the narrowest multiple of 5 bps of which ``MOST_BINS`` suffice; linear ones
    are multiples of their width from 0. Raises ``ValueError`` for impossible widths and spans.
    """
    low, high = _span(candles, price) if span is None else _checked(span)
    if bin_width is not None:
        return _linear(low, high, bin_width)
    snap = _SNAP_BINS if span is None else 1
    first = int(np.floor(np.log(low) / GRID_STEP / snap + 1e-9)) * snap
    stop = int(np.ceil(np.log(high) / GRID_STEP / snap - 1e-9)) * snap
    bins = max(stop - first, 1)
    multiple = next((m for m in _MULTIPLES if bins <= m * MOST_BINS), -(-bins // MOST_BINS))
    base = first // multiple
    count = -(-stop // multiple) - base
    return PriceGrid(base, count, multiple * GRID_STEP)


def covering(grid: PriceGrid) -> Window:
    """The fine bins that cover a grid."""
    if grid.is_log:
        multiple = round(grid.step / GRID_STEP)
        return Window(grid.base * multiple, grid.count * multiple)
    lowest = max(grid.base, 1e-3) * grid.step
    first = int(np.floor(np.log(lowest) / GRID_STEP))
    stop = int(np.ceil(np.log((grid.base + grid.count) * grid.step) / GRID_STEP))
    return Window(first, stop - first)


def rebinned(fine: FloatArray, window: Window, grid: PriceGrid) -> FloatArray:
    """Fine columns (…, window.bins) summed into the grid's bins (…, grid.count).

    Where a fine bin lies across an edge, it is split evenly in log price.
    """
    if grid.is_log:
        return fine.reshape(*fine.shape[:-1], grid.count, -1).sum(axis=-1)
    edges = np.maximum(grid.base + np.arange(grid.count + 1), 1e-3) * grid.step
    at = np.clip(np.log(edges) / GRID_STEP - window.first, 0.0, window.bins)
    return binned(fine, at)


def binned(amounts: FloatArray, edges: FloatArray) -> FloatArray:
    """Amounts (…, n) summed between rising places ``edges`` (m + 1,) in 0 … n: (…, m).

    One that lies across an edge is split evenly.
    """
    bins = amounts.shape[-1]
    whole = np.minimum(edges.astype(np.int64), bins - 1)
    total = np.zeros((*amounts.shape[:-1], bins + 1))
    np.cumsum(amounts, axis=-1, out=total[..., 1:])
    up_to = total[..., whole] + (edges - whole) * amounts[..., whole]
    return np.maximum(np.diff(up_to, axis=-1), 0.0)


def moved(columns: FloatArray, distance: float, bins: int) -> FloatArray:
    """Columns (…, n) seen from ``distance`` bins further up, ``bins`` of them, 0 where none are.

    Fractions of a bin are split linearly, so nothing is lost inside.
    """
    whole = int(np.floor(distance))
    part = distance - whole
    out = np.zeros((*columns.shape[:-1], bins))
    _add_moved(out, columns, whole, 1.0 - part)
    _add_moved(out, columns, whole + 1, part)
    return out


def _add_moved(out: FloatArray, columns: FloatArray, whole: int, weight: float) -> None:
    first = max(0, -whole)
    stop = min(out.shape[-1], columns.shape[-1] - whole)
    if weight and stop > first:
        out[..., first:stop] += weight * columns[..., first + whole : stop + whole]


def _span(candles: FloatArray, price: float) -> tuple[float, float]:
    low = np.nanmin(np.append(candles[:, 2], price))
    high = np.nanmax(np.append(candles[:, 1], price))
    return float(low * np.exp(-MARGIN_LOG)), float(high * np.exp(MARGIN_LOG))


def _checked(span: tuple[float, float]) -> tuple[float, float]:
    low, high = span
    if not 0 < low < high < np.inf:
        raise ValueError(f"a span of prices must rise from above zero, not {low:g} to {high:g}")
    if np.log(high / low) / GRID_STEP > 100_000:
        raise ValueError(f"a span of prices from {low:g} to {high:g} is too wide to draw")
    return low, high


def _linear(low: float, high: float, bin_width: tuple[str, float]) -> PriceGrid:
    unit, width = bin_width
    if unit != "usd" or not 0 < width < np.inf:
        raise ValueError(f"bins are a positive number of usd wide, not {width!r} {unit}")
    base = int(np.floor(low / width))
    count = max(int(np.ceil(high / width)) - base, 1)
    if count > MOST_LINEAR_BINS:
        raise ValueError(f"bins of {width:g} USD would be more than {MOST_LINEAR_BINS}")
    return PriceGrid(base, count, float(width), is_log=False)
