"""How often price reaches bright zones, and dark ones as far away on the other side. Pure.

::

    ┌────┐  bright, first seen at at_ms
    └────┘
      ↕ as far
    ── price ──────▶ 24 h: which edge does a bar touch, and when?
      ↕ as far
    ┌ ─ ─┐  dark: as wide, as far in ln price, and no bright zone lies there
    └ ─ ─┘

Bars count only in one unbroken row from the moment on: nobody knows what price did in a hole.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from apps.engine.book import Walk
from apps.engine.clusters import find
from apps.engine.picture import newest_column
from apps.engine.records import GRID_STEP, FloatArray, IntArray, Picture, PriceGrid
from apps.engine.view import View

HORIZON_MS = 24 * 3_600_000
REACH = 0.10  # of the price; farther zones are not tried
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Zone:
    """A bright zone, USD, seen from ``price``."""

    side: str
    low: float
    high: float
    price: float

    @property
    def near(self) -> float:
        """The edge that price reaches first."""
        return self.high if self.is_below else self.low

    @property
    def is_below(self) -> bool:
        return self.high < self.price

    @property
    def distance(self) -> float:
        """From the price to the near edge, a positive fraction of the price."""
        return abs(self.near / self.price - 1)

    @property
    def mirrored(self) -> tuple[float, float]:
        """The place on the other side of the price: as wide and as far in ln price."""
        return self.price**2 / self.high, self.price**2 / self.low

    def overlaps(self, low: float, high: float) -> bool:
        """Whether it shares a price with another one."""
        return self.low < high and low < self.high


@dataclass(frozen=True, slots=True)
class Path:
    """Closed bars of one venue (T,), rising in time; the mark's range where it was told."""

    end_ms: IntArray
    span_ms: IntArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Reaching:
    """What is known so far; the names are fields of a trial."""

    covered_ms: int
    reached_ms: int | None = None
    dark_reached_ms: int | None = None
    is_final: bool = False
    is_gapped: bool = False


def bright_zones(walk: Walk, reference: int) -> list[Zone]:
    """The clusters that stand at the walk's end, on the price of one venue, within ``REACH``."""
    price = float(walk.book.close[reference])
    if not np.isfinite(price):
        return []
    first, last = (int(np.log(price * (1 + away)) / GRID_STEP) for away in (-REACH, REACH))
    grid = PriceGrid(first, last - first + 1)
    view = View(MINUTE_MS, MINUTE_MS, reference=walk.venues[reference])
    long_usd, short_usd = np.maximum(newest_column(walk, view, grid), 0.0)
    picture = Picture(
        grid=grid,
        end_ms=np.array([walk.end_ms]),
        cadence_ms=MINUTE_MS,
        long_usd=long_usd[None],
        short_usd=short_usd[None],
        candles=np.full((1, 4), np.nan),
        price=price,
        parameters_version=walk.parameters.version,
    )
    found = (Zone(c.side.name.lower(), c.low, c.high, price) for c in find(picture))
    return [zone for zone in found if not zone.low <= price <= zone.high]


def has_dark(zone: Zone, zones: Iterable[Zone]) -> bool:
    """Whether the place as far on the other side is dark: no bright zone lies there."""
    return not any(other.overlaps(*zone.mirrored) for other in zones)


def reaching(zone: Zone, at_ms: int, path: Path) -> Reaching:
    """When the price came to a zone and to its dark partner, within ``HORIZON_MS``."""
    starts = path.end_ms - path.span_ms
    first = int(np.searchsorted(starts, at_ms, side="left"))
    bars = slice(first, int(np.searchsorted(path.end_ms, at_ms + HORIZON_MS, side="right")))
    ends = path.end_ms[bars]
    if len(ends) == 0:
        return Reaching(covered_ms=at_ms)
    holes = np.flatnonzero(starts[bars] > np.r_[at_ms + path.span_ms[first] - 1, ends[:-1]])
    known = int(holes[0]) if len(holes) else len(ends)
    if known == 0:
        return Reaching(covered_ms=at_ms, is_gapped=True)
    covered_ms = int(ends[known - 1])
    is_over = covered_ms + path.span_ms[first + known - 1] > at_ms + HORIZON_MS
    lows, highs = path.low[bars][:known], path.high[bars][:known]
    dark_low, dark_high = zone.mirrored
    if zone.is_below:
        bright, dark = lows <= zone.high, highs >= dark_low
    else:
        bright, dark = highs >= zone.low, lows <= dark_high
    return Reaching(
        covered_ms=covered_ms,
        reached_ms=_first(ends, bright),
        dark_reached_ms=_first(ends, dark),
        is_final=bool(is_over),
        is_gapped=bool(len(holes)) and not is_over,
    )


def _first(ends: IntArray, touches: np.ndarray) -> int | None:
    return int(ends[: len(touches)][touches.argmax()]) if touches.any() else None
