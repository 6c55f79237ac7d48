"""Realised liquidations one by one, for the dots on the map."""

from dataclasses import dataclass
from operator import attrgetter

from apps.markets.models import Liquidation, Market


@dataclass(frozen=True, slots=True)
class Print:
    """A position that was force-closed; ``side`` is the position that died."""

    ts_ms: int
    venue: str
    side: str  # "long" or "short"
    price_usd: float
    usd: float
    completeness: str  # "full", "sampled" or "delayed": of the feed that told it


def load_prints(market: Market, from_ms: int, to_ms: int, at_most: int = 500) -> tuple[Print, ...]:
    """The largest liquidations in ``(from_ms, to_ms]``, rising in time.

    Where a venue told no price, it is what the USD and the size say; one without either is left
    out.
    """
    rows = (
        Liquidation.objects.filter(
            instrument__market=market, ts_ms__gt=from_ms, ts_ms__lte=to_ms, usd__gt=0
        )
        .order_by("-usd")
        .values_list(
            "ts_ms", "instrument__venue", "side", "price", "usd", "completeness", "size_base"
        )[:at_most]
    )
    prints = (
        Print(ts_ms, venue, side, price or usd / size, usd, completeness)
        for ts_ms, venue, side, price, usd, completeness, size in rows
    )
    return tuple(sorted(prints, key=attrgetter("ts_ms")))
