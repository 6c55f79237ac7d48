"""The inbox: what fired, read or unread."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.alerts import rules
from apps.alerts.views.page import SignedInRequest, page_context, render_or_fragment
from apps.alerts.words import page_of
from apps.pwa.services import get_devices_for

PER_PAGE = 30


@never_cache
@login_required
@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """What fired, newest first: the whole truth, whatever became of the pushes."""
    paginator = Paginator(rules.get_firings_for(request.user), PER_PAGE)
    context = page_context(request, "inbox") | {
        "firings": paginator.get_page(request.GET.get("page")),
        "devices": get_devices_for(request.user),
        "wishes": rules.get_settings_for(request.user),
    }
    return render_or_fragment(request, "alerts/inbox.html", "firings", context)


@never_cache
@login_required
@require_safe
def badge(request: SignedInRequest) -> HttpResponse:
    """The number of unread firings, for the bar."""
    return render(request, "alerts/_badge.html", {"unread": rules.unread_count(request.user)})


@never_cache
@login_required
@require_safe
def firing_open(request: SignedInRequest, firing: UUID) -> HttpResponse:
    """To the map at that moment and level; from now on it has been read."""
    found = rules.get_firing_for(request.user, firing)
    rules.mark_read(request.user, rules.get_firings_for(request.user).filter(pk=found.pk))
    return redirect(page_of(found))


@login_required
@require_POST
def all_read(request: SignedInRequest) -> HttpResponse:
    """Everything in the inbox has been read."""
    rules.mark_read(request.user)
    return redirect("alerts")
