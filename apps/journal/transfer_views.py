"""Files out of the journal, as far as filters choose, and back into it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.zones import reader_zone
from apps.heatmaps.pages import rationed
from apps.heatmaps.rations import Ration
from apps.journal import sheets
from apps.journal.filters import Filters
from apps.journal.forms import ImportForm
from apps.journal.importing import import_reads
from apps.journal.services import get_reads_for
from apps.journal.views import SignedInRequest
from apps.markets.models import Market
from apps.markets.tables import MOST_BYTES, BadFile, attachment

FILES = Ration("journals", most=12, for_s=60)  # ten thousand reads cost some seconds


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: SignedInRequest) -> HttpResponse:
    """Take the journal along, or bring one."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            came = import_reads(user=request.user, data=upload.read(MOST_BYTES + 1))
        except BadFile as error:
            form.add_error("file", str(error))
        else:
            told = ngettext("%d read came.", "%d reads came.", came.added) % came.added
            here = ngettext("%d was here.", "%d were here.", came.known) % came.known
            messages.success(request, f"{told} {here}" if came.known else told)
            return redirect("journal")
    filters = Filters.of(request.GET)
    chosen = filters.applied_to(get_reads_for(request.user), reader_zone())
    context = {
        "filters": filters,
        "page": "journal",
        "market": Market.objects.first(),
        "form": form,
        "count": chosen.count(),
    }
    return render(request, "journal/files.html", context)


@never_cache
@login_required
@require_safe
@rationed(FILES)
def reads_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The reads that the address chooses, as CSV, JSON or Parquet."""
    chosen = Filters.of(request.GET).applied_to(get_reads_for(request.user), reader_zone())
    return attachment(sheets.written(chosen, ending), f"embermap-reads.{ending}")
