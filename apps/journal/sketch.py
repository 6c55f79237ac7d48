"""A read as a small picture: zones as the map had them then, and the price before and after.

No heat is drawn after the read. What lies outside the drawing is cut off at its edge.
"""

from dataclasses import dataclass

import numpy as np

from apps.journal.evidence import load_path
from apps.journal.models import Read
from apps.journal.outcome import Path
from apps.markets.clock import feed_now_ms

WIDTH, HEIGHT = 640.0, 300.0
BEFORE_MS = 6 * 3_600_000
POINTS = 160
LARGEST = 1e15
MARGIN = 0.06  # of the drawing's height


@dataclass(frozen=True, slots=True)
class Box:
    """A zone, in the drawing's own units; ``strength`` 1 to 9 is its dollars against the most."""

    y: str
    height: str
    side: str
    strength: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the drawing: its low and high."""

    x: str
    y1: str
    y2: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the template puts into an SVG of ``WIDTH`` by ``HEIGHT``; ``split`` is the read."""

    heat: tuple[Box, ...]
    zone: Box
    bars: tuple[Bar, ...]
    split: str
    is_bare: bool  # no prices are kept of that time any more


def sketch_of(read: Read) -> Sketch:
    """The drawing of a read, from six hours before it to its horizon, or to now."""
    before_ms = min(BEFORE_MS, read.horizon_ms)
    until_ms = min(read.at_ms + read.horizon_ms, max(feed_now_ms(), read.at_ms + before_ms // 3))
    since_ms = read.at_ms - before_ms
    path = load_path(read.market, read.venue, since_ms=since_ms, until_ms=until_ms)
    first, span = since_ms, max(until_ms - since_ms, 1)
    low, high = _range(read, path)

    def y(price: float) -> float:
        return float(np.clip((high - price) / (high - low), 0, 1)) * HEIGHT

    def box(side: str, low_usd: float, high_usd: float, strength: int = 0) -> Box:
        top = y(high_usd)
        return Box(f"{top:.1f}", f"{max(y(low_usd) - top, 2.0):.1f}", side, strength)

    zones = _zones(read)
    most = max((usd for *_, usd in zones), default=1.0)
    return Sketch(
        heat=tuple(
            box(side, bottom, top, 1 + round(8 * (usd / most) ** 0.5))
            for side, bottom, top, usd in zones
            if bottom < high and top > low
        ),
        zone=box(read.side, read.low, read.high),
        bars=tuple(
            Bar(f"{(end_ms - first) / span * WIDTH:.1f}", f"{y(top):.1f}", f"{y(bottom) + 1:.1f}")
            for end_ms, bottom, top in _thinned(path)
        ),
        split=f"{(read.at_ms - first) / span * WIDTH:.1f}",
        is_bare=len(path.end_ms) == 0,
    )


def _range(read: Read, path: Path) -> tuple[float, float]:
    lows = [read.low, read.price, *path.low]
    highs = [read.high, read.price, *path.high]
    pad = MARGIN * max(max(highs) - min(lows), read.price * 1e-4)
    return min(lows) - pad, max(highs) + pad


def _thinned(path: Path) -> list[tuple[int, float, float]]:
    """At most ``POINTS`` bars, several drawn as one where there are more."""
    groups = np.array_split(np.arange(len(path.end_ms)), min(POINTS, len(path.end_ms)) or 1)
    return [
        (int(path.end_ms[group[-1]]), float(path.low[group].min()), float(path.high[group].max()))
        for group in groups
        if len(group)
    ]


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
