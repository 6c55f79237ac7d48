"""Whose liquidations are told, and whether an hour of them was heard from beginning to end.

::

    listened to   every minute needs a sign of life from the venue, no gap in its bars and no break
                  of the line that pushes liquidations; what was healed later stays a gap, for
                  liquidations do not come twice
    told          a simulated market tells everything again when asked: only missing bars count

Whatever comes over venues' own conventions is listened to, the real market or a fake one.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from django.db.models import Count

from apps.accuracy.models import ScoredHour
from apps.engine.records import IntArray
from apps.markets.gaps import load_gaps
from apps.markets.models import (
    Feed,
    HeardMinute,
    Liquidation,
    Market,
    MinuteBar,
    StreamStatus,
    VenueStatus,
)
from apps.markets.services import DAY_MS
from apps.markets.unheard import unheard_liquidations
from apps.markets.venue_sheet import GROUPS

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
TOLD_WITHIN_MS = 7 * DAY_MS  # a venue silent for longer tells no liquidations
PATIENCE_MS = {"full": 300_000, "sampled": 300_000, "delayed": 3_900_000}
DEAF = (StreamStatus.State.STALE, StreamStatus.State.BARRED)


@dataclass(frozen=True, slots=True)
class Telling:
    """The venues of a market that tell liquidations, and how completely."""

    completeness: dict[str, str]  # by venue

    @property
    def venues(self) -> tuple[str, ...]:
        return tuple(sorted(self.completeness))

    @property
    def together(self) -> str:
        """How complete all of them are."""
        kinds = set(self.completeness.values()) or {ScoredHour.Completeness.NONE}
        return kinds.pop() if len(kinds) == 1 else ScoredHour.Completeness.MIXED

    @property
    def patience_ms(self) -> int:
        """How long after an hour its liquidations may still come."""
        return max((PATIENCE_MS[kind] for kind in self.completeness.values()), default=0)


def telling_of(market: Market, *, until_ms: int) -> Telling:
    """Who told liquidations lately; of one venue's kinds the most frequent counts."""
    rows = (
        Liquidation.objects.filter(
            instrument__market=market, ts_ms__gt=until_ms - TOLD_WITHIN_MS, ts_ms__lte=until_ms
        )
        .values_list("instrument__venue", "completeness")
        .annotate(count=Count("pk"))
        .order_by("count")
    )
    return Telling({venue: completeness for venue, completeness, _ in rows})


def is_listened_to(feed: Feed) -> bool:
    """Whether what was missed stays unknown; the collector then says how each venue is heard."""
    return feed.kind == Feed.Kind.LIVE or VenueStatus.objects.exists()


def coverage_of_hours(
    market: Market, feed: Feed, venues: tuple[str, ...], starts_ms: IntArray
) -> dict[str, np.ndarray]:
    """By venue the share of each hour's minutes that were heard, (K,) from 0 to 1."""
    first_ms, count = int(starts_ms[0]), int(starts_ms[-1] - starts_ms[0] + HOUR_MS) // MINUTE_MS
    until_ms = first_ms + count * MINUTE_MS
    heard = {venue: _told(market, venue, first_ms, count) for venue in venues}
    if is_listened_to(feed):
        for gap in load_gaps(market, first_ms, until_ms):
            if gap.venue in heard:
                heard[gap.venue][_minutes(gap.from_ms, gap.to_ms, first_ms)] = False
        for venue, spans in unheard_liquidations(venues, first_ms, until_ms).items():
            for from_ms, to_ms in spans:
                heard[venue][_minutes(from_ms, to_ms, first_ms)] = False
        alive = _signs_of_life(venues, first_ms, count)
        deaf = _deaf(venues)
        for venue in venues:
            heard[venue] &= alive[venue]
            heard[venue][-60:] &= venue not in deaf
    place = (starts_ms - first_ms) // MINUTE_MS
    return {
        venue: np.array([minutes[at : at + 60].mean() for at in place])
        for venue, minutes in heard.items()
    }


def _told(market: Market, venue: str, first_ms: int, count: int) -> np.ndarray:
    """Which minutes lie in a closed bar of the venue's first instrument, (count,)."""
    told = np.zeros(count, dtype=bool)
    instrument = market.instruments.filter(venue=venue).order_by("slug").first()
    bars = MinuteBar.objects.filter(
        instrument=instrument,
        closed=True,
        end_ms__gt=first_ms,
        end_ms__lt=first_ms + count * MINUTE_MS + HOUR_MS,
    )
    for end_ms, span_ms in bars.values_list("end_ms", "span_ms"):
        told[_minutes(end_ms - span_ms, end_ms, first_ms)] = True
    return told


def _signs_of_life(venues: tuple[str, ...], first_ms: int, count: int) -> dict[str, np.ndarray]:
    rows = HeardMinute.objects.filter(
        venue__in=venues,
        stream__in=("bars", "prints"),
        minute_ms__gte=first_ms,
        minute_ms__lt=first_ms + count * MINUTE_MS,
    )
    alive: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(count, dtype=bool))
    for venue, minute_ms in rows.values_list("venue", "minute_ms"):
        alive[venue][(minute_ms - first_ms) // MINUTE_MS] = True
    return alive


def _deaf(venues: tuple[str, ...]) -> set[str]:
    """Venues whose liquidations cannot be heard now, as the collector says."""
    states = StreamStatus.objects.filter(venue__in=venues, kind__in=GROUPS["prints"])
    told: dict[str, list[str]] = defaultdict(list)
    for venue, state in states.values_list("venue", "state"):
        told[venue].append(state)
    return {venue for venue, of_venue in told.items() if all(state in DEAF for state in of_venue)}


def _minutes(from_ms: int, to_ms: int, first_ms: int) -> slice:
    first, stop = (from_ms - first_ms) // MINUTE_MS, -(-(to_ms - first_ms) // MINUTE_MS)
    return slice(max(first, 0), max(stop, 0))
