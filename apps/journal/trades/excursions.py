"""How far a trade went for and against its owner, from the bars of its venue that are kept here."""

from dataclasses import dataclass

from apps.journal.evidence import load_path
from apps.journal.outcome import unbroken
from apps.journal.trades.models import Trade
from apps.journal.trades.rates import DOLLARS
from apps.markets.clock import feed_now_ms
from apps.markets.models import Market

LONGEST_MS = 14 * 86_400_000  # whose bars are read in a tenth of a second


@dataclass(frozen=True, slots=True)
class Excursion:
    """Shares of the entry, from the first whole bar of the trade to its last; never negative."""

    mae: float
    mfe: float
    by_mark: bool


def market_of(trade: Trade) -> str | None:
    """The market here that a trade was made on; None where its prices are not in dollars."""
    if trade.quote not in DOLLARS:
        return None
    return Market.objects.filter(base=trade.base).values_list("slug", flat=True).first()


def excursion_of(trade: Trade) -> Excursion | None:
    """None where a bar is missing, or nothing is kept of that venue and market."""
    until_ms = trade.closed_ms or feed_now_ms()
    market = market_of(trade)
    if market is None or until_ms - trade.opened_ms > LONGEST_MS:
        return None
    path = load_path(market, trade.venue, since_ms=trade.opened_ms, until_ms=until_ms)
    bars, is_gapped = unbroken(path, trade.opened_ms)
    if len(bars.end_ms) == 0 or is_gapped or until_ms - bars.end_ms[-1] >= bars.span_ms[-1]:
        return None
    entry = float(trade.entry)
    down = max(0.0, 1 - float(bars.low.min()) / entry)
    up = max(0.0, float(bars.high.max()) / entry - 1)
    is_long = trade.side == Trade.Side.LONG
    return Excursion(down if is_long else up, up if is_long else down, bool(bars.is_mark.all()))
