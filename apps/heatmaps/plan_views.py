"""The pages that act on the map: stop and size, and what to expect at the nearest clusters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.heatmaps.outlook import WITHIN_CHOICES, get_outlook, parse_within
from apps.heatmaps.pages import fragment_of, market_context, market_or_404
from apps.heatmaps.plan import get_plan_page
from apps.markets.currency import rate_to


@never_cache
@require_safe
def plan(request: HttpRequest, market: str) -> HttpResponse:
    """Is this stop in a cluster, and how large may the position be; with HTMX only the answer."""
    found = market_or_404(market)
    context = market_context(request, found)
    page = get_plan_page(found, request.GET, per_usd=rate_to(context["first"]).per_usd)
    context |= {
        "page": "levels",
        "level": "plan",
        "reading": page.column.reading if page else None,
        "plan": page,
    }
    return render(request, "heatmaps/plan.html" + fragment_of(request), context)


@never_cache
@require_safe
def outlook(request: HttpRequest, market: str) -> HttpResponse:
    """The cascade and the counterforce of the nearest clusters: a piece of the levels page."""
    found = market_or_404(market)
    within = parse_within(request.GET.get("within", ""))
    context = market_context(request, found) | {
        "outlook": get_outlook(found, within=within),
        "choices": [(f"{choice * 100:.0f}", choice == within) for choice in WITHIN_CHOICES],
    }
    return render(request, "heatmaps/_outlook.html", context)
