"""A person's lists: one page, and one small POST for every change."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.markets.models import Market
from apps.watchlists import services
from apps.watchlists.forms import NameForm, NoteForm
from apps.watchlists.models import Watchlist


@never_cache
@login_required
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Every list with its markets and notes."""
    markets = list(Market.objects.all())
    context = {
        "page": "watch",
        "lists": services.lists_with_choices(request.user, markets),
        "name_form": NameForm(),
    }
    return render(request, "watchlists/lists.html", context)


@login_required
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST)
    if not form.is_valid():
        return refused(request, form)
    try:
        services.make_watchlist(user=request.user, name=form.cleaned_data["name"])
    except services.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("watchlists")


@login_required
@require_POST
def rename(request: HttpRequest, watchlist: UUID) -> HttpResponse:
    form = NameForm(request.POST, instance=services.get_watchlist_for(request.user, watchlist))
    if not form.is_valid():
        return refused(request, form)
    form.save()
    return back_to(form.instance)


@login_required
@require_POST
def delete(request: HttpRequest, watchlist: UUID) -> HttpResponse:
    services.get_watchlist_for(request.user, watchlist).delete()
    return redirect("watchlists")


@login_required
@require_POST
def order(request: HttpRequest, watchlist: UUID) -> HttpResponse:
    """What dragging sends: the slugs in their new order; 204, for the page has moved them."""
    found = services.get_watchlist_for(request.user, watchlist)
    services.order_entries(watchlist=found, slugs=request.POST.getlist("market"))
    return HttpResponse(status=204)


@login_required
@require_POST
def add(request: HttpRequest, watchlist: UUID) -> HttpResponse:
    found = services.get_watchlist_for(request.user, watchlist)
    market = get_object_or_404(Market, slug=request.POST.get("market", "")[:32])
    try:
        services.watch_market(watchlist=found, market=market)
    except services.Refused as refusal:
        messages.error(request, str(refusal))
    return back_to(found)


@login_required
@require_POST
def move(request: HttpRequest, watchlist: UUID, market: str) -> HttpResponse:
    """One place up, or down."""
    entry = services.get_entry_for(request.user, watchlist, market)
    by = -1 if request.POST.get("way") == "up" else 1
    services.move_entry(watchlist=entry.watchlist, market=entry.market, by=by)
    return back_to(entry.watchlist)


@login_required
@require_POST
def note(request: HttpRequest, watchlist: UUID, market: str) -> HttpResponse:
    form = NoteForm(request.POST, instance=services.get_entry_for(request.user, watchlist, market))
    if not form.is_valid():
        return refused(request, form)
    form.save()
    return back_to(form.instance.watchlist)


@login_required
@require_POST
def remove(request: HttpRequest, watchlist: UUID, market: str) -> HttpResponse:
    entry = services.get_entry_for(request.user, watchlist, market)
    entry.delete()
    return back_to(entry.watchlist)


def back_to(watchlist: Watchlist) -> HttpResponse:
    """To the place of that list on the page."""
    return redirect(f"{reverse('watchlists')}#list-{watchlist.public_id}")


def refused(request: HttpRequest, form: ModelForm) -> HttpResponse:
    """Back to the page with what is wrong in one sentence."""
    for sentence in (error for errors in form.errors.values() for error in errors):
        messages.error(request, sentence)
    return redirect("watchlists")
