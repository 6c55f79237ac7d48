"""The way a price went in an hour: the bins it visited, and the liquidations in each of them.

A print counts where the price was: at its own price, moved into the range of the bar in which it
was told. Venues print bankruptcy prices, or fills, up to half a per cent beyond any price there
was. Prints of the first minute are left out: the map had not been seen yet.
"""

from dataclasses import asdict, dataclass

import numpy as np

from apps.engine.book import Walk
from apps.engine.picture import newest_column, venue_distances
from apps.engine.records import GRID_STEP, Bars, FloatArray, IntArray, PriceGrid, Side
from apps.engine.view import View
from apps.engine.zones import ZoneSums, zone_sums
from apps.markets.models import Liquidation, Market

MINUTE_MS = 60_000
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Prints:
    """Liquidations of a market, each (N,), rising in time; prices USD, NaN where nobody said."""

    ts_ms: IntArray
    venue: np.ndarray  # of slugs
    side: IntArray
    price: FloatArray
    usd: FloatArray

    def between(self, from_ms: int, to_ms: int) -> "Prints":
        """Those in ``(from_ms, to_ms]``."""
        cut = slice(*np.searchsorted(self.ts_ms, (from_ms, to_ms), side="right").tolist())
        return Prints(
            self.ts_ms[cut], self.venue[cut], self.side[cut], self.price[cut], self.usd[cut]
        )

    def usd_of(self, venues: tuple[str, ...], side: Side) -> float:
        """Dollars of one side on some venues."""
        return float(self.usd[(self.side == side) & np.isin(self.venue, venues)].sum())


def load_prints(market: Market, from_ms: int, to_ms: int) -> Prints:
    """Every liquidation in ``(from_ms, to_ms]``; without a price, what USD and size say."""
    rows = (
        Liquidation.objects.filter(instrument__market=market, ts_ms__gt=from_ms, ts_ms__lte=to_ms)
        .order_by("ts_ms", "pk")
        .values_list("ts_ms", "instrument__venue", "side", "price", "usd", "size_base")
    )
    told = [
        (ts_ms, venue, Side(side), price or (usd / size if size else np.nan), usd)
        for ts_ms, venue, side, price, usd, size in rows
    ]
    ts_ms, venue, side, price, usd = zip(*told, strict=True) if told else ((),) * 5
    return Prints(
        np.array(ts_ms, dtype=np.int64),
        np.array(venue, dtype=np.str_),
        np.array(side, dtype=np.int64),
        np.array(price, dtype=np.float64),
        np.array(usd, dtype=np.float64),
    )


def zones_of(
    walk: Walk, bars: Bars, prints: Prints, venues: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """By side the sums over an hour whose start is the end of ``walk``; {} without a price."""
    places = [walk.venues.index(venue) for venue in venues]
    reference = places[0]
    price = walk.book.close[reference]
    lows, highs = ranges_of(bars)
    if not np.isfinite(price) or not np.isfinite(lows[reference]).any():
        return {}
    low, high = min(np.nanmin(lows[reference]), price), max(np.nanmax(highs[reference]), price)
    grid = PriceGrid(_bin(low), _bin(high) - _bin(low) + 1)
    view = View(HOUR_MS, HOUR_MS, venues=venues, reference=venues[0])
    shown = newest_column(walk, view, grid)
    away = venue_distances(walk, view)
    here = _bin(price) - grid.base
    ways = {Side.LONG: slice(0, here + 1), Side.SHORT: slice(here, grid.count)}
    late = prints.between(walk.end_ms + MINUTE_MS, int(bars.end_ms[-1]))
    sums = {}
    for side, way in ways.items():
        usd = np.zeros(grid.count)
        for place in places:
            bins, amounts = _placed(late, walk.venues[place], side, bars, lows[place], highs[place])
            bins = np.floor(bins - away[place]).astype(np.int64) - grid.base
            inside = (bins >= 0) & (bins < grid.count)
            np.add.at(usd, bins[inside], amounts[inside])
        sums[side.name.lower()] = asdict(_sums(shown[side, way], usd[way]))
    return sums


def ranges_of(bars: Bars) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest price of every bar, (V, T) each: the mark's where it was told."""
    has_mark = np.isfinite(bars.mark_low) & np.isfinite(bars.mark_high)
    return np.where(has_mark, bars.mark_low, bars.low), np.where(
        has_mark, bars.mark_high, bars.high
    )


def _sums(shown: FloatArray, happened: FloatArray) -> ZoneSums:
    return zone_sums(np.maximum(shown, 0.0), happened)


def _placed(
    prints: Prints, venue: str, side: Side, bars: Bars, lows: FloatArray, highs: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Where a venue's prints of a side lie, in bins of its own price, and their dollars."""
    ours = (prints.venue == venue) & (prints.side == side) & np.isfinite(prints.price)
    told = np.isfinite(lows)
    ends, lows, highs = bars.end_ms[told], lows[told], highs[told]
    if not len(ends):
        return np.zeros(0), np.zeros(0)
    bar = np.minimum(np.searchsorted(ends, prints.ts_ms[ours]), len(ends) - 1)
    price = np.clip(prints.price[ours], lows[bar], highs[bar])
    return np.log(price) / GRID_STEP, prints.usd[ours]


def _bin(price: float) -> int:
    return int(np.floor(np.log(price) / GRID_STEP))
