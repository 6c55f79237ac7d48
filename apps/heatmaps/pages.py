"""What every page of the map starts with: its market, its currency, and how it refuses."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from apps.heatmaps.spec import CURRENCIES
from apps.markets.models import Market

FRAGMENTS = ("panel", "strip")


def bad_address(request: HttpRequest, error: Exception) -> HttpResponse:
    """The 400 page, with the sentence that says what is wrong."""
    return render(request, "400.html", {"sentence": str(error)}, status=400)


def market_or_404(slug: str | None) -> Market | None:
    """The market of that slug; without one the first, or None while there is none at all."""
    if slug is None:
        return Market.objects.first()
    return get_object_or_404(Market, slug=slug)


def fragment_of(request: HttpRequest) -> str:
    """``#panel`` when HTMX asks for the panel, nothing for a whole page."""
    name = request.GET.get("fragment", "")
    if not name:
        return ""
    if name not in FRAGMENTS:
        raise Http404
    return f"#{name}"


def currency_context(request: HttpRequest) -> dict[str, Any]:
    """The reader's currency and the other one."""
    chosen = request.GET.get("cur") or request.COOKIES.get("currency")
    first = chosen if chosen in CURRENCIES else settings.CURRENCY
    return {
        "first": first,
        "second": "USD" if first == "SGD" else "SGD",
        "fragment": request.GET.get("fragment", ""),
    }


def market_context(request: HttpRequest, market: Market) -> dict[str, Any]:
    """What the header prints of a market."""
    venues = market.instruments.values_list("venue", flat=True)
    return currency_context(request) | {
        "market": market,
        "markets": Market.objects.all(),
        "venue_count": len(set(venues)),
        "fx": settings.FX_USDSGD,
    }
