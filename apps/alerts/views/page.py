"""What the pages of alerts have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.models import User
from apps.alerts import rules
from apps.heatmaps.pages import currency_context
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.markets.models import Market


class SignedInRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


def page_context(request: SignedInRequest, tab: str) -> dict[str, Any]:
    """What every one of these pages shows around its own."""
    market = Market.objects.first()
    return currency_context(request) | {
        "page": "alerts",
        "tab": tab,
        "market": market,
        "reading": get_reading(market, DEFAULT_SPEC) if market else None,
        "unread": rules.unread_count(request.user),
        "rule_count": rules.get_rules_for(request.user).count(),
    }


def currency_of(request: HttpRequest) -> str:
    """The currency in which this reader types and reads amounts."""
    return currency_context(request)["first"]


def render_or_fragment(
    request: HttpRequest, template: str, fragment: str, context: dict[str, Any]
) -> HttpResponse:
    """The page, or with HTMX only the fragment that moves."""
    if request.htmx:
        template += f"#{fragment}"
    return render(request, template, context)
