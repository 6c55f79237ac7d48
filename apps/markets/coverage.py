"""How fresh each venue's data are, and up to when all of them have reported."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from apps.markets.models import Feed, Heartbeat, Market, MinuteBar

STALE_AFTER_BARS = 3
STALE_AFTER_S = 10.0
VENUE_NAMES = {
    "binance": "Binance",
    "bybit": "Bybit",
    "okx": "OKX",
    "bitget": "Bitget",
    "gate": "Gate",
    "htx": "HTX",
    "hyperliquid": "Hyperliquid",
    "dydx": "dYdX",
}


@dataclass(frozen=True, slots=True)
class VenueCoverage:
    """What is known of one venue's data at an instant."""

    venue: str
    state: str  # "live", "stale" or "absent"
    age_s: float | None  # seconds of the reader's time; None: it never reported
    last_closed_ms: int | None
    span_ms: int

    @property
    def name(self) -> str:
        """The venue as it writes itself."""
        return VENUE_NAMES.get(self.venue, self.venue)


def coverage_of(market: Market, *, feed: Feed, wall_ms: int) -> tuple[VenueCoverage, ...]:
    """Every venue of a market, in the order of ``load_bars``. Two queries."""
    heard = dict(Heartbeat.objects.filter(stream="bars").values_list("venue", "at_ms"))
    instruments = market.instruments.annotate(
        last_ms=Subquery(_newest().values("end_ms")[:1]),
        last_span_ms=Subquery(_newest().values("span_ms")[:1]),
        last_closed_ms=Subquery(_newest().filter(closed=True).values("end_ms")[:1]),
    )
    by_slug = sorted(instruments, key=lambda instrument: instrument.slug, reverse=True)
    first_of_venue = {instrument.venue: instrument for instrument in by_slug}
    return tuple(
        _venue_coverage(
            venue,
            last_ms=instrument.last_ms,
            last_closed_ms=instrument.last_closed_ms,
            span_ms=instrument.last_span_ms or 0,
            silent_ms=wall_ms - heard.get(venue, wall_ms),
            feed=feed,
            now_ms=feed.now_ms(wall_ms),
        )
        for venue, instrument in sorted(first_of_venue.items())
    )


def watermark_ms(coverage: tuple[VenueCoverage, ...]) -> int | None:
    """The latest instant up to which no live venue can still tell a bar; None without any bar.

    A venue whose bars are five minutes long has said everything until its next one ends. Stale
    venues are not waited for: what they tell later is a revision.
    """
    reported = [venue for venue in coverage if venue.last_closed_ms is not None]
    live = [venue.last_closed_ms + venue.span_ms - 1 for venue in reported if venue.state == "live"]
    if live:
        return min(live)
    return max((venue.last_closed_ms for venue in reported), default=None)


def _newest() -> QuerySet[MinuteBar]:
    return MinuteBar.objects.filter(instrument=OuterRef("pk")).order_by("-end_ms")


def _venue_coverage(
    venue: str,
    *,
    last_ms: int | None,
    last_closed_ms: int | None,
    span_ms: int,
    silent_ms: int,
    feed: Feed,
    now_ms: int,
) -> VenueCoverage:
    if last_ms is None:
        return VenueCoverage(venue, "absent", None, None, 0)
    age_s = max((now_ms - last_ms) / feed.speed, silent_ms, 0) / 1000
    patience_s = max(STALE_AFTER_BARS * span_ms / 1000 / feed.speed, STALE_AFTER_S)
    state = "stale" if age_s > patience_s else "live"
    return VenueCoverage(venue, state, age_s, last_closed_ms, span_ms)
