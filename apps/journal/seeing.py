"""What the map says of a zone: the map as it stands, or as it was at an earlier moment."""

from dataclasses import dataclass, replace
from typing import Any

from apps.accounts.models import User
from apps.heatmaps.past import get_past
from apps.heatmaps.rations import NotNow
from apps.heatmaps.readings import Reading, Zone
from apps.heatmaps.services import get_published
from apps.heatmaps.spec import DEFAULT_SPEC, MINUTE_MS
from apps.journal.circumstances import fresh_share
from apps.journal.freezing import frozen_of
from apps.markets.models import Market

SAME_EDGE = 0.001  # of the price: edges this near to a cluster's are that cluster's


@dataclass(frozen=True, slots=True)
class Sight:
    """A map: what it says, and its frame."""

    reading: Reading
    frame: bytes


def map_now(market: Market) -> Sight | None:
    """The map published last, if any was."""
    published = get_published(market)
    return Sight(*published) if published else None


def map_then(market: Market, at_ms: int, user: User) -> Sight | None:
    """The map of an earlier minute; None where it is not kept, or cannot be drawn right now."""
    spec = replace(DEFAULT_SPEC, view="historical", at_ms=at_ms // MINUTE_MS * MINUTE_MS)
    try:
        past = get_past(market, spec, reader=f"user-{user.pk}")
    except NotNow:
        return None
    is_kept = past and past.reading.as_of_ms == spec.at_ms
    return Sight(past.reading, past.frame) if is_kept else None


def seen_in(sight: Sight, *, side: str, low: float, high: float) -> dict[str, Any]:
    """What a read of a zone keeps of a map, by the names of its columns."""
    reading = sight.reading
    zone = zone_at(reading, side=side, low=low, high=high)
    if zone and max(abs(zone.low - low), abs(zone.high - high)) <= SAME_EDGE * reading.price:
        low, high = zone.low, zone.high
    told = {"usd": zone.usd, "share": zone.share, "fresh": fresh_share(zone)} if zone else {}
    return told | {
        "low": low,
        "high": high,
        "next_price": _behind(reading, side, low, high),
        "frozen": frozen_of(reading, sight.frame, low, high),
    }


def zone_at(reading: Reading, *, side: str, low: float, high: float) -> Zone | None:
    """The cluster of a side with these edges, or the one nearest to them that they touch."""
    near = [
        zone
        for zone in reading.clusters
        if zone.side == side and zone.low <= high and zone.high >= low
    ]
    return min(near, key=lambda zone: abs(zone.low - low) + abs(zone.high - high), default=None)


def _behind(reading: Reading, side: str, low: float, high: float) -> float | None:
    """The near edge of the next cluster of that side beyond a zone."""
    ours = [zone for zone in reading.clusters if zone.side == side]
    if (low + high) / 2 <= reading.price:
        return max((zone.high for zone in ours if zone.high < low), default=None)
    return min((zone.low for zone in ours if zone.low > high), default=None)
