"""Files of trades out of the journal; the import takes them back."""

from collections.abc import Callable, Iterable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.journal.trades.rows import TRADES, row_of
from apps.journal.trades.services import get_trades_for
from apps.journal.views import SignedInRequest
from apps.markets.tables import Row


@never_cache
@login_required
@require_safe
def csv_file(request: SignedInRequest) -> HttpResponse:
    """For spreadsheets; no cell of it is a formula."""
    return _file(request, TRADES.as_csv, "text/csv; charset=utf-8", "csv")


@never_cache
@login_required
@require_safe
def json_file(request: SignedInRequest) -> HttpResponse:
    """For programs."""
    return _file(request, TRADES.as_json, "application/json", "json")


@never_cache
@login_required
@require_safe
def parquet_file(request: SignedInRequest) -> HttpResponse:
    """For data frames."""
    return _file(request, TRADES.as_parquet, "application/vnd.apache.parquet", "parquet")


def _file(
    request: SignedInRequest, write: Callable[[Iterable[Row]], bytes], kind: str, ending: str
) -> HttpResponse:
    trades = get_trades_for(request.user).select_related("read")
    headers = {"Content-Disposition": f'attachment; filename="embermap-trades.{ending}"'}
    return HttpResponse(write(map(row_of, trades)), content_type=kind, headers=headers)
