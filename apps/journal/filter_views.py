"""Filters get a name, and lose it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.journal.forms import FilterForm
from apps.journal.saved import get_filter_for, save_filter
from apps.journal.services import Refused
from apps.journal.views import SignedInRequest


@login_required
@require_POST
def filter_save(request: SignedInRequest) -> HttpResponse:
    """Keep the filters of the list under a name."""
    form = FilterForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A filter needs a short name."))
        return redirect("journal")
    told = form.cleaned_data
    try:
        kept = save_filter(user=request.user, name=told["name"], query=told["query"])
    except Refused as error:
        messages.error(request, str(error))
        return redirect("journal")
    return redirect(f"{reverse('journal')}?{kept.query}")


@login_required
@require_POST
def filter_delete(request: SignedInRequest, kept: UUID) -> HttpResponse:
    """Forget a name; the reads stay."""
    found = get_filter_for(request.user, kept)
    found.delete()
    return redirect(f"{reverse('journal')}?{found.query}")
