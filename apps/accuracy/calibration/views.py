"""The page of calibration, for everybody; its two buttons, for administrators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.accuracy.calibration import services
from apps.accuracy.calibration.fitting import Refused, name_of, venues_traded
from apps.accuracy.calibration.sheet import sheet_of
from apps.heatmaps.pages import currency_context
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.markets.models import LeverageFit, Market


class SignedInRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


@never_cache
@require_safe
def calibration(request: HttpRequest) -> HttpResponse:
    """Every venue: what stands, what was fitted, and on what evidence."""
    market = Market.objects.first()
    context = currency_context(request) | {
        "page": "accuracy",
        "market": market,
        "reading": get_reading(market, DEFAULT_SPEC),
        "sheets": [sheet_of(venue) for venue in venues_traded()],
        "may_change": request.user.is_staff,
    }
    return render(request, "accuracy/calibration/calibration.html", context)


@never_cache
@login_required
@require_POST
def adopt(request: SignedInRequest) -> HttpResponse:
    """Let a set stand; 404 for whoever is no administrator."""
    fit = get_fit_for(request.user, request.POST.get("version", ""))
    try:
        services.adopt_fit(fit=fit, by=LeverageFit.By.ADMINISTRATOR)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("%(version)s stands now.") % {"version": fit.version})
    return redirect("calibration")


@never_cache
@login_required
@require_POST
def roll_back(request: SignedInRequest) -> HttpResponse:
    """Go back to what stood before; 404 for whoever is no administrator."""
    venue = get_venue_for(request.user, request.POST.get("venue", ""))
    try:
        before = services.roll_back(venue=venue, by=LeverageFit.By.ADMINISTRATOR)
    except Refused as why:
        messages.error(request, str(why))
    else:
        told = {"venue": name_of(venue), "version": before.version if before else _("as shipped")}
        messages.success(request, _("%(venue)s stands %(version)s again.") % told)
    return redirect("calibration")


def get_fit_for(user: User, version: str) -> LeverageFit:
    """A set that this person may adopt; 404 for anybody but administrators."""
    if not user.is_staff:
        raise Http404
    return get_object_or_404(LeverageFit, version=version)


def get_venue_for(user: User, venue: str) -> str:
    """A venue whose set this person may change; 404 for anybody but administrators."""
    if not user.is_staff or venue not in venues_traded():
        raise Http404
    return venue
