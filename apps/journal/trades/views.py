"""The pages of trades: the list, one trade beside it, a new one, figures and a calendar."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.zones import reader_zone
from apps.heatmaps.pages import currency_context
from apps.journal.trades import services
from apps.journal.trades.breakdowns import breakdowns_of, weeks_of
from apps.journal.trades.closed import Closed, closed_of, mean_held_ms, results_in, totals
from apps.journal.trades.curve import curve_of
from apps.journal.trades.excursions import excursion_of
from apps.journal.trades.filters import Filters
from apps.journal.trades.forms import TradeForm
from apps.journal.trades.models import Trade
from apps.journal.trades.months import month_of, neighbours
from apps.journal.trades.prefill import first_values, read_asked_for, read_choices, values_of
from apps.journal.trades.sketch import sketch_of
from apps.journal.trades.statistics import figures_of
from apps.journal.views import SignedInRequest
from apps.markets.clock import feed_now_ms
from apps.markets.models import Market

PER_PAGE = 50


@never_cache
@login_required
@require_safe
def trade_list(request: SignedInRequest) -> HttpResponse:
    """All trades, newest first; on a wide screen the newest one lies open beside them."""
    return _show(request, chosen=None)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trade_page(request: SignedInRequest, trade: UUID) -> HttpResponse:
    """One trade; what was written on it can be written anew."""
    found = services.get_trade_for(request.user, trade)
    if request.method != "POST":
        return _show(request, chosen=found)
    form = _form_of(found, request.POST)
    if not form.is_valid():
        return _show(request, chosen=found, form=form)
    read = services.own_read(request.user, form.cleaned_data["read"])
    services.change_trade(found, told=form.told | {"read": read})
    messages.success(request, _("Kept."))
    return redirect("trade", trade)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def trade_new(request: SignedInRequest) -> HttpResponse:
    """A new trade; ``?read=…`` begins with what that read planned."""
    read = read_asked_for(request.user, request.GET.get("read") or request.POST.get("read", ""))
    posted = request.POST if request.method == "POST" else None
    form = TradeForm(posted, initial=first_values(request.user, read))
    if posted is not None and form.is_valid():
        try:
            trade = services.log_trade(user=request.user, told=form.told | {"read": read},
                                       public=form.cleaned_data["public"])  # fmt: skip
        except services.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept."))
            return redirect("trade", trade.public)
    context = _context(request) | {"form": form, "read": read} | _offers(request)
    return render(request, "journal/trades/new.html", context)


@login_required
@require_POST
def trade_delete(request: SignedInRequest, trade: UUID) -> HttpResponse:
    """Remove a trade that was typed, or let an imported one count no more."""
    found = services.get_trade_for(request.user, trade)
    if found.is_imported:
        services.leave_out(found, is_left_out=not found.is_left_out)
        messages.success(request, _("It counts again.") if found.is_left_out
                         else _("It counts no more."))  # fmt: skip
        return redirect("trade", trade)
    found.delete()
    messages.success(request, _("The trade is gone."))
    return redirect("trades")


@never_cache
@login_required
@require_safe
def trade_statistics(request: SignedInRequest) -> HttpResponse:
    """The figures of the trades that fit, and which of them work."""
    filters, closed = _closed(request)
    results = results_in(filters.unit, closed)
    context = _context(request) | _figures(filters, closed) | _offers(request) | {
        "curve": curve_of(results),
        "breakdowns": breakdowns_of(closed, filters.unit, reader_zone()),
        "totals": totals(closed),
        "mean_held_ms": mean_held_ms(closed),
    }  # fmt: skip
    return render(request, "journal/trades/statistics.html", context)


@never_cache
@login_required
@require_safe
def trade_calendar(request: SignedInRequest) -> HttpResponse:
    """What closed on each day of a month."""
    filters, closed = _closed(request)
    zone = reader_zone()
    newest_ms = closed[-1].closed_ms if closed else feed_now_ms()
    newest = datetime.fromtimestamp(newest_ms / 1000, zone).date()
    month = month_of(request.GET.get("month", ""), newest)
    weeks = weeks_of(closed, filters.unit, month, zone)
    days = [day for week in weeks for day in week if day.is_inside and day.result is not None]
    context = _context(request) | {
        "filters": filters, "weeks": weeks, "month": month, "neighbours": neighbours(month),
        "figures": figures_of([day.result for day in days]),
        "count": sum(day.count for day in days),
    }  # fmt: skip
    return render(request, "journal/trades/calendar.html", context)


def _show(
    request: SignedInRequest, *, chosen: Trade | None, form: TradeForm | None = None
) -> HttpResponse:
    filters = Filters.of(request.GET)
    mine = services.get_trades_for(request.user)
    fitting = filters.applied_to(mine)
    page = Paginator(fitting.select_related("read"), PER_PAGE).get_page(request.GET.get("page"))
    beside = chosen or next(iter(page), None)
    context = _context(request) | _figures(filters, closed_of(fitting)) | _offers(request) | {
        "trades": page,
        "has_any": bool(page) or mine.exists(),
        "chosen": beside,
        "is_detail": chosen is not None,
        "form": form or (_form_of(beside) if beside else None),
        "excursion": excursion_of(beside) if beside else None,
        "sketch": sketch_of(beside) if beside else None,
    }  # fmt: skip
    return render(request, "journal/trades/trades.html", context)


def _form_of(trade: Trade, posted: Any = None) -> TradeForm:
    return TradeForm(posted, initial=values_of(trade), trade=trade, reads=read_choices(trade))


def _closed(request: SignedInRequest) -> tuple[Filters, list[Closed]]:
    filters = Filters.of(request.GET)
    return filters, closed_of(filters.applied_to(services.get_trades_for(request.user)))


def _figures(filters: Filters, closed: list[Closed]) -> dict[str, Any]:
    results = results_in(filters.unit, closed)
    return {
        "filters": filters,
        "figures": figures_of(results),
        "in_r": figures_of(results_in("r", closed)),
        "count": len(closed),
        "unknown": len(closed) - len(results),
    }


def _offers(request: SignedInRequest) -> dict[str, Any]:
    """What the filters and the form offer: what this person has used."""
    used = services.get_trades_for(request.user).order_by()
    bases = set(used.values_list("base", flat=True).distinct())
    venues = set(used.values_list("venue", flat=True).distinct()) - {""}
    return {"bases": sorted(bases), "venues": sorted(venues)}


def _context(request: SignedInRequest) -> dict[str, Any]:
    market = Market.objects.first()
    return currency_context(request) | {"page": "journal", "market": market}
