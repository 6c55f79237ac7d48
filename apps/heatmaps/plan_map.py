"""The map beside a plan, as shapes in percent of a plate: bars, the stop, its cluster, the edge.

::

    0 %  ┌──────────────┐  top: the highest price        bars grow from the right
         │      ▆▆▆▆▆▆▆▆│
         │--------------│  now                           y is even in price
         │   ▆▆▆▆▆▆▆▆▆▆▆│
   100 % └──────────────┘  bottom: the lowest
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import Side
from apps.engine.stops import Zone
from apps.heatmaps.column import Column

BARS = 64
LEAST_REACH = 0.03  # of the price, on either side
FURTHEST = 0.25  # of the price: what lies beyond is left out of the picture
MARGIN = 0.12  # of what is shown, around it
WIDEST = 62.0  # percent of the plate: the rest is for words
TICKS = 5
SAME = 0.002  # of the price: an entry this near is the price's own line


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, percent of the plate."""

    side: str
    y: float
    height: float
    width: float

    @property
    def x(self) -> float:
        """Its left end; bars end at the right edge."""
        return round(100.0 - self.width, 2)


@dataclass(frozen=True, slots=True)
class Line:
    """A price across the plate; ``kind`` is "now", "entry", "stop", "safer" or "liquidation"."""

    kind: str
    price: float
    y: float


@dataclass(frozen=True, slots=True)
class PlanMap:
    """The shapes, and the prices of the plate's top and bottom (USD) that a finger needs."""

    top: float
    bottom: float
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    ticks: tuple[Line, ...]
    zone_y: float | None  # of the cluster that makes trouble
    zone_height: float


def plan_map(
    column: Column,
    side: Side,
    *,
    entry: float | None = None,
    stop: float | None = None,
    safer: float | None = None,
    liquidation: float | None = None,
    trouble: Zone | None = None,
) -> PlanMap:
    """Shapes of the newest column and of the plan's prices that are given."""
    now = column.reading.price
    if entry is not None and abs(entry / now - 1) < SAME:
        entry = None
    named = {"now": now, "entry": entry, "liquidation": liquidation, "safer": safer, "stop": stop}
    near = {
        kind: price
        for kind, price in named.items()
        if price is not None and abs(price / now - 1) <= FURTHEST
    }
    bottom, top = _range(column, near, now)
    lines = tuple(Line(kind, price, _y(price, bottom, top)) for kind, price in near.items())
    zone_y = _y(min(trouble.high, top), bottom, top) if trouble else None
    return PlanMap(
        top=top,
        bottom=bottom,
        bars=_bars(column, bottom, top),
        lines=lines,
        ticks=_ticks(bottom, top, lines),
        zone_y=zone_y,
        zone_height=_y(max(trouble.low, bottom), bottom, top) - zone_y if trouble else 0.0,
    )


def _range(column: Column, near: dict[str, float], now: float) -> tuple[float, float]:
    """From below to above everything worth seeing, the nearest clusters of both sides too."""
    edges = [
        edge for side in Side for cluster in column.of_side(side)[:1]
        for edge in (cluster.low, cluster.high)
    ]  # fmt: skip
    prices = [*near.values(), *edges, now * (1 - LEAST_REACH), now * (1 + LEAST_REACH)]
    low, high = min(prices), max(prices)
    margin = MARGIN * (high - low)
    return max(low - margin, now * 0.01), high + margin


def _bars(column: Column, bottom: float, top: float) -> tuple[Bar, ...]:
    edges = np.linspace(bottom, top, BARS + 1)
    usd = [np.abs(np.diff(column.curves.usd_at(side, edges))) for side in Side]
    largest = max(float(np.max(usd)), 1.0)
    return tuple(
        Bar(
            side.name.lower(),
            round(100 * (BARS - 1 - i) / BARS, 2),
            round(86 / BARS, 2),
            round(WIDEST * float(usd[side][i]) / largest, 2),
        )
        for side in Side
        for i in range(BARS)
        if usd[side][i] > largest / 500
    )


def _ticks(bottom: float, top: float, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Even prices along the axis, but none under the words of a line."""
    prices = np.linspace(bottom, top, TICKS + 2)[1:-1]
    ticks = (Line("tick", float(price), _y(float(price), bottom, top)) for price in prices)
    return tuple(t for t in ticks if all(abs(t.y - line.y) > 6 for line in lines))


def _y(price: float, bottom: float, top: float) -> float:
    return round(100 * (top - price) / (top - bottom), 2)
