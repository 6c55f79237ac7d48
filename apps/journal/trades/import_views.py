"""Bringing a file: upload, look at what it would do, take it in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.heatmaps.pages import currency_context
from apps.journal.trades import importing
from apps.journal.trades.delimited import MOST_BYTES, sheet_in
from apps.journal.trades.forms import UploadForm
from apps.journal.trades.models import Draft, Fill
from apps.journal.trades.presets import BY_NAME, PRESETS
from apps.journal.trades.services import (
    get_draft_for,
    get_intake_for,
    get_intakes_for,
    get_trades_for,
)
from apps.journal.trades.told import fills_in
from apps.journal.trades.wishes import as_wishes, remember, wishes_for
from apps.journal.trades.wishes_form import WishesForm
from apps.journal.views import SignedInRequest
from apps.markets.models import Market
from apps.markets.tables import BadFile

MOST_OWN_BYTES = 40_000_000
SHOWN = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest) -> HttpResponse:
    """Choose a file. One of our own is taken in at once, a venue's is looked at first."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return _take(request, file.name, file.read(MOST_OWN_BYTES + 1))
        except BadFile as error:
            form.add_error("file", str(error))
    used = Fill.objects.filter(user=request.user).order_by("venue")
    context = _context(request) | {
        "form": form, "presets": PRESETS, "count": get_trades_for(request.user).count(),
        "intakes": get_intakes_for(request.user).annotate(count=Count("fills"))[:SHOWN],
        "filled_from": used.values_list("venue", flat=True).distinct(),
    }  # fmt: skip
    return render(request, "journal/trades/import.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: SignedInRequest, draft: UUID) -> HttpResponse:
    """What a file would do, and how it is read; nothing of it has happened."""
    found = get_draft_for(request.user, draft)
    sheet = sheet_in(bytes(found.data))
    stored = wishes_for(found, sheet)
    form = WishesForm(request.POST or None, sheet=sheet, stored=stored)
    if request.method == "POST" and form.is_valid():
        Draft.objects.filter(pk=found.pk).update(
            wishes=form.stored
        )  # none where it was just taken in
        return redirect("trade-draft", draft)
    wishes = as_wishes(stored, sheet)
    run = importing.dry_run(user=request.user, told=fills_in(sheet, wishes)) if wishes else None
    context = _context(request) | {
        "draft": found, "form": form, "run": run, "sheet": sheet,
        "preset": BY_NAME.get(stored["preset"]), "shown": SHOWN, "zone_is_missing":
        not stored["zone"],
    }  # fmt: skip
    return render(request, "journal/trades/draft.html", context)


@login_required
@require_POST
def confirm(request: SignedInRequest, draft: UUID) -> HttpResponse:
    """Take the file in as it was shown."""
    found = get_draft_for(request.user, draft)
    sheet = sheet_in(bytes(found.data))
    stored = wishes_for(found, sheet)
    wishes = as_wishes(stored, sheet)
    if wishes is None:
        return redirect("trade-draft", draft)
    try:
        done = importing.take_in(draft=found, told=fills_in(sheet, wishes))
    except BadFile as error:
        messages.error(request, str(error))
        return redirect("trade-draft", draft)
    if done is None:
        return redirect("trades")
    remember(request.user, sheet, stored)
    count = len(done.fresh)
    told = ngettext("%d execution came.", "%d executions came.", count) % count
    trades = len(done.change.made)
    new = ngettext("%d new trade.", "%d new trades.", trades) % trades
    messages.success(request, f"{told} {new}")
    return redirect("trades")


@login_required
@require_POST
def undo(request: SignedInRequest, intake: UUID) -> HttpResponse:
    """Remove what one file brought."""
    gone = importing.undo(get_intake_for(request.user, intake))
    told = ngettext("%d execution is gone.", "%d executions are gone.", gone) % gone
    messages.success(request, told)
    return redirect("trades-import")


@login_required
@require_POST
def forget(request: SignedInRequest) -> HttpResponse:
    """Remove all that came from one venue's files."""
    venue = request.POST.get("venue", "")[:32].replace("\x00", "")
    gone = importing.forget_fills(user=request.user, venue=venue)
    messages.success(request, ngettext("%d trade is gone.", "%d trades are gone.", gone) % gone)
    return redirect("trades-import")


def _take(request: SignedInRequest, name: str, data: bytes) -> HttpResponse:
    if importing.is_own(data):
        if len(data) > MOST_OWN_BYTES:
            raise BadFile(_("The file is too large."))
        came = importing.import_trades(user=request.user, data=data)
        told = ngettext("%d trade came.", "%d trades came.", came.added) % came.added
        here = ngettext("%d was here.", "%d were here.", came.known) % came.known
        messages.success(request, f"{told} {here}" if came.known else told)
        return redirect("trades")
    sheet_in(data[: MOST_BYTES + 1])
    kept = importing.keep_draft(user=request.user, name=name or "", data=data)
    return redirect("trade-draft", kept.public)


def _context(request: SignedInRequest) -> dict[str, object]:
    return currency_context(request) | {"page": "journal", "market": Market.objects.first()}
