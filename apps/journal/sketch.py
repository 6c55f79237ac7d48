"""A read as a picture: zones as the map had them then, and candles before and after.

No heat is drawn after the read. Places are per cent of the plot, so that a phone and a desktop
show the same SVG at their own size; what lies outside is cut off at its edge.
"""

from dataclasses import dataclass

import numpy as np

from apps.heatmaps.templatetags.amounts import in_currency, plain_price
from apps.journal.evidence import load_path
from apps.journal.models import HOUR_MS, Read
from apps.journal.outcome import Path
from apps.journal.ticks import MINUTE_MS, price_ticks, time_ticks
from apps.markets.clock import feed_now_ms

USUAL_MS = 6 * HOUR_MS
AFTER_REACHED_MS = 3 * HOUR_MS
SHORTEST_MS = HOUR_MS // 2
CANDLES = 84
LARGEST = 1e15
MARGIN = 0.06  # of the plot's height
BODY = 0.7  # of a candle's time
THIN = 0.5  # per cent: no zone and no candle is thinner


@dataclass(frozen=True, slots=True)
class Box:
    """A zone across the plot; ``strength`` 1 to 9 is its dollars against the most."""

    y: str
    height: str
    side: str
    strength: int = 0


@dataclass(frozen=True, slots=True)
class Candle:
    """Bars as one: its middle and body, its wick, and whether it closed higher."""

    x: str
    left: str
    top: str
    height: str
    y1: str
    y2: str
    is_up: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A word at an axis."""

    at: str
    word: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the template draws; ``split`` is the moment of the read."""

    heat: tuple[Box, ...]
    zone: Box
    candles: tuple[Candle, ...]
    width: str  # of a candle's body
    split: str
    prices: tuple[Tick, ...]
    times: tuple[Tick, ...]
    is_bare: bool  # no prices are kept of that time any more


def sketch_of(read: Read, currency: str) -> Sketch:
    """The drawing of a read, large."""
    since_ms, until_ms = window_of(read, feed_now_ms())
    path = load_path(read.market, read.venue, since_ms=since_ms, until_ms=until_ms)
    low, high = range_of(read, path.low, path.high)
    scale = Scale(since_ms, max(until_ms - since_ms, 1), low, high)
    per_usd = in_currency(1.0, currency)
    return Sketch(
        heat=tuple(scale.box(*zone) for zone in strengths_of(read, low, high)),
        zone=scale.box(read.side, read.low, read.high),
        candles=tuple(_candles(path, scale)),
        width=f"{scale.candle_ms * BODY / scale.span_ms * 100:.2f}",
        split=scale.x(read.at_ms),
        prices=tuple(Tick(scale.y(told / per_usd), plain_price(told / per_usd, currency))
                     for told in price_ticks(low * per_usd, high * per_usd)),
        times=tuple(Tick(scale.x(at_ms), word) for at_ms, word in time_ticks(since_ms, until_ms)),
        is_bare=len(path.end_ms) == 0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """Instants and prices as per cent of a plot."""

    first_ms: int
    span_ms: int
    low: float
    high: float

    @property
    def candle_ms(self) -> int:
        """How long a candle lasts."""
        return -(-self.span_ms // (CANDLES * MINUTE_MS)) * MINUTE_MS

    def x(self, at_ms: float) -> str:
        return f"{(at_ms - self.first_ms) / self.span_ms * 100:.2f}"

    def down(self, price: float) -> float:
        return float(np.clip((self.high - price) / (self.high - self.low), 0, 1)) * 100

    def y(self, price: float) -> str:
        return f"{self.down(price):.2f}"

    def box(self, side: str, low: float, high: float, strength: int = 0) -> Box:
        top = self.down(high)
        return Box(f"{top:.2f}", f"{max(self.down(low) - top, THIN):.2f}", side, strength)


def window_of(read: Read, now_ms: int) -> tuple[int, int]:
    """What a drawing shows: a while before the read, to a while after its zone was reached.

    One that was not reached is shown to its end, or to now.
    """
    end_ms = min(read.at_ms + read.horizon_ms, now_ms)
    if read.reached_ms:
        took_ms = read.reached_ms - read.at_ms
        end_ms = min(end_ms, read.reached_ms + max(AFTER_REACHED_MS, took_ms))
    after_ms = max(end_ms - read.at_ms, SHORTEST_MS)
    before_ms = round(float(np.clip(USUAL_MS, 0.4 * after_ms, 3 * after_ms)))
    return read.at_ms - before_ms, read.at_ms + after_ms


def range_of(read: Read, lows: np.ndarray, highs: np.ndarray) -> tuple[float, float]:
    """The prices that a drawing shows: the zone, the price then, and the path."""
    low, high = min(read.low, read.price), max(read.high, read.price)
    if len(lows):
        low, high = min(low, float(lows.min())), max(high, float(highs.max()))
    pad = MARGIN * max(high - low, read.price * 1e-4)
    return low - pad, high + pad


def strengths_of(read: Read, low: float, high: float) -> list[tuple[str, float, float, int]]:
    """Side, edges and strength of every cluster of the frozen map between two prices."""
    zones = _zones(read)
    most = max((usd for *_, usd in zones), default=1.0)
    return [
        (side, bottom, top, 1 + round(8 * (usd / most) ** 0.5))
        for side, bottom, top, usd in zones
        if bottom < high and top > low
    ]


def _candles(path: Path, scale: Scale) -> list[Candle]:
    """At most ``CANDLES`` and one more, each of as many whole minutes."""
    size_ms = scale.candle_ms
    _starts, first = np.unique((path.end_ms - 1) // size_ms, return_index=True)
    ends = [*first[1:], len(path.end_ms)] if len(first) else []
    return [_candle(path, slice(int(a), int(b)), scale) for a, b in zip(first, ends, strict=True)]


def _candle(path: Path, bars: slice, scale: Scale) -> Candle:
    opened, closed = float(path.close[max(bars.start - 1, 0)]), float(path.close[bars.stop - 1])
    begin_ms = (int(path.end_ms[bars.start]) - 1) // scale.candle_ms * scale.candle_ms
    top, bottom = scale.down(max(opened, closed)), scale.down(min(opened, closed))
    return Candle(
        x=scale.x(begin_ms + scale.candle_ms / 2),
        left=scale.x(begin_ms + scale.candle_ms * (1 - BODY) / 2),
        top=f"{top:.2f}", height=f"{max(bottom - top, THIN):.2f}",
        y1=scale.y(float(path.high[bars].max())), y2=scale.y(float(path.low[bars].min())),
        is_up=closed >= opened,
    )  # fmt: skip


def _zones(read: Read) -> list[tuple[str, float, float, float]]:
    """Side, edges and dollars of every cluster of the frozen map; none where it holds nonsense."""
    try:
        told = [
            (zone["side"], float(zone["low"]), float(zone["high"]), float(zone["usd"]))
            for zone in read.frozen.get("clusters", ())
        ]
    except (TypeError, KeyError, ValueError, AttributeError):
        return []
    return [zone for zone in told if zone[0] in Read.Side.values and 0 < zone[3] < LARGEST]
