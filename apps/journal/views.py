"""The journal's pages: the list, one read beside it, a new one, and patterns."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import User
from apps.heatmaps.pages import currency_context
from apps.heatmaps.readings import Reading
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.journal import services
from apps.journal.course import course_of
from apps.journal.filters import FAR, FEEDS, Filters
from apps.journal.forms import ExpectationForm, NoteForm, ReadForm
from apps.journal.models import Read
from apps.journal.patterns import MILESTONE, distance_names, patterns_of
from apps.journal.prefill import asked_in
from apps.journal.saved import get_filters_for
from apps.journal.saying import SayForm
from apps.journal.sketch import sketch_of
from apps.journal.tallies import overall_of, results_of
from apps.journal.thumbs import thumbs_of
from apps.markets.clock import feed_now_ms
from apps.markets.models import Market

PER_PAGE = 50


class SignedInRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


@never_cache
@login_required
@require_safe
def journal(request: SignedInRequest) -> HttpResponse:
    """All reads, newest first; on a wide screen the newest one lies open beside them."""
    return _show(request, chosen=None)


@never_cache
@login_required
@require_safe
def read_page(request: SignedInRequest, read: UUID) -> HttpResponse:
    """One read: the map as it was, and what happened."""
    return _show(request, chosen=services.get_read_for(request.user, read))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def read_new(request: SignedInRequest) -> HttpResponse:
    """A new read; ``?market=btc&side=long&low=…&high=…`` (US dollars) fills in a cluster."""
    currency = currency_context(request)["first"]
    asked = asked_in(request.GET, currency, request.user)
    posted = request.POST if request.method == "POST" else None
    form = ReadForm(posted, initial=asked, currency=currency)
    if posted is not None and form.is_valid():
        try:
            public = form.cleaned_data["public"]
            read = services.log_read(user=request.user, wish=form.wish, public=public)
        except services.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept. The market fills in the rest."))
            return redirect("read", read.public)
    asked_for = form.markets.get(str(form["market"].value()))
    market = asked_for or next(iter(form.markets.values()), None)
    reading = get_reading(market, DEFAULT_SPEC)
    typed = posted.get("cur") if posted else ""
    context = _context(request, reading) | {"form": form, "market": market}
    context["typed_in"] = typed if typed in dict(form.fields["cur"].choices) else currency
    return render(request, "journal/new.html", context)


@never_cache
@login_required
@require_safe
def read_outcome(request: SignedInRequest, read: UUID) -> HttpResponse:
    """What is known of a read by now, for the page that shows it."""
    found = services.get_read_for(request.user, read)
    context = _context(request, None) | {"read": found, "readings": _readings([found])}
    return render(request, "journal/_outcome.html", context)


@never_cache
@login_required
@require_safe
def patterns(request: SignedInRequest) -> HttpResponse:
    """Which reads work, beside chance."""
    reads = results_of(services.get_reads_for(request.user))
    zone = timezone.get_current_timezone()
    told = {"patterns": patterns_of(reads, zone), "course": course_of(reads)}
    context = _context(request, None) | _figures(request.user) | told
    return render(request, "journal/patterns.html", context)


def _show(request: SignedInRequest, *, chosen: Read | None) -> HttpResponse:
    mine = services.get_reads_for(request.user)
    filters = Filters.of(request.GET)
    found = filters.applied_to(mine, timezone.get_current_timezone())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = _context(request, None) | {
        "reads": page,
        "thumbs": thumbs_of(list(page)),
        "readings": _readings(page),
        "filters": filters,
        "chosen": chosen or next(iter(page), None),
        "is_detail": chosen is not None,
    }
    if request.htmx:
        return render(request, "journal/journal.html#reads", context)
    context |= _figures(request.user) | _choices(request.user) | _beside(context)
    return render(request, "journal/journal.html", context)


def _beside(context: dict[str, Any]) -> dict[str, Any]:
    """What the read that lies open needs."""
    read, currency = context["chosen"], context["first"]
    if read is None:
        return {}
    return {
        "sketch": sketch_of(read, currency),
        "note_form": NoteForm(initial={"note": read.note}),
        "say_form": SayForm.about(read, currency),
        "amend_form": ExpectationForm.about(read, currency),
        "minutes_left": services.minutes_to_amend(read, now_ms=feed_now_ms()),
    }


def _choices(user: User) -> dict[str, Any]:
    """What the form of filters offers."""
    mine = services.get_reads_for(user).order_by("market")
    return {
        "markets": mine.values_list("market", "base").distinct(),
        "kinds": Read.Kind.choices,
        "sides": Read.Side.choices,
        "distances": tuple(zip(FAR, distance_names(), strict=True)),
        "feeds": FEEDS,
        "saved": get_filters_for(user),
    }


def _figures(user: User) -> dict[str, Any]:
    count, overall, mean_r = overall_of(services.get_reads_for(user))
    return {
        "count": count,
        "to_go": max(MILESTONE - overall.count, 0),
        "known": overall.count,
        "milestone": MILESTONE,
        "overall": overall,
        "mean_r": mean_r,
    }


def _readings(reads: Iterable[Read]) -> dict[str, Reading]:
    """What the maps say now, of every market of which a read is open."""
    slugs = {read.market for read in reads if read.outcome == Read.State.OPEN}
    told = {m.slug: get_reading(m, DEFAULT_SPEC) for m in Market.objects.filter(slug__in=slugs)}
    return {slug: reading for slug, reading in told.items() if reading}


def _context(request: SignedInRequest, reading: Reading | None) -> dict[str, Any]:
    return currency_context(request) | {
        "page": "journal",
        "market": Market.objects.first(),
        "reading": reading,
    }
