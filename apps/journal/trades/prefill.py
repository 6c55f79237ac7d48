"""What a new trade begins with: the last one's market, venue, currency and leverage, or a read."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.journal.models import HOUR_MS, Read
from apps.journal.templatetags.reads import moment
from apps.journal.trades.decimals import exact, written
from apps.journal.trades.models import Trade
from apps.journal.trades.services import get_trades_for, known_rate, own_read
from apps.markets.models import Market

WEEK_MS, MOST_READS = 168 * HOUR_MS, 30
FIRST_VENUE, FIRST_QUOTE = "binance", "USDT"


def read_asked_for(user: User, told: str) -> Read | None:
    """The person's own read of that name; None for anything else."""
    try:
        return own_read(user, UUID(told))
    except ValueError:
        return None


def first_values(user: User, read: Read | None) -> dict[str, Any]:
    """First values of the form. A read's plan is in dollars, which a tether is taken for."""
    last = get_trades_for(user).order_by("-pk").values("base", "quote", "venue", "leverage").first()
    told = last or {"base": _first_base(), "quote": FIRST_QUOTE, "venue": FIRST_VENUE}
    if told.get("leverage"):
        told["leverage"] = written(told["leverage"])
    return told | _planned(read) if read else told


def values_of(trade: Trade) -> dict[str, Any]:
    """A trade as its form shows it; a rate only where its owner said another than is known."""
    same = ("base", "quote", "venue", "side", "setup", "tags", "note", "public")
    numbers = ("entry", "exit", "size", "stop", "target", "leverage", "fees", "funding")
    told = {name: getattr(trade, name) for name in same}
    told |= {
        name: written(getattr(trade, name)) for name in numbers if getattr(trade, name) is not None
    }
    if trade.usd_rate is not None and trade.usd_rate != known_rate(trade):
        told["usd_rate"] = written(trade.usd_rate)
    return told | {
        "opened": _local(trade.opened_ms),
        "closed": _local(trade.closed_ms) if trade.closed_ms is not None else None,
        "read": trade.read.public if trade.read else None,
    }


def read_choices(trade: Trade) -> list[tuple[str, str]]:
    """The reads of its market in the week before a trade, newest first, and the one it has."""
    since_ms = trade.opened_ms - WEEK_MS
    near = Q(base=trade.base, at_ms__gt=since_ms, at_ms__lte=trade.opened_ms + HOUR_MS)
    reads = Read.objects.filter(near | Q(pk=trade.read_id), user_id=trade.user_id)
    return [(str(read.public), f"{moment(read.at_ms)} · {read.get_kind_display()}")
            for read in reads.defer("frozen")[:MOST_READS]]  # fmt: skip


def _planned(read: Read) -> dict[str, Any]:
    prices = {name: getattr(read, name) for name in ("entry", "stop", "target")}
    told = {name: _digits(value) for name, value in prices.items() if value is not None}
    told |= {"base": read.base, "read": read.public, "opened": _local(read.at_ms)}
    if read.entry and read.size_usd:
        told["size"] = _digits(read.size_usd / read.entry)
    side = _side(read)
    return told | ({"side": side} if side else {})


def _side(read: Read) -> str:
    """Away from the stop, or towards the target; empty where the read plans neither."""
    if read.entry is None or (read.stop is None and read.target is None):
        return ""
    is_long = read.stop < read.entry if read.stop is not None else read.target > read.entry
    return Trade.Side.LONG if is_long else Trade.Side.SHORT


def _digits(number: float) -> str:
    return written(exact(f"{number:.10g}"))


def _local(epoch_ms: int) -> datetime:
    return timezone.localtime(datetime.fromtimestamp(epoch_ms / 1000, UTC))


def _first_base() -> str:
    return Market.objects.values_list("base", flat=True).first() or ""
