"""What a person changes about a read of theirs: its note, its outcome, or that it is there."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.heatmaps.pages import currency_context
from apps.journal import services
from apps.journal.forms import ExpectationForm, NoteForm
from apps.journal.resolving import resolve_reads
from apps.journal.saying import SayForm
from apps.journal.views import SignedInRequest
from apps.markets.clock import feed_now_ms


@login_required
@require_POST
def read_note(request: SignedInRequest, read: UUID) -> HttpResponse:
    """Another note."""
    found = services.get_read_for(request.user, read)
    form = NoteForm(request.POST)
    if form.is_valid():
        services.rewrite_note(found, note=form.cleaned_data["note"])
    else:
        messages.error(request, _("That note is too long."))
    return redirect("read", read)


@login_required
@require_POST
def read_amend(request: SignedInRequest, read: UUID) -> HttpResponse:
    """Another kind, time or plan, while the read is new."""
    mine = services.get_reads_for(request.user).filter(public=read)
    resolve_reads(mine)  # what has come by now, nobody can expect any more
    found = services.get_read_for(request.user, read)
    form = ExpectationForm(request.POST, initial={}, currency=currency_context(request)["first"])
    if not form.is_valid():
        told = next(iter(form.errors.values()))[0]
        messages.error(request, told)
        return redirect("read", read)
    try:
        services.amend(found, now_ms=feed_now_ms(), expected=form.expected)
    except services.Refused as error:
        messages.error(request, str(error))
    return redirect("read", read)


@login_required
@require_POST
def read_say(request: SignedInRequest, read: UUID) -> HttpResponse:
    """The person's word on what happened, or an end to it."""
    found = services.get_read_for(request.user, read)
    form = SayForm(request.POST, currency=currency_context(request)["first"])
    if form.is_valid():
        services.say_outcome(found, **form.said)
    else:
        messages.error(request, _("That cannot be an outcome."))
    return redirect("read", read)


@login_required
@require_POST
def read_delete(request: SignedInRequest, read: UUID) -> HttpResponse:
    """Remove a read for good."""
    services.get_read_for(request.user, read).delete()
    messages.success(request, _("The read is gone."))
    return redirect("journal")
