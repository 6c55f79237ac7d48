"""What the newest column says in two seconds: how far, how much, which side has more fuel.

::

      10   6   4   2   0   2   4   6   10 %
    ---|---|---|---|---+---|---|---|---|---> price
      longs die below  ^  shorts die above
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import Cluster, FloatArray, Picture, Side

BANDS = ((0.0, 0.02), (0.02, 0.04), (0.04, 0.06), (0.06, 0.10))  # distances from the price
ASYMMETRY_REACH = 0.05  # distance from the price
CASCADE_REACH = 0.02  # of the price, between the peaks of the first and the last cluster


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Dollars that would be force-closed within 5 % of the price."""

    long_usd: float
    short_usd: float

    @property
    def heavier(self) -> Side | None:
        """The side with more to lose; None when neither has."""
        if self.long_usd == self.short_usd:
            return None
        return Side.LONG if self.long_usd > self.short_usd else Side.SHORT

    @property
    def ratio(self) -> float:
        """How many times the heavier side outweighs the other; infinite against nothing."""
        lighter, heavier = sorted((self.long_usd, self.short_usd))
        if lighter > 0:
            return heavier / lighter
        return np.inf if heavier > 0 else 1.0


def nearest(clusters: tuple[Cluster, ...], side: Side) -> Cluster | None:
    """The cluster of a side that the price would meet first."""
    of_side = (cluster for cluster in clusters if cluster.side == side)
    return min(of_side, key=lambda cluster: abs(cluster.distance), default=None)


def distance_bands(picture: Picture) -> FloatArray:
    """Dollars of the newest column per band of ``BANDS``, longs below and shorts above: (4, 2)."""
    return np.array([_usd_between(picture, inner, outer) for inner, outer in BANDS])


def asymmetry(picture: Picture) -> Asymmetry:
    """Longs within 5 % below the price against shorts within 5 % above."""
    return Asymmetry(*_usd_between(picture, 0.0, ASYMMETRY_REACH))


def cascade(
    clusters: tuple[Cluster, ...], side: Side, *, within: float = CASCADE_REACH
) -> tuple[Cluster, ...]:
    """The nearest cluster and those stacked within 2 % (``within``) behind it, nearest first.

    () when it stands alone: one cluster is a level, two are a chain.
    """
    first = nearest(clusters, side)
    if first is None:
        return ()
    behind = sorted((c for c in clusters if c.side == side), key=lambda c: abs(c.distance))
    stack = [c for c in behind if abs(c.distance - first.distance) <= within]
    return tuple(stack) if len(stack) > 1 else ()


def _usd_between(picture: Picture, inner: float, outer: float) -> tuple[float, float]:
    """Longs and shorts between two distances from the price; a cut bin counts for its part."""
    below = picture.price * (1 - np.array([outer, inner]))
    above = picture.price * (1 + np.array([inner, outer]))
    sides = ((picture.long_usd[-1], below), (picture.short_usd[-1], above))
    long_usd, short_usd = (_usd_in(picture, column, prices) for column, prices in sides)
    return long_usd, short_usd


def _usd_in(picture: Picture, column: FloatArray, prices: FloatArray) -> float:
    running = np.concatenate(([0.0], np.cumsum(column)))
    low, high = np.interp(picture.grid.position_of(prices), np.arange(len(running)), running)
    return float(high - low)
