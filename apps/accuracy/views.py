"""The scoreboard's pages: the board, how it is made, and its rows as files. Open to everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accuracy import sheets
from apps.accuracy.board import Board, get_board, get_sheet
from apps.accuracy.interval_rows import chart_of_standings, chart_of_tallies
from apps.accuracy.models import ScoredHour, ZoneTrial
from apps.accuracy.periods import LEAST_DAYS, LEAST_HOURS
from apps.accuracy.tallies import DAYS, WITHIN_MS
from apps.heatmaps.pages import bad_address, currency_context, rationed
from apps.heatmaps.rations import Ration
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.markets.clock import current_feed, wall_now_ms
from apps.markets.models import Market
from apps.markets.source import source_of
from apps.markets.tables import attachment

FIRST_WITHIN = next(iter(WITHIN_MS))
LAST_MS = 1 << 47  # in the year 6429
ROWS = {
    "hours": (ScoredHour, "start_ms", sheets.hour_rows),
    "zones": (ZoneTrial, "at_ms", sheets.zone_rows),
}
FILES = Ration("scores", most=12, for_s=60)  # each costs half a second


@never_cache
@require_safe
def accuracy(request: HttpRequest) -> HttpResponse:
    """How often bright zones were reached, and how well dollars were foretold."""
    within = request.GET.get("within", FIRST_WITHIN)
    if within not in WITHIN_MS:
        return bad_address(
            request, ValueError(_("within must be one of %s.") % ", ".join(WITHIN_MS))
        )
    wanted = _market_asked_for(request)
    feed, wall_ms = current_feed(), wall_now_ms()
    context = currency_context(request) | {
        "page": "accuracy",
        "market": wanted or Market.objects.first(),
        "markets": Market.objects.all(),
        "within": within,
        "withins": list(WITHIN_MS),
        "days": DAYS,
        "least_hours": LEAST_HOURS,
        "least_days": LEAST_DAYS,
        "most_rows": sheets.MOST_ROWS,
    }
    if feed is None or context["market"] is None:
        return render(request, "accuracy/accuracy.html", context)
    now_ms = feed.now_ms(wall_ms)
    board = get_board(feed, now_ms=now_ms, within=within)
    chosen = wanted or _told_best(board) or context["market"]
    context |= {
        "board": board,
        "market": chosen,
        "sheet": get_sheet(feed, chosen, now_ms=now_ms),
        "reading": get_reading(chosen, DEFAULT_SPEC),
        "reached": chart_of_tallies([board.reached, *board.by_market, *board.by_distance]),
        "scores": chart_of_standings(board.standings, board.measured),
    }
    return render(request, "accuracy/accuracy.html", context)


@never_cache
@require_safe
@rationed(FILES)
def rows_file(request: HttpRequest, kind: str, ending: str) -> HttpResponse:
    """The newest hours or zones, or those before ``?before=`` (epoch ms), as CSV or JSON."""
    model, instant, rows_of = ROWS[kind]
    try:
        before_ms = _before_ms(request)
    except ValueError as error:
        return bad_address(request, error)
    found = model.objects.filter(**_chosen(request), **{f"{instant}__lt": before_ms})
    return attachment(sheets.written(rows_of(found), ending), f"embermap-{kind}.{ending}")


def _chosen(request: HttpRequest) -> dict[str, str]:
    """One market of the source that is shown now."""
    market, feed = _market_asked_for(request) or Market.objects.first(), current_feed()
    return {"market": market.slug if market else "", "source": source_of(feed) if feed else ""}


def _before_ms(request: HttpRequest) -> int:
    """The end of the rows asked for; a ``ValueError`` says what is wrong with it."""
    before = request.GET.get("before", str(LAST_MS))
    if not (before.isascii() and before.isdigit() and int(before[:16]) <= LAST_MS):
        raise ValueError(_("before must be an instant in milliseconds since 1970."))
    return int(before[:16])


def _market_asked_for(request: HttpRequest) -> Market | None:
    """The market that ``?market=`` names; 404 for one that there is not."""
    slug = request.GET.get("market", "")
    found = next((market for market in Market.objects.all() if market.slug == slug), None)
    if slug and found is None:
        raise Http404
    return found


def _told_best(board: Board) -> Market | None:
    """The first market of which something can be told."""
    told = (standing.market for standing in board.standings if standing.verdicts)
    return next(told, None)
