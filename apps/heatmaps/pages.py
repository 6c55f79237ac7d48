"""What every page of the map starts with: its market, its currency, and how it refuses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from apps.heatmaps.past import get_past
from apps.heatmaps.rations import NotNow, Ration, spend
from apps.heatmaps.readings import Reading
from apps.heatmaps.services import get_frame, get_reading
from apps.heatmaps.spec import PictureSpec
from apps.markets.currency import known_rates, rate_to
from apps.markets.models import Market

FRAGMENTS = ("panel", "strip")


def bad_address(request: HttpRequest, error: Exception) -> HttpResponse:
    """The 400 page, with the sentence that says what is wrong."""
    return render(request, "400.html", {"sentence": str(error)}, status=400)


def not_now(request: HttpRequest, refusal: NotNow) -> HttpResponse:
    """The page for an answer that has to wait, and when to ask again."""
    if refusal.status == 429:
        sentence = _("You asked for much at once. Try again in %s s.") % refusal.retry_after_s
    else:
        sentence = _("This moment is being drawn. Try again in a second.")
    answer = render(request, "400.html", {"sentence": sentence}, status=refusal.status)
    answer["Retry-After"] = str(refusal.retry_after_s)
    return answer


def rationed(ration: Ration) -> Callable[[Callable], Callable]:
    """A view that costs much: each answer is one of its reader's ration."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            try:
                spend(ration, reader_of(request))
            except NotNow as refusal:
                return not_now(request, refusal)
            return view(request, *arguments, **named)

        return answer

    return decorate


def reading_for(request: HttpRequest, market: Market, spec: PictureSpec) -> Reading | None:
    """What the picture says that this request may see now; raises ``NotNow``."""
    if spec.at_ms is None:
        return get_reading(market, spec)
    past = get_past(market, spec, reader=reader_of(request))
    return past.reading if past else None


def frame_for(request: HttpRequest, market: Market, spec: PictureSpec) -> bytes | None:
    """The bytes of the picture that this request may see now; raises ``NotNow``."""
    if spec.at_ms is None:
        return get_frame(market, spec)
    past = get_past(market, spec, reader=reader_of(request))
    return past.frame if past else None


def market_or_404(slug: str | None, preferred: str = "") -> Market | None:
    """The market of that slug; without one the preferred or first, or None while there is none."""
    if slug is None:
        return Market.objects.filter(slug=preferred).first() or Market.objects.first()
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
    known = known_rates()
    first = next(c for c in (chosen, settings.CURRENCY, "SGD") if c in known)
    homes = (first, request.COOKIES.get("home"), settings.CURRENCY, "SGD")
    home = next(c for c in homes if c in known and c != "USD")
    return {
        "first": first,
        "second": home if first == "USD" else "USD",
        "home": home,
        "fragment": request.GET.get("fragment", ""),
    }


def market_context(request: HttpRequest, market: Market) -> dict[str, Any]:
    """What the header prints of a market."""
    venues = market.instruments.values_list("venue", flat=True)
    context = currency_context(request)
    return context | {
        "market": market,
        "markets": Market.objects.all(),
        "venue_count": len(set(venues)),
        "fx": rate_to(context["home"]).per_usd,
    }


def reader_of(request: HttpRequest) -> str:
    """Who asks, as far as a ration is concerned: the user, else the address."""
    if request.user.is_authenticated:
        return f"user-{request.user.pk}"
    return f"at-{request.META.get('REMOTE_ADDR', '').replace(':', '_')}"
