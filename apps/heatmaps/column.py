"""The newest column of the published map, read back from its frame: no walk is needed for it."""

from dataclasses import dataclass

import numpy as np

from apps.engine.frame import BadFrame, decode
from apps.engine.frame_scale import dequantise
from apps.engine.map_curves import Curves, curves_of
from apps.engine.records import Cluster, Picture, Side
from apps.heatmaps.readings import Reading, Zone
from apps.heatmaps.services import get_frame, get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.markets.models import Market


@dataclass(frozen=True, eq=False)
class Column:
    """What the published map says now: its reading, and running totals away from the price."""

    reading: Reading
    curves: Curves
    clusters: tuple[Cluster, ...]

    def of_side(self, side: Side) -> tuple[Cluster, ...]:
        """A side's clusters, nearest first."""
        mine = (cluster for cluster in self.clusters if cluster.side is side)
        return tuple(sorted(mine, key=lambda cluster: abs(cluster.distance)))


def get_column(market: Market) -> Column | None:
    """The newest column of a market; None before anything was published.

    Dollars are those of the frame, at most half a step of its scale (2 %) off.
    """
    reading, frame = get_reading(market, DEFAULT_SPEC), get_frame(market, DEFAULT_SPEC)
    if reading is None or frame is None:
        return None
    try:
        decoded = decode(frame)
    except BadFrame:
        return None
    usd = dequantise(decoded.codes[-1:], decoded.header.scale)
    picture = Picture(
        grid=decoded.header.grid,
        end_ms=np.array([reading.as_of_ms]),
        cadence_ms=decoded.header.cadence_ms,
        long_usd=usd[:, Side.LONG],
        short_usd=usd[:, Side.SHORT],
        candles=decoded.candles[-1:],
        price=reading.price,
        parameters_version=reading.parameters,
    )
    return Column(reading, curves_of(picture), tuple(map(cluster_of, reading.clusters)))


def cluster_of(zone: Zone) -> Cluster:
    """A zone of the page as the engine knows it."""
    return Cluster(
        Side(zone.side), zone.low, zone.high, zone.peak, zone.usd, zone.distance, zone.share
    )
