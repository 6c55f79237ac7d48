"""Files of trades out of the journal; the import takes them back."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.heatmaps.pages import rationed
from apps.journal.trades.rows import TRADES, row_of
from apps.journal.trades.services import get_trades_for
from apps.journal.transfer_views import FILES
from apps.journal.views import SignedInRequest
from apps.markets.tables import attachment


@never_cache
@login_required
@require_safe
@rationed(FILES)
def trades_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """All trades of the reader, as CSV, JSON or Parquet."""
    trades = get_trades_for(request.user).select_related("read")
    return attachment(TRADES.written(map(row_of, trades), ending), f"embermap-trades.{ending}")
