"""A trade as a small picture: the price around it, where it opened and closed, and its plan."""

from dataclasses import dataclass

import numpy as np

from apps.journal.evidence import load_path
from apps.journal.outcome import Path
from apps.journal.trades.excursions import LONGEST_MS, market_of
from apps.journal.trades.models import Trade
from apps.markets.clock import feed_now_ms

WIDTH, HEIGHT = 640.0, 240.0
AROUND = 0.25  # of the time it stood, before and after
LEAST_MS = 1_800_000
POINTS = 160
MARGIN = 0.06  # of the drawing's height


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the drawing: its low and high."""

    x: str
    y1: str
    y2: str


@dataclass(frozen=True, slots=True)
class Level:
    """A price of the trade; ``kind`` is entry, exit, stop or target."""

    kind: str
    y: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the template puts into an SVG of ``WIDTH`` by ``HEIGHT``."""

    bars: tuple[Bar, ...]
    levels: tuple[Level, ...]
    opened: str
    stood: str  # how wide the time is in which it stood


def sketch_of(trade: Trade) -> Sketch | None:
    """None where no prices of that venue, market and time are kept, or it stood too long."""
    end_ms = trade.closed_ms or max(feed_now_ms(), trade.opened_ms)
    pad_ms = max(round(AROUND * (end_ms - trade.opened_ms)), LEAST_MS)
    market = market_of(trade)
    if market is None or end_ms - trade.opened_ms > LONGEST_MS:
        return None
    first_ms, last_ms = trade.opened_ms - pad_ms, end_ms + pad_ms
    path = load_path(market, trade.venue, since_ms=first_ms, until_ms=last_ms)
    if len(path.end_ms) == 0:
        return None
    prices = {name: float(getattr(trade, name)) for name in ("entry", "exit", "stop", "target")
              if getattr(trade, name) is not None}  # fmt: skip
    low = min(float(path.low.min()), *prices.values(), float("inf"))
    high = max(float(path.high.max()), *prices.values(), 0.0)
    pad = MARGIN * max(high - low, high * 1e-4)
    low, high = low - pad, high + pad

    def x(ms: float) -> float:
        return (ms - first_ms) / (last_ms - first_ms) * WIDTH

    def y(price: float) -> float:
        return (high - price) / (high - low) * HEIGHT

    return Sketch(
        tuple(Bar(f"{x(ms):.1f}", f"{y(top):.1f}", f"{y(bottom) + 1:.1f}")
              for ms, bottom, top in _thinned(path)),
        tuple(Level(name, f"{y(price):.1f}") for name, price in prices.items()),
        f"{x(trade.opened_ms):.1f}", f"{max(x(end_ms) - x(trade.opened_ms), 2.0):.1f}",
    )  # fmt: skip


def _thinned(path: Path) -> list[tuple[int, float, float]]:
    """At most ``POINTS`` bars, several drawn as one where there are more."""
    groups = np.array_split(np.arange(len(path.end_ms)), min(POINTS, len(path.end_ms)))
    return [
        (int(path.end_ms[group[-1]]), float(path.low[group].min()), float(path.high[group].max()))
        for group in groups
    ]
