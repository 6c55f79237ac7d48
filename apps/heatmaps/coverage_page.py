"""The coverage page: which venues the map hears, how well, and what is missing."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.heatmaps.pages import fragment_of, market_context, market_or_404
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.heatmaps.summary import THIN_SGD
from apps.markets.clock import current_feed, wall_now_ms
from apps.markets.currency import known_rates, rate_to
from apps.markets.gaps import GapReading
from apps.markets.hearing import PUBLISHED
from apps.markets.models import Heartbeat, Market
from apps.markets.venue_sheet import VenueSheet, describe_venues

DAY_MS = 86_400_000
THINNEST = 0.4  # percent of the strip: shorter gaps would not be seen


@dataclass(frozen=True, slots=True)
class Stripe:
    """A gap on a strip of the last day: where it begins and how wide it is, in percent."""

    x: str
    width: str
    is_healed: bool


@never_cache
@require_safe
def coverage(request: HttpRequest, market: str) -> HttpResponse:
    """Every venue of a market; with HTMX only the panel."""
    found, feed, wall_ms = market_or_404(market), current_feed(), wall_now_ms()
    sheets = describe_venues(found, feed=feed, wall_ms=wall_ms) if feed else ()
    now_ms = feed.now_ms(wall_ms) if feed else wall_ms
    total_usd = sum(sheet.open_interest_usd for sheet in sheets)
    context = market_context(request, found)
    context |= {
        "page": "coverage",
        "feed": feed,
        "reading": get_reading(found, DEFAULT_SPEC),
        "venues": [_row(sheet, now_ms) for sheet in sheets],
        "open_gaps": sum(not gap.is_healed for sheet in sheets for gap in sheet.gaps),
        "total_usd": total_usd,
        "is_thin": bool(sheets) and total_usd * rate_to("SGD").per_usd < THIN_SGD,
        "published_s": _published_s(found),
        "refresh_s": settings.REFRESH_S,
        "rate": rate_to(context["home"]),
        "currencies": list(known_rates()),
    }
    return render(request, "heatmaps/coverage.html" + fragment_of(request), context)


@dataclass(frozen=True, slots=True)
class Row:
    """A venue with its words and its strip of the last day."""

    sheet: VenueSheet
    completeness: str
    tiers: str
    skew: str
    stripes: list[Stripe]


def _row(sheet: VenueSheet, now_ms: int) -> Row:
    completeness = {
        "full": _("every one"),
        "sampled": _("a sample, one a second at most"),
        "delayed": _("every one, late"),
        "none": _("none told"),
    }
    tiers = {
        "told": _("told by the venue"),
        "documented": _("copied from its documents"),
        "assumed": _("assumed"),
    }
    return Row(
        sheet,
        completeness[sheet.completeness],
        tiers[sheet.tiers],
        "" if sheet.skew_ms is None else f"{sheet.skew_ms / 1000:+.1f}\u00a0s",
        _stripes(sheet.gaps, now_ms),
    )


def _published_s(market: Market) -> float | None:
    """Seconds from the newest row of a picture to its publication, as measured last."""
    beat = Heartbeat.objects.filter(venue=market.slug, stream=PUBLISHED).first()
    return None if beat is None or beat.delay_ms is None else beat.delay_ms / 1000


def _stripes(gaps: tuple[GapReading, ...], now_ms: int) -> list[Stripe]:
    begin_ms = now_ms - DAY_MS
    stripes = []
    for gap in gaps:
        first, last = (
            100 * min(max(ms - begin_ms, 0), DAY_MS) / DAY_MS for ms in (gap.from_ms, gap.to_ms)
        )
        width = max(last - first, THINNEST)
        stripes.append(Stripe(f"{min(first, 100 - width):.2f}", f"{width:.2f}", gap.is_healed))
    return stripes
