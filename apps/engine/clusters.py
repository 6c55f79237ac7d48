r"""Clusters: the bright zones of the newest column, which tags, ladders and alerts speak of.

::

    dollars       peak
      |            /\             one side's column, lightly smoothed;
      |   edge  __/  \__  edge    edges at 80 % of the peak, or at the
      |    __  /        \         valley shared with the next cluster
      |   /  \/          \___
      +----------------------- price

A peak counts when it holds at least 66 % of the densest level its side has within 6 % of the price
and stands at least 7 % above the higher of its two valleys: the lowest points on the way to higher
ground, or to nothing at the price. Toward the end of the grid, where the column is only cut off,
there is no valley. A side with heat within 10 % of the price and no such peak there offers its
densest spot. Smoothing only finds the zones; edges, peak and dollars are those of the column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from apps.engine.records import Cluster, FloatArray, IntArray, Picture, PriceGrid, Side

SMOOTHING = 0.0032  # of price: what the smoothing kernel spans, seven bins of 5 bps
REFERENCE_REACH = 0.06  # of price
LEAST_LEVEL = 0.66  # of the densest level within reach
LEAST_PROMINENCE = 1.07  # peak over the higher valley
EDGE_LEVEL = 0.80  # of the peak
NEAREST_REACH = 0.10  # of price
FAINTEST = 1e-4  # of the brightest bin of both sides; less is not visible

Zone = tuple[int, int]  # first and last bin


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What a cluster is made of: shares of its dollars, each tuple summing to one."""

    venues: tuple[float, ...]
    brackets: tuple[float, ...]
    ages: tuple[float, ...]


def find(picture: Picture, *, limit: int = 20) -> tuple[Cluster, ...]:
    """Clusters of the newest column, nearest to the price first; () for a column without heat.

    Of more than ``limit`` the largest are kept, and the nearest of either side. Costs about
    0.5 ms for 900 bins.
    """
    column = np.stack((picture.long_usd[-1], picture.short_usd[-1]))
    if column.max() <= 0:
        return ()
    found = [cluster for side in Side for cluster in _of_side(picture, column, side)]
    found.sort(key=lambda cluster: abs(cluster.distance))
    nearest = [next((c for c in found if c.side == side), None) for side in Side]
    ranked = sorted(found, key=lambda c: (c not in nearest, -c.usd))[:limit]
    return tuple(cluster for cluster in found if cluster in ranked)


def describe(
    cluster: Cluster,
    grid: PriceGrid,
    *,
    by_venue: FloatArray,
    by_bracket: FloatArray,
    by_age: FloatArray,
) -> ClusterFacts:
    """Who the cluster is. Each argument holds newest columns in USD, shape ``(K, 2, B)``."""
    first, last = (round(float(grid.position_of(p))) for p in (cluster.low, cluster.high))

    def shares(columns: FloatArray) -> tuple[float, ...]:
        usd = columns[:, cluster.side, first:last].sum(axis=1)
        return tuple((usd / max(usd.sum(), np.finfo(float).tiny)).tolist())

    return ClusterFacts(shares(by_venue), shares(by_bracket), shares(by_age))


def _of_side(picture: Picture, column: FloatArray, side: Side) -> Iterator[Cluster]:
    """Clusters of one side, nearest first; inside, index 0 is the bin next to the price."""
    centres, edges = picture.grid.centres(), picture.grid.edges()
    outward = np.flatnonzero(centres > picture.price if side else centres < picture.price)
    outward = outward if side else outward[::-1]
    raw, distance = column[side, outward], np.abs(centres[outward] / picture.price - 1)
    raw = np.where(raw < FAINTEST * column.max(), 0.0, raw)
    if not raw.any():
        return
    smooth = _smoothed(raw, bin_width=edges[outward[0] + 1] / edges[outward[0]] - 1)
    for first, last in _zones(raw, smooth, distance):
        bins = outward[first : last + 1]
        peak = bins[np.argmax(column[side, bins])]
        usd = float(column[side, bins].sum())
        yield Cluster(
            side=side,
            low=float(edges[bins.min()]),
            high=float(edges[bins.max() + 1]),
            peak=float(centres[peak]),
            usd=usd,
            distance=float(centres[peak] / picture.price - 1),
            share=usd / float(column.sum()),
        )


def _smoothed(raw: FloatArray, *, bin_width: float) -> FloatArray:
    """Triangular smoothing over ``SMOOTHING``; nothing to do when bins are nearly that wide.

    Nothing lies before the first bin, where the price is; beyond the last the column goes on.
    """
    reach = int(SMOOTHING / 2 / bin_width)
    kernel = 1 - np.abs(np.arange(-reach, reach + 1)) / (reach + 1)
    padded = np.concatenate((np.zeros(reach), raw, np.full(reach, raw[-1])))
    return np.convolve(padded, kernel / kernel.sum(), "valid")


def _zones(raw: FloatArray, smooth: FloatArray, distance: FloatArray) -> Iterator[Zone]:
    """Zones of the peaks that count, and of the densest spot in reach when none of them is near."""
    near = int(np.searchsorted(distance, NEAREST_REACH, side="right"))
    peaks = _peaks(smooth, distance)
    start = 0
    if not np.any(peaks < near) and raw[:near].any():
        start = near
        densest = int(np.argmax(np.where(raw[:near] > 0, smooth[:near], 0.0)))
        yield _zone(raw[:near], smooth[:near], densest, 0)
    valleys = [int(a + np.argmin(smooth[a:b])) for a, b in pairwise(peaks)]
    ends = [*(valley + 1 for valley in valleys), len(smooth)]
    for peak, end in zip(peaks, ends, strict=False):
        yield _zone(raw[:end], smooth[:end], peak, start)
        start = end


def _zone(raw: FloatArray, smooth: FloatArray, peak: int, start: int) -> Zone:
    """First and last bin, from ``start`` on, of the bright run around a smoothed peak.

    The smoothed column may bridge a dim bin inside the zone; its two ends are bright themselves.
    """
    level = EDGE_LEVEL * smooth[peak]
    dim = np.flatnonzero(np.maximum(raw, smooth) < level)
    first = int(max(start, dim[dim < peak].max(initial=-1) + 1))
    last = int(dim[dim > peak].min(initial=len(raw)) - 1)
    bright = np.flatnonzero(raw[first : last + 1] >= level) + first
    return (int(bright[0]), int(bright[-1])) if len(bright) else (first, last)


def _peaks(smooth: FloatArray, distance: FloatArray) -> IntArray:
    """Indices of the peaks that count, nearest first."""
    level = smooth[distance <= REFERENCE_REACH].max(initial=0.0) or smooth.max()
    tops = _tops(smooth)
    tops = tops[smooth[tops] >= LEAST_LEVEL * level]
    return tops[smooth[tops] >= LEAST_PROMINENCE * _higher_valley(smooth, tops)]


def _tops(smooth: FloatArray) -> IntArray:
    """Indices of local maxima; of a level top the bin nearest to the price."""
    steps = np.diff(smooth, prepend=0.0, append=np.inf)
    moves = np.flatnonzero(steps)
    rises = steps[moves] > 0
    return moves[:-1][rises[:-1] & ~rises[1:]]


def _higher_valley(smooth: FloatArray, tops: IntArray) -> FloatArray:
    """The higher of each top's valleys, shape ``(len(tops),)``."""
    index, top = np.arange(len(smooth)), tops[:, None]
    height = smooth[top]
    ground = np.where((index < top) & (smooth >= height), index, -1).max(axis=1, keepdims=True)
    inner = np.where((index > ground) & (index < top), smooth, np.inf).min(axis=1)
    inner = np.where(ground[:, 0] < 0, 0.0, inner)
    ground = np.where((index > top) & (smooth > height), index, len(smooth))
    ground = ground.min(axis=1, keepdims=True)
    outer = np.where((index > top) & (index < ground), smooth, np.inf).min(axis=1)
    return np.maximum(inner, outer)
