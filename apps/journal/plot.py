"""What small drawings of prices are made of: a scale, candles, and words at the axes.

Places are per cent of the plot, so that a phone and a desktop show the same SVG at their own size;
what lies outside is cut off at its edge.
"""

from dataclasses import dataclass

import numpy as np

from apps.heatmaps.templatetags.amounts import in_currency, plain_price
from apps.journal.outcome import Path
from apps.journal.ticks import MINUTE_MS, price_ticks, time_ticks

CANDLES = 84
BODY = 0.7  # of a candle's time
THIN = 0.5  # per cent: no zone and no candle is thinner
MARGIN = 0.06  # of the plot's height


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

    @property
    def body(self) -> str:
        """How wide a candle's body is."""
        return f"{self.candle_ms * BODY / self.span_ms * 100:.2f}"

    def x(self, at_ms: float) -> str:
        return f"{(at_ms - self.first_ms) / self.span_ms * 100:.2f}"

    def down(self, price: float) -> float:
        return float(np.clip((self.high - price) / (self.high - self.low), 0, 1)) * 100

    def y(self, price: float) -> str:
        return f"{self.down(price):.2f}"

    def box(self, side: str, low: float, high: float, strength: int = 0) -> Box:
        top = self.down(high)
        return Box(f"{top:.2f}", f"{max(self.down(low) - top, THIN):.2f}", side, strength)


def padded(low: float, high: float, price: float, margin: float = MARGIN) -> tuple[float, float]:
    """A range of prices with a margin, never empty."""
    pad = margin * max(high - low, price * 1e-4)
    return low - pad, high + pad


def prices_of(scale: Scale, currency: str) -> tuple[Tick, ...]:
    """Round prices in a currency; the scale is in US dollars."""
    per_usd = in_currency(1.0, currency)
    told = price_ticks(scale.low * per_usd, scale.high * per_usd)
    return tuple(Tick(scale.y(one / per_usd), plain_price(one / per_usd, currency)) for one in told)


def times_of(scale: Scale) -> tuple[Tick, ...]:
    """Round instants on the reader's clock."""
    told = time_ticks(scale.first_ms, scale.first_ms + scale.span_ms)
    return tuple(Tick(scale.x(at_ms), word) for at_ms, word in told)


def candles_of(path: Path, scale: Scale) -> tuple[Candle, ...]:
    """At most ``CANDLES`` and one more, each of as many whole minutes."""
    size_ms = scale.candle_ms
    _starts, first = np.unique((path.end_ms - 1) // size_ms, return_index=True)
    ends = [*first[1:], len(path.end_ms)] if len(first) else []
    return tuple(
        _candle(path, slice(int(a), int(b)), scale) for a, b in zip(first, ends, strict=True)
    )


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
