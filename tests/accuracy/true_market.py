"""A simulated market for judging maps: every liquidation is told, and the truth is known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from apps.engine.book import rebuild
from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import Parameters, VenueTerms, default_parameters
from apps.engine.records import BAR_FIELDS, GRID_STEP, Bars, FloatArray, Side
from apps.engine.zones import ZoneSums, zone_sums
from apps.exchanges.simulated.bars import publish
from apps.exchanges.simulated.hours import liquidations_of, truth
from apps.exchanges.simulated.market import simulate
from apps.exchanges.simulated.tables import HEDGED_SHARE, universe

FIRST_MS = 1_780_272_000_000
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
VENUE = "binance"
WARM_UP_HOURS = 48
HORIZON_HOURS = 4
HAZARD_EXPONENT = 1.25  # at which the simulated traders close by choice
SMALLEST_SHARE = 1e-4  # of a leverage nobody uses: the engine wants positive shares


@dataclass(frozen=True)
class TrueMarket:
    """Bars of one coin on one venue, its liquidations, and what traders really do there."""

    bars: Bars
    ts_ms: np.ndarray
    side: np.ndarray
    price: np.ndarray
    usd: np.ndarray
    parameters: Parameters


@dataclass(frozen=True)
class Way:
    """The bins that price visited from an instant on, and the dollars that died in them."""

    end_ms: int
    side: Side
    first: int
    usd: FloatArray


def true_market(seed: int, *, days: int, positions: int) -> TrueMarket:
    """Some days of it; 2,000 positions and 20 days take about three seconds."""
    market = universe(1, 1, standing_per_book=positions)
    blocks = list(islice(simulate(seed, FIRST_MS, market), 24 * days))
    hours = [publish(block) for block in blocks]
    fields = [np.concatenate([getattr(hour, name) for hour in hours]).T for name in BAR_FIELDS]
    end_ms = FIRST_MS + MINUTE_MS * np.arange(1, fields[0].shape[1] + 1)
    told = [row for block in blocks for row in liquidations_of(block)]
    return TrueMarket(
        bars=Bars((VENUE,), end_ms, *fields),
        ts_ms=np.array([row.ts_ms for row in told]),
        side=np.array([Side(row.side) for row in told]),
        price=np.array([row.price for row in told]),
        usd=np.array([row.usd for row in told]),
        parameters=true_parameters(truth(blocks[-1], FIRST_MS + days * 24 * HOUR_MS - 1)),
    )


def true_parameters(known) -> Parameters:
    """The engine's settings that say what the simulated traders do: nearest leverages count."""
    usd = known.size_base * known.entry_price
    grid = np.array(LEVERAGES)
    place = np.abs(np.log(known.leverage)[:, None] - np.log(grid)).argmin(axis=1)
    sign = np.where(known.side == Side.LONG, 1.0, -1.0)
    bankruptcy = known.entry_price * (1 - sign / known.leverage)
    rate = sign * (1 - bankruptcy / known.liquidation_price)
    held = np.bincount(place, usd, len(grid))
    mean_rate = np.bincount(place, usd * rate, len(grid)) / np.maximum(held, 1.0)
    terms = VenueTerms(
        mean_leverage=12.4,
        max_leverage=125.0,
        maintenance=tuple(zip(grid.tolist(), mean_rate.tolist(), strict=True)),
        standing=shares(held),
    )
    return settings("true", terms)


def settings(version: str, terms: VenueTerms) -> Parameters:
    """Settings of the simulated market with other terms of its venue."""
    return replace(
        default_parameters().with_venue(VENUE, terms),
        version=version,
        hedged_long=HEDGED_SHARE,
        hedged_short=HEDGED_SHARE,
        half_life_exponent=HAZARD_EXPONENT,
        lean=0.0,
    )


def shares(weights: FloatArray) -> tuple[float, ...]:
    """Weights as positive shares that sum to one."""
    positive = np.maximum(weights / weights.sum(), SMALLEST_SHARE)
    return tuple((positive / positive.sum()).tolist())


def ways(market: TrueMarket) -> Iterator[Way]:
    """Both sides of every four hours behind the warm-up."""
    bars = market.bars
    step = HORIZON_HOURS * 60
    for at in range(WARM_UP_HOURS * 60 - 1, len(bars) - step, step):
        end_ms, price = int(bars.end_ms[at]), bars.close[0, at]
        ahead = slice(at + 1, at + 1 + step)
        low, high = bars.mark_low[0, ahead].min(), bars.mark_high[0, ahead].max()
        late = (market.ts_ms > end_ms + MINUTE_MS) & (
            market.ts_ms <= end_ms + HORIZON_HOURS * HOUR_MS
        )
        for side, ends in ((Side.LONG, (min(low, price), price)),
                           (Side.SHORT, (price, max(high, price)))):  # fmt: skip
            first, last = (int(np.floor(np.log(end) / GRID_STEP)) for end in ends)
            died = late & (market.side == side)
            bins = np.floor(np.log(market.price[died]) / GRID_STEP).astype(int) - first
            inside = (bins >= 0) & (bins <= last - first)
            usd = np.bincount(bins[inside], market.usd[died][inside], last - first + 1)
            yield Way(end_ms, side, first, usd)


def judged(market: TrueMarket, parameters: Parameters) -> ZoneSums:
    """What a map with these settings shows beforehand, against what happened."""
    walk = rebuild(market.bars, parameters, columns_every_ms=HORIZON_HOURS * HOUR_MS)
    columns = walk.columns
    total = ZoneSums()
    for way in ways(market):
        column = columns.base[np.searchsorted(columns.end_ms, way.end_ms), way.side]
        begin = way.first - columns.first
        total += zone_sums(column[begin : begin + len(way.usd)].astype(float), way.usd)
    return total
