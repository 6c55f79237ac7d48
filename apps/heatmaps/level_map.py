"""The liquidation map: the newest column alone, with price upright, split by who stands there.

::

    price ^
          |      ▆▆▆▆▆▆▆▆|  shorts, stacked by leverage or by venue; a bar is 0.2 % of price
          |          ▆▆▆▆|
     now  |--------------|
          |       ▆▆▆▆▆▆▆|  longs
          |   ▆▆▆▆▆▆▆▆▆▆▆|
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from apps.engine.layers import split_column
from apps.engine.map_curves import Curves, Pain, curves_of, max_pain
from apps.engine.records import GRID_STEP, FloatArray, Picture, PriceGrid, Side
from apps.heatmaps.looks import Look, look_of
from apps.heatmaps.models import Snapshot
from apps.heatmaps.spec import BadSpec, PictureSpec, parse_spec
from apps.markets.models import Market

SPLITS = ("leverage", "venue")
BAR_STEP = 4 * GRID_STEP  # 0.2 % of price
REACH = 0.2  # of the price, on either side
LAYERS = 5  # colour steps; the smallest venues share the last one
ROW_BARS = 5  # of the table: a row is 1 % of price
AMOUNTS = 6  # rows of the table of moves
BRACKET_NAMES = ("≤ 5×", "5–10×", "10–25×", "25–50×", "50×+")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the price must move until so much has been force-closed; None: never, in view."""

    usd: float
    down: float | None  # a fraction below the price
    down_price: float | None
    up: float | None
    up_price: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One per cent of price in the table: its edges, its dollars, and all up to its far edge."""

    side: str
    low: float
    high: float
    distance: float  # of the far edge
    usd: float
    total_usd: float


@dataclass(frozen=True, eq=False)
class LevelMap:
    """Bars of ``BAR_STEP`` from the lowest price up; amounts are US dollars."""

    split: str
    price: float
    grid: PriceGrid
    names: tuple[str, ...]  # of the layers, from the axis outward
    usd: FloatArray  # (2, layers, bars)
    curves: Curves
    pains: tuple[Pain, ...]

    @property
    def drawing(self) -> dict[str, Any]:
        """What the canvas draws, in whole dollars."""
        return {
            "split": self.split,
            "price": self.price,
            "base": self.grid.base,
            "step": self.grid.step,
            "bars": self.grid.count,
            "names": self.names,
            "long": _whole(self.usd[Side.LONG]),
            "short": _whole(self.usd[Side.SHORT]),
            "longTotal": _whole(self.curves.long_usd),
            "shortTotal": _whole(self.curves.short_usd),
            "pains": [[int(p.side), p.price, round(p.usd), p.distance] for p in self.pains],
        }

    def reaches(self, per_usd: float) -> tuple[Reach, ...]:
        """Moves that force-close round amounts of a currency worth ``per_usd`` to the dollar."""
        largest = max(self.curves.long_usd.max(), self.curves.short_usd.max()) * per_usd
        return tuple(self._reach(amount / per_usd) for amount in round_amounts(largest, AMOUNTS))

    def _reach(self, usd: float) -> Reach:
        moves = []
        for side in Side:
            price = float(self.curves.price_reaching(side, usd))
            is_there = 0 < price < np.inf
            moves += [abs(price / self.price - 1), price] if is_there else [None, None]
        return Reach(usd, *moves)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The table, from the highest price down."""
        edges = self.grid.edges()
        per_bar = self.usd.sum(axis=1)
        rows = []
        for start in range(0, self.grid.count, ROW_BARS):
            stop = start + ROW_BARS
            low, high = float(edges[start]), float(edges[stop])
            side = Side.SHORT if low >= self.price else Side.LONG
            far, at = (high, stop) if side is Side.SHORT else (low, start)
            rows.append(
                Row(
                    side.name.lower(),
                    low,
                    high,
                    far / self.price - 1,
                    float(per_bar[side, start:stop].sum()),
                    float(self.curves.of_side(side)[at]),
                )
            )
        return tuple(reversed(rows))


def parse_split(query: Mapping[str, str]) -> str:
    """By what the bars are split; ``BadSpec`` for anything else."""
    wanted = query.get("by") or SPLITS[0]
    if wanted not in SPLITS:
        raise BadSpec(_("by must be one of %(choices)s.") % {"choices": ", ".join(SPLITS)})
    return wanted


def get_level_map(market: Market, query: Mapping[str, str]) -> LevelMap | None:
    """The map that an address asks for; None before anything was published. ``BadSpec``."""
    split, spec = parse_split(query), parse_spec(query, market)
    snapshot = Snapshot.objects.filter(market=market).defer("frame").select_related("feed").first()
    look = look_of(market, snapshot) if snapshot else None
    return level_map(look, spec, split) if look else None


def level_map(look: Look, spec: PictureSpec, split: str) -> LevelMap:
    """The newest column of a look, of the venues and leverages that ``spec`` asks for."""
    price = price_of(look)
    grid = grid_around(price)
    usd = split_column(look.walk, grid, reference=look.reference)
    venues = np.array(look.walk.venues)
    usd = usd * np.isin(venues, spec.venues or venues)[:, None, None, None]
    brackets = np.arange(usd.shape[2])
    usd = usd * np.isin(brackets, spec.brackets or brackets)[:, None]
    if split == "venue":
        names, layers = by_venue(usd, tuple(told.name for told in look.coverage))
    else:
        names, layers = BRACKET_NAMES, usd.sum(axis=0)
    picture = _as_picture(look, grid, price, layers.sum(axis=1))
    return LevelMap(split, price, grid, names, layers, curves_of(picture), max_pain(picture))


def by_venue(usd: FloatArray, names: tuple[str, ...]) -> tuple[tuple[str, ...], FloatArray]:
    """Layers by venue, the largest nearest the axis; the smallest share the last layer.

    ``usd`` is (V, 2, brackets, bars); the layers are (2, at most ``LAYERS``, bars).
    """
    dollars = usd.sum(axis=2)
    order = np.argsort(-dollars.sum(axis=(1, 2)), kind="stable")
    if len(order) <= LAYERS:
        return tuple(names[i] for i in order), dollars[order].swapaxes(0, 1)
    first, rest = order[: LAYERS - 1], order[LAYERS - 1 :]
    others = dollars[rest].sum(axis=0, keepdims=True)
    layers = np.concatenate([dollars[first], others]).swapaxes(0, 1)
    return (*(names[i] for i in first), _("%(n)d others") % {"n": len(rest)}), layers


def grid_around(price: float) -> PriceGrid:
    """Bars on fixed places, so that they stand still while the price moves; whole rows of them."""
    base = int(np.floor(np.log(price * (1 - REACH)) / BAR_STEP / ROW_BARS)) * ROW_BARS
    stop = int(np.ceil(np.log(price * (1 + REACH)) / BAR_STEP / ROW_BARS)) * ROW_BARS
    return PriceGrid(base, stop - base, BAR_STEP)


def price_of(look: Look) -> float:
    """Last close of the reference venue, else of the first that has one."""
    close = look.walk.book.close
    own = close[look.walk.venues.index(look.reference)]
    return float(own if np.isfinite(own) else close[np.isfinite(close)][0])


def round_amounts(largest: float, count: int) -> tuple[float, ...]:
    """The last ``count`` amounts of 1, 2, 5, 10, … that do not exceed ``largest``, rising."""
    if largest < 1:
        return ()
    power = int(np.floor(np.log10(largest)))
    series = [
        digit * 10.0**p for p in range(max(0, power - count), power + 1) for digit in (1, 2, 5)
    ]
    return tuple(amount for amount in series if amount <= largest)[-count:]


def _as_picture(look: Look, grid: PriceGrid, price: float, column: FloatArray) -> Picture:
    """The map as a picture of one column, (2, bars)."""
    return Picture(
        grid=grid,
        end_ms=np.array([look.walk.end_ms]),
        cadence_ms=60_000,
        long_usd=column[Side.LONG][None],
        short_usd=column[Side.SHORT][None],
        candles=np.full((1, 4), np.nan),
        price=price,
        parameters_version=look.walk.parameters.version,
    )


def _whole(usd: FloatArray) -> list[Any]:
    return np.rint(usd).astype(np.int64).tolist()
