"""How well each venue of a market is heard: what the coverage sheet shows.

live feeds      the collector writes how every stream stands; a state it wrote long ago is stale
other feeds     heartbeats, against the interval at which such a stream speaks
"""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery

from apps.markets.coverage import STALE_AFTER_S, VENUE_NAMES, VenueCoverage, coverage_of
from apps.markets.gaps import GapReading, load_gaps
from apps.markets.models import (
    Feed,
    Heartbeat,
    Liquidation,
    Market,
    MinuteBar,
    StreamStatus,
    VenueStatus,
)
from apps.markets.tiers import load_tiers
from apps.markets.unheard import ASKED, PUSHED

DAY_MS = 86_400_000
WRITTEN_WITHIN_MS = 10_000  # a collector that lives says how its streams stand
MINUTE_S = 60.0
GROUPS = {  # which of its streams a live venue tells something over: any of them is enough
    "bars": ("candles", "pushed candles"),
    "prints": (ASKED, PUSHED),
    "open interest": ("open interest",),
    "marks": ("open interest", "pushed marks"),
    "depth": ("depth",),
}
INTERVALS_S = {"bars": MINUTE_S, "prints": None, "depth": MINUTE_S}
DOCUMENTED_COMPLETENESS = {
    "binance": "sampled", "bybit": "full", "okx": "sampled", "dydx": "full",
    "bitget": "sampled", "gate": "full", "htx": "full", "hyperliquid": "none",
}  # fmt: skip
BEST_FIRST = ("live", "waiting", "stale", "barred", "absent")


@dataclass(frozen=True, slots=True)
class StreamReading:
    """One thing that a venue tells again and again; ``trouble`` ends a sentence about it."""

    name: str  # "bars", "prints", "open interest", "marks" or "depth"
    state: str  # "live", "waiting", "stale", "barred" or "absent"
    age_s: float | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class VenueSheet:
    """A venue of a market as the coverage sheet shows it."""

    venue: str
    name: str
    state: str  # of its bars: "live", "stale" or "absent"
    age_s: float | None
    open_interest_usd: float
    share: float  # of the market's open interest, 0 to 1
    completeness: str  # of its liquidations: "full", "sampled", "delayed" or "none"
    prints: int  # in the last day of data
    delays_s: tuple[tuple[str, float], ...]  # venue to row, by stream
    skew_ms: int | None  # how far its clock is ahead; None where there is no clock
    used_share: float | None  # of its documented limit, at most
    tiers: str  # where its margin tiers are from: "told", "documented" or "assumed"
    streams: tuple[StreamReading, ...]
    gaps: tuple[GapReading, ...]  # of the last day of data


def describe_venues(market: Market, *, feed: Feed, wall_ms: int) -> tuple[VenueSheet, ...]:
    """Every venue of a market, the largest open interest first. A dozen queries."""
    now_ms = feed.now_ms(wall_ms)
    coverage = coverage_of(market, feed=feed, wall_ms=wall_ms)
    interest = _open_interest_usd(market)
    total = sum(interest.values())
    prints = _prints(market, now_ms)
    gaps = load_gaps(market, now_ms - DAY_MS, now_ms)
    delays = _delays()
    about = VenueStatus.objects.in_bulk(field_name="venue")
    statuses = _statuses(market)
    beats = {(b.venue, b.stream): b for b in Heartbeat.objects.all()}
    sheets = [
        VenueSheet(
            venue=told.venue,
            name=VENUE_NAMES.get(told.venue, told.venue),
            state=told.state,
            age_s=told.age_s,
            open_interest_usd=interest.get(told.venue, 0.0),
            share=interest.get(told.venue, 0.0) / total if total else 0.0,
            completeness=_completeness(told.venue, prints, is_watched=told.venue in about),
            prints=sum(prints.get(told.venue, {}).values()),
            delays_s=delays.get(told.venue, ()),
            skew_ms=about[told.venue].skew_ms if told.venue in about else None,
            used_share=about[told.venue].used_share if told.venue in about else None,
            tiers=load_tiers(market, told.venue)[0].source,
            streams=_streams(told, statuses, beats, wall_ms),
            gaps=tuple(gap for gap in gaps if gap.venue == told.venue),
        )
        for told in coverage
    ]
    return tuple(sorted(sheets, key=lambda sheet: -sheet.open_interest_usd))


def _open_interest_usd(market: Market) -> dict[str, float]:
    """By venue, at each instrument's last bar that told any; of one venue the first by slug."""
    newest = MinuteBar.objects.filter(
        instrument=OuterRef("pk"), open_interest__isnull=False
    ).order_by("-end_ms")
    rows = market.instruments.annotate(
        interest=Subquery(newest.values("open_interest")[:1]),
        price=Subquery(newest.values("close")[:1]),
    ).order_by("-slug")
    return {row.venue: row.interest * row.price for row in rows if row.interest is not None}


def _prints(market: Market, now_ms: int) -> dict[str, dict[str, int]]:
    """How many liquidations of each completeness every venue told in the last day."""
    rows = (
        Liquidation.objects.filter(
            instrument__market=market, ts_ms__gt=now_ms - DAY_MS, ts_ms__lte=now_ms
        )
        .values_list("instrument__venue", "completeness")
        .annotate(count=Count("pk"))
    )
    found: dict[str, dict[str, int]] = {}
    for venue, completeness, count in rows:
        found.setdefault(venue, {})[completeness] = count
    return found


def _completeness(venue: str, prints: dict[str, dict[str, int]], *, is_watched: bool) -> str:
    """What most of its liquidations say; without any, what a live venue documents."""
    if told := prints.get(venue):
        return max(told, key=lambda completeness: told[completeness])
    if is_watched:
        return DOCUMENTED_COMPLETENESS.get(venue, "none")
    return "none"


def _delays() -> dict[str, tuple[tuple[str, float], ...]]:
    """Seconds from venue to row, by stream, as measured last."""
    found: dict[str, tuple[tuple[str, float], ...]] = {}
    heard = Heartbeat.objects.filter(delay_ms__isnull=False, stream__in=INTERVALS_S)
    for beat in heard.order_by("venue", "stream"):
        found[beat.venue] = (*found.get(beat.venue, ()), (beat.stream, beat.delay_ms / 1000))
    return found


def _statuses(market: Market) -> list[StreamStatus]:
    slugs = ["", *market.instruments.values_list("slug", flat=True)]
    return list(StreamStatus.objects.filter(instrument__in=slugs))


def _streams(
    told: VenueCoverage,
    statuses: list[StreamStatus],
    beats: dict[tuple[str, str], Heartbeat],
    wall_ms: int,
) -> tuple[StreamReading, ...]:
    mine = [status for status in statuses if status.venue == told.venue]
    if mine:
        groups = (_group(name, kinds, mine, wall_ms) for name, kinds in GROUPS.items())
        return tuple(group for group in groups if group)
    found = []
    for stream, every_s in INTERVALS_S.items():
        beat = beats.get((told.venue, stream))
        if stream == "bars":
            found.append(StreamReading("bars", told.state, told.age_s))
        elif beat is None:
            found.append(StreamReading(stream, "absent", None))
        else:
            age_s = max(wall_ms - beat.at_ms, 0) / 1000
            is_stale = every_s is not None and age_s > max(3 * every_s, STALE_AFTER_S)
            found.append(StreamReading(stream, "stale" if is_stale else "live", age_s))
    return tuple(found)


def _group(
    name: str, kinds: tuple[str, ...], statuses: list[StreamStatus], wall_ms: int
) -> StreamReading | None:
    """The best of several kinds; of one kind the worst of the market's instruments."""
    readings = []
    for kind in kinds:
        if told := [_reading(name, s, wall_ms) for s in statuses if s.kind == kind]:
            readings.append(max(told, key=_badness))
    return min(readings, key=_badness) if readings else None


def _reading(name: str, status: StreamStatus, wall_ms: int) -> StreamReading:
    since_ms = max(wall_ms - status.at_ms, 0)
    age_s = None if status.age_s is None else status.age_s + since_ms / 1000
    is_forgotten = since_ms > WRITTEN_WITHIN_MS and status.state != "barred"
    return StreamReading(name, "stale" if is_forgotten else status.state, age_s, status.trouble)


def _badness(reading: StreamReading) -> tuple[int, float]:
    return BEST_FIRST.index(reading.state), reading.age_s or 0.0
