"""A trade as a small picture: candles around it, where it opened and closed, and its plan."""

from dataclasses import dataclass

from apps.journal.evidence import load_path
from apps.journal.plot import Candle, Scale, Tick, candles_of, padded, prices_of, times_of
from apps.journal.trades.excursions import LONGEST_MS, market_of
from apps.journal.trades.models import Trade
from apps.markets.clock import feed_now_ms

AROUND = 0.25  # of the time it stood, before and after
LEAST_MS = 1_800_000
LEVELS = ("entry", "exit", "stop", "target")
PRICED_IN = "USD"


@dataclass(frozen=True, slots=True)
class Level:
    """A price of the trade; ``kind`` is one of ``LEVELS``."""

    kind: str
    y: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the template draws."""

    candles: tuple[Candle, ...]
    width: str  # of a candle's body
    levels: tuple[Level, ...]
    opened: str
    stood: str  # how wide the time is in which it stood
    prices: tuple[Tick, ...]
    times: tuple[Tick, ...]


def sketch_of(trade: Trade) -> Sketch | None:
    """None where no prices of that venue, market and time are kept, or it stood too long."""
    end_ms = trade.closed_ms or max(feed_now_ms(), trade.opened_ms)
    market = market_of(trade)
    if market is None or end_ms - trade.opened_ms > LONGEST_MS:
        return None
    pad_ms = max(round(AROUND * (end_ms - trade.opened_ms)), LEAST_MS)
    first_ms, last_ms = trade.opened_ms - pad_ms, end_ms + pad_ms
    path = load_path(market, trade.venue, since_ms=first_ms, until_ms=last_ms)
    if len(path.end_ms) == 0:
        return None
    told = {name: float(price) for name in LEVELS if (price := getattr(trade, name)) is not None}
    low, high = min(path.low.min(), *told.values()), max(path.high.max(), *told.values())
    scale = Scale(first_ms, last_ms - first_ms, *padded(float(low), float(high), float(high)))
    return Sketch(
        candles=candles_of(path, scale),
        width=scale.body,
        levels=tuple(Level(name, scale.y(price)) for name, price in told.items()),
        opened=scale.x(trade.opened_ms),
        stood=f"{max((end_ms - trade.opened_ms) / scale.span_ms * 100, 0.3):.2f}",
        prices=prices_of(scale, PRICED_IN),
        times=times_of(scale),
    )
