"""The pages of the map: the heatmap, its levels, the list of markets, and the frame's bytes."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.heatmaps.age_names import short_duration, window_name
from apps.heatmaps.caveats import caveat_of
from apps.heatmaps.followed import chosen_list, lists_of
from apps.heatmaps.level_map import SPLITS, get_level_map, parse_split
from apps.heatmaps.overlays import get_overlay, parse_layers
from apps.heatmaps.pages import (
    bad_address,
    currency_context,
    fragment_of,
    frame_for,
    market_context,
    market_or_404,
    not_now,
    reading_for,
)
from apps.heatmaps.rations import NotNow
from apps.heatmaps.readings import Reading
from apps.heatmaps.screener import parse_sort, rows_of, sort_names
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import (
    DEFAULT_SPEC,
    PALETTES,
    TIMEFRAMES,
    VIEWS,
    BadSpec,
    parse_spec,
)
from apps.markets.currency import rate_to
from apps.markets.models import Market

RUNGS_PER_SIDE = 5
COMMON_TIMEFRAMES = ("1h", "4h", "24h", "7d")  # on a phone's one row; the others lie in Layers


@never_cache
@require_safe
def heatmap(request: HttpRequest, market: str | None = None) -> HttpResponse:
    """The map of one market, or of the first one; with HTMX only the panel that asks."""
    found = market_or_404(market, request.COOKIES.get("market", ""))
    if found is None:
        return render(request, "heatmaps/waiting.html", {"page": "heatmap"})
    try:
        spec = parse_spec(request.GET, found)
    except BadSpec as error:
        return bad_address(request, error)
    try:
        reading = reading_for(request, found, spec)
    except NotNow as refusal:
        return not_now(request, refusal)
    context = market_context(request, found) | {
        "page": "heatmap",
        "spec": spec,
        "reading": reading,
        "caveat": caveat_of(reading),
        "ladder": _ladder(reading),
        "timeframes": [(name, name in COMMON_TIMEFRAMES) for name in TIMEFRAMES],
        "views": list(zip(VIEWS, _view_names(), strict=True)),
        "brackets": ["≤ 5×", "5–10", "10–25", "25–50", "50 +"],
        "palettes": [(name, name.title()) for name in PALETTES],
        "ages": [window_name(*window) for window in spec.windows],
        "age_edges": [short_duration(edge) for edge in spec.age_edges],
    }
    return render(request, "heatmaps/heatmap.html" + fragment_of(request), context)


@never_cache
@require_safe
def levels(request: HttpRequest, market: str) -> HttpResponse:
    """How far and how big, above and below, as a list."""
    found = market_or_404(market)
    reading = get_reading(found, DEFAULT_SPEC)
    context = market_context(request, found) | {
        "page": "levels",
        "reading": reading,
        "caveat": caveat_of(reading),
        "ladder": _ladder(reading),
    }
    return render(request, "heatmaps/levels.html" + fragment_of(request), context)


@never_cache
@require_safe
def level_map(request: HttpRequest, market: str) -> HttpResponse:
    """The liquidation map: one column, price upright, with running totals and max pain."""
    found = market_or_404(market)
    try:
        split = parse_split(request.GET)
        drawn = get_level_map(found, request.GET)
    except BadSpec as error:
        return bad_address(request, error)
    context = market_context(request, found)
    context |= {
        "page": "levels",
        "level": "map",
        "reading": get_reading(found, DEFAULT_SPEC),
        "drawn": drawn,
        "split": split,
        "splits": list(zip(SPLITS, (_("Leverage"), _("Venue")), strict=True)),
        "reaches": drawn.reaches(rate_to(context["first"]).per_usd) if drawn else (),
    }
    return render(request, "heatmaps/level_map.html" + fragment_of(request), context)


@never_cache
@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """The markets of a reader's list, or all of them, with heat strips and nearest clusters."""
    try:
        sort = parse_sort(request.GET)
    except BadSpec as error:
        return bad_address(request, error)
    lists = lists_of(request)
    chosen = chosen_list(request, lists)
    rows = rows_of(chosen.markets if chosen else Market.objects.all(), sort)
    readings = [row.reading for row in rows if row.reading]
    context = currency_context(request) | {
        "page": "watch",
        "market": rows[0].market if rows else None,
        "reading": readings[0] if readings else None,
        "rows": rows,
        "sort": sort,
        "sorts": sort_names(),
        "lists": lists,
        "chosen": chosen,
    }
    return render(request, "heatmaps/watch.html" + fragment_of(request), context)


@require_safe
def frame(request: HttpRequest, market: str) -> HttpResponse:
    """The bytes of one picture; 503 before anything was published."""
    found = market_or_404(market)
    try:
        spec = parse_spec(request.GET, found)
    except BadSpec as error:
        return bad_address(request, error)
    try:
        data = frame_for(request, found, spec)
    except NotNow as refusal:
        return not_now(request, refusal)
    if data is None:
        return HttpResponse(_("No map has been made yet."), status=503, headers={"Retry-After": 2})
    return HttpResponse(
        data, content_type="application/octet-stream", headers={"Cache-Control": "no-store"}
    )


@never_cache
@require_safe
def overlay(request: HttpRequest, market: str) -> HttpResponse:
    """What the canvas draws over the heat, as JSON; 503 before anything was published."""
    found = market_or_404(market)
    try:
        spec, layers = parse_spec(request.GET, found), parse_layers(request.GET)
    except BadSpec as error:
        return bad_address(request, error)
    told = get_overlay(found, spec, layers)
    if told is None:
        return HttpResponse(_("No map has been made yet."), status=503, headers={"Retry-After": 2})
    return JsonResponse(told)


def _ladder(reading: Reading | None) -> dict[str, Any]:
    """The nearest rungs of both sides, from the highest price down, and the largest amount."""
    zones = sorted(reading.clusters if reading else (), key=lambda zone: -zone.peak)
    above = [zone for zone in zones if zone.side == "short"][-RUNGS_PER_SIDE:]
    below = [zone for zone in zones if zone.side == "long"][:RUNGS_PER_SIDE]
    largest = max((zone.usd for zone in above + below), default=0.0)
    return {"above": above, "below": below, "largest": largest}


def _view_names() -> tuple[str, ...]:
    return (_("Live"), _("Historical"), _("Venue"), _("Age"), _("Net"))
