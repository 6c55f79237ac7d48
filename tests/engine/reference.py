"""A slow, obvious twin of the walk: plain loops, one piece of a position at a time.

It knows no lazy scales, no fronts, no windows and no arrays over steps; it judges the fast walk.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from apps.engine.flow import (
    OI_CHANGE_TO_VOLUME,
    RANGE_TO_TURNOVER,
    RETURN_TO_IMBALANCE,
    TAKER_TO_VOLUME,
)
from apps.engine.grid import GUARD
from apps.engine.leverage import standing_weights
from apps.engine.margin import liquidation_price
from apps.engine.parameters import Parameters
from apps.engine.records import GRID_STEP, Bars, Side
from apps.engine.terms import KERNEL_CUT, KERNEL_SHARE

BEYOND = None  # the bin of a position that would die off the grid


@dataclass
class SlowVenue:
    """One venue's positions: amounts in base coin by (side, leverage index, bin)."""

    name: str
    parameters: Parameters
    amounts: dict = field(default_factory=lambda: defaultdict(float))
    open_interest: float = math.nan
    acted_ms: float = math.nan
    close: float = math.nan
    base: int = 0
    reached: list = field(default_factory=list)  # per bar: (long, short)
    opened: float = 0.0
    closed: float = 0.0
    died: float = 0.0
    end_ms: int = 0
    mean: float = math.nan
    daily_variance: float = math.nan
    lean: float = 0.0

    def __post_init__(self) -> None:
        self.leverages = self.parameters.leverages
        self.terms = self.parameters.terms_of(self.name)
        grid = np.array(self.leverages)
        mean = self.terms.mean_leverage * self.parameters.mean_leverage_factor
        self.standing = list(standing_weights(grid, mean, self.terms.max_leverage))
        self.rates = [(lev / 10) ** self.parameters.half_life_exponent for lev in self.leverages]
        weights = [s * r for s, r in zip(self.standing, self.rates, strict=True)]
        self.opening = [weight / sum(weights) for weight in weights]

    def offset(self, side: Side, leverage: float) -> float:
        rate = next(rate for limit, rate in self.terms.maintenance if leverage <= limit)
        price = liquidation_price(
            1.0, leverage, rate, side, fee_rate=self.terms.fee_rate, kind=self.terms.kind,
            formula=self.parameters.formula,
        )  # fmt: skip
        if price <= 0:
            return -100_000.0
        bins = math.log(price) / GRID_STEP
        return min(bins, -1.0) if side == Side.LONG else max(bins, 1.0)

    def deviation(self, offset: float) -> float:
        return max(min(self.parameters.kernel_bins, KERNEL_SHARE * abs(offset)), 1e-9)

    def live(self, end_ms: int, bar: dict[str, float]) -> None:
        """One bar; every reading by name, NaN where missing."""
        if math.isnan(bar["close"]):
            self.reached.append((0.0, 0.0))
            if not math.isnan(self.close):
                self.remember(end_ms, self.close * GRID_STEP)
            return
        self.remember(end_ms, math.log(bar["close"]))
        self.follow(bar["close"])
        was = self.open_interest
        now = bar["open_interest"] if not math.isnan(bar["open_interest"]) else was
        if math.isnan(now):
            self.reached.append((0.0, 0.0))
        elif math.isnan(was):
            self.start(bar, now)
        else:
            self.walk(bar, was, now, end_ms - self.acted_ms)
        self.open_interest = now
        if not math.isnan(now):
            self.acted_ms = end_ms

    def remember(self, end_ms: int, log_price: float) -> None:
        """Where price has been of late, and how much it moves in twelve hours as a rule."""
        if math.isnan(self.close):
            self.mean, self.daily_variance = log_price, 0.03**2
        else:
            days = (end_ms - self.end_ms) / 86_400_000
            speed = (log_price - self.close * GRID_STEP) ** 2 / days
            new, new_usual = 1 - math.exp(-days * 2), 1 - math.exp(-days / 7)
            self.mean += new * (log_price - self.mean)
            self.daily_variance += new_usual * (speed - self.daily_variance)
        self.end_ms = end_ms
        usual = math.sqrt(max(self.daily_variance, 1e-8) / 2)
        self.lean = max(-0.5, min(0.5, (log_price - self.mean) / usual))

    def leant(self, side: Side) -> list[float]:
        """Opening weights, more leveraged against the move."""
        power = self.parameters.lean * self.lean * (-1 if side == Side.LONG else 1)
        weights = [
            weight * (leverage / 10) ** power
            for weight, leverage in zip(self.opening, self.leverages, strict=True)
        ]
        return [weight / sum(weights) for weight in weights]

    def follow(self, close: float) -> None:
        at = math.log(close) / GRID_STEP
        bins = self.parameters.grid_bins
        if math.isnan(self.close):
            self.base = math.floor(at) - bins // 2
        elif abs(self.close - (self.base + bins // 2)) > self.parameters.recentre_bins:
            self.base = math.floor(self.close) - bins // 2
            self.lose_beyond()
        self.close = at

    def lose_beyond(self) -> None:
        for side, index, place in list(self.amounts):
            if place is not BEYOND and not self.on_grid(place):
                self.amounts[side, index, BEYOND] += self.amounts.pop((side, index, place))

    def on_grid(self, place: int) -> bool:
        return GUARD <= place - self.base < self.parameters.grid_bins - GUARD

    def start(self, bar: dict[str, float], interest: float) -> None:
        self.reached.append((0.0, 0.0))
        at = math.log(bar["close"]) / GRID_STEP
        half = self.parameters.cold_log_range / GRID_STEP
        settled = math.floor(trigger_path(bar)[-1])
        for side in Side:
            bound = settled
            entries = [(1.0, at - half, at + half)]
            self.open(side, self.hedge(side) * interest, entries, bound, self.standing)

    def hedge(self, side: Side) -> float:
        hedged = (self.parameters.hedged_long, self.parameters.hedged_short)
        return 1 - hedged[side]

    def walk(self, bar: dict[str, float], was: float, now: float, span_ms: float) -> None:
        path, trigger = price_path(bar), trigger_path(bar)
        low, high = min(trigger), max(trigger)
        self.reached.append((self.standing_beyond(Side.LONG, low),
                             self.standing_beyond(Side.SHORT, high)))  # fmt: skip
        idle = was * (1 - 0.5 ** (span_ms / 3_600_000 / self.parameters.idle_half_life_h))
        traded = self.closing_flow(bar, now - was, now)
        closing = [traded[side] + self.hedge(side) * idle for side in Side]
        entry = (min(path), max(path))
        for side in Side:
            target = self.hedge(side) * now
            bound = math.floor(trigger[-1])
            self.step(side, (low, high), closing[side], target, entry, path[-1], bound)

    def closing_flow(self, bar, change: float, interest: float) -> tuple[float, float]:
        log_range = math.log(bar["high"] / bar["low"])
        volume, taker = bar["volume"], bar["taker_delta"]
        if math.isnan(volume):
            known = 0.0 if math.isnan(taker) else abs(taker)
            volume = (TAKER_TO_VOLUME * known + OI_CHANGE_TO_VOLUME * abs(change)
                      + RANGE_TO_TURNOVER * log_range * interest)  # fmt: skip
        if math.isnan(taker):
            tilt = math.log(bar["close"] / bar["open"]) / log_range if log_range > 0 else 0.0
            taker = RETURN_TO_IMBALANCE * volume * max(-1.0, min(1.0, tilt))
        forming = max(self.parameters.turnover * volume, abs(change))
        if forming == 0:
            return 0.0, 0.0
        growth = change / forming
        tau = max(-1.0, min(1.0, taker / volume)) if volume > 0 else 0.0
        buys = 0.5 * (1 + growth) + 0.5 * self.parameters.taker_pull * tau
        buys = min(max(buys, 0.0, growth), 1.0, 1 + growth)
        sells = 1 + growth - buys
        return self.hedge(Side.LONG) * (1 - sells) * forming, (
            self.hedge(Side.SHORT) * (1 - buys) * forming
        )

    def step(self, side, swept, closing, target, entry, close, bound) -> None:
        died = self.sweep(side, swept[0] if side == Side.LONG else swept[1])
        held = self.held(side)
        self.close_voluntarily(side, min(max(closing - died, 0.0), held))
        entries = self.entries(*entry, close)
        self.open(side, max(target - self.held(side), 0.0), entries, bound, self.leant(side))

    def entries(self, low: float, high: float, close: float) -> list[tuple[float, float, float]]:
        """Shares of the entries, each even between two prices in bins."""
        middle, half = (low + high) / 2, max((high - low) / 2, 0.5)
        low, high = middle - half, middle + half
        near_low = min(max(close - 1, low), high - 1)
        near_high = max(min(close + 1, high), low + 1)
        at_close = self.parameters.at_close
        return [(1 - at_close, low, high), (at_close, near_low, near_high)]

    def held(self, side: Side) -> float:
        return math.fsum(amount for (of, _, _), amount in self.amounts.items() if of == side)

    def passed(self, side: Side, place: int | None, level: float) -> float:
        """Share of a bin that a price of ``level`` has passed; positions fill a bin evenly."""
        if place is BEYOND:
            return 0.0
        share = place + 1 - level if side == Side.LONG else level - place
        return min(max(share, 0.0), 1.0)

    def standing_beyond(self, side: Side, level: float) -> float:
        return math.fsum(
            amount * self.passed(side, place, level)
            for (of, _, place), amount in self.amounts.items()
            if of == side
        )

    def sweep(self, side: Side, level: float) -> float:
        died = self.standing_beyond(side, level)
        for key in list(self.amounts):
            if key[0] == side:
                self.amounts[key] *= 1 - self.passed(side, key[2], level)
                if self.amounts[key] == 0:
                    del self.amounts[key]
        self.died += died
        return died

    def close_voluntarily(self, side: Side, total: float) -> None:
        held = self.held(side)
        if held <= 0 or total <= 0:
            return
        mine = [key for key in self.amounts if key[0] == side]
        hazard = math.fsum(self.amounts[key] * self.rates[key[1]] for key in mine)
        theta = total / hazard
        for key in mine:
            self.amounts[key] *= math.exp(-theta * self.rates[key[1]])
        gain = (held - total) / self.held(side)
        for key in mine:
            self.amounts[key] *= gain
        self.closed += total

    def open(self, side, amount, entries, bound, weights) -> None:
        """Open so that ``amount`` lasts; what lies at or beyond ``bound`` dies at once."""
        pieces = self.pieces(side, entries, weights)
        lasting = {
            key: share
            for key, share in pieces.items()
            if not (key[1] >= bound if side == Side.LONG else key[1] <= bound)
        }
        lasts = math.fsum(lasting.values())
        if lasts <= 1e-9:
            return
        for (index, place), share in lasting.items():
            where = place if self.on_grid(place) else BEYOND
            self.amounts[side, index, where] += amount * share / lasts
        self.opened += amount / lasts
        self.died += amount / lasts - amount

    def pieces(self, side, entries, weights) -> dict[tuple[int, int], float]:
        out = defaultdict(float)
        for index, leverage in enumerate(self.leverages):
            offset = self.offset(side, leverage)
            for part, low, high in entries:
                for entry in range(math.floor(low), math.floor(high) + 1):
                    inside = (min(high, entry + 1) - max(low, entry)) / (high - low)
                    if weights[index] == 0 or inside <= 0:
                        continue
                    for place, share in self.blurred(entry, offset):
                        out[index, place] += weights[index] * part * inside * share
        return out

    def blurred(self, entry: int, offset: float) -> list[tuple[int, float]]:
        deviation = self.deviation(offset)
        radius = math.floor(KERNEL_CUT * deviation)
        bell = {
            bins: math.exp(-0.5 * (bins / deviation) ** 2) for bins in range(-radius, radius + 1)
        }
        whole, part = math.floor(offset), offset - math.floor(offset)
        shares = defaultdict(float)
        for bins, weight in bell.items():
            shares[entry + whole + bins] += (1 - part) * weight / sum(bell.values())
            shares[entry + whole + bins + 1] += part * weight / sum(bell.values())
        return list(shares.items())


def price_path(bar: dict[str, float]) -> list[float]:
    """Corners of the likeliest path of the last price, in bins."""
    if bar["close"] >= bar["open"]:
        corners = [bar["open"], bar["low"], bar["high"], bar["close"]]
    else:
        corners = [bar["open"], bar["high"], bar["low"], bar["close"]]
    return [math.log(price) / GRID_STEP for price in corners]


def trigger_path(bar: dict[str, float]) -> list[float]:
    """The same corners as the mark price saw them."""
    if math.isnan(bar["mark_low"]):
        return price_path(bar)
    low, high = bar["mark_low"], bar["mark_high"]
    first, last = (min(max(bar[name], low), high) for name in ("open", "close"))
    corners = [first, low, high, last] if bar["close"] >= bar["open"] else [first, high, low, last]
    return [math.log(price) / GRID_STEP for price in corners]


def slow_walk(bars: Bars, parameters: Parameters) -> list[SlowVenue]:
    """Every venue after all bars."""
    names = [name for name in Bars.__slots__ if name not in ("venues", "end_ms")]
    venues = [SlowVenue(name, parameters) for name in bars.venues]
    for row in range(len(bars)):
        for index, venue in enumerate(venues):
            bar = {name: float(getattr(bars, name)[index, row]) for name in names}
            venue.live(int(bars.end_ms[row]), bar)
    return venues
