"""A market that goes where it is told: a price along a path, and positions that die where wanted.

    path       closes pass through given prices at given minutes and wander in between
    clusters   traders of one side open whenever the price passes an entry from which they would
               be force-closed inside the zone, so many of them that the zone is evenly filled
    others     beside each of them some who chose another leverage, who die elsewhere
    crowd      traders of that side who were there before the story begins, at many prices
    makers     hold the other side, hedged elsewhere

A trader leaves only by being force-closed. Prices are last prices, mark prices and everything
else; minutes count from the beginning of the script.

    long   liquidation = entry · (1 − 1/leverage) / (1 − maintenance)
    short  liquidation = entry · (1 + 1/leverage) / (1 + maintenance)      (model note §1)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.simulated.tables import FloatArray, IntArray

CELL = 0.001  # natural log: how finely zones are filled evenly
SLOPE = 0.25  # how much emptier the edge of a zone is than its middle
WICK = 0.3  # of a minute's noise: how far extremes lie beyond open and close
CROWD_RANGE = 0.04  # natural log, either way of the first price


@dataclass(frozen=True, slots=True)
class Waypoint:
    """The close of ``minute`` is ``price``; the way there may lie ``wander`` beyond both ends."""

    minute: int
    price: float  # USD
    wander: float = 0.0  # natural log


@dataclass(frozen=True, slots=True)
class Zone:
    """Where traders will be force-closed, for how much, and when they open."""

    low: float  # USD
    high: float
    usd: float  # of all of them, at their liquidation prices
    opened: tuple[int, int]  # minutes


@dataclass(frozen=True, slots=True)
class Spot:
    """Net buying (or selling, below 0) on spot markets, even over some minutes."""

    first: int
    stop: int
    usd: float


@dataclass(frozen=True, slots=True)
class Script:
    """What is to happen, of positions of one side."""

    seed: int
    side: int  # 0 long, 1 short
    leverage: float
    maintenance_rate: float
    path: tuple[Waypoint, ...]
    zones: tuple[Zone, ...]
    crowd_usd: float
    others: tuple[tuple[float, float], ...] = ()  # leverage, and size per size of the usual one
    spot: tuple[Spot, ...] = ()
    noise: float = 0.0006  # natural log, of a minute


@dataclass(frozen=True, slots=True)
class Traders:
    """Positions (N,); ``died`` is the minute in which they were force-closed, -1 if never."""

    entry: FloatArray  # USD
    liquidation: FloatArray  # USD
    size: FloatArray  # base coin
    opened: IntArray
    died: IntArray

    @property
    def usd(self) -> FloatArray:
        """What closing each of them by force is worth."""
        return self.size * self.liquidation


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, minute by minute (T,); prices in USD, amounts named by their unit."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    open_interest: FloatArray  # base coin, one side, at the end of each minute
    liquidated_usd: FloatArray
    spot_usd: FloatArray
    traders: Traders


def tell(script: Script) -> Story:
    """Let it happen. The same script gives the same story; a day and a half takes about 10 ms.

    Raises ``ValueError`` where the path never passes an entry that a zone needs.
    """
    rng = np.random.default_rng(script.seed)
    close = _closes(script, rng)
    before = np.concatenate([close[:1], close[:-1]])
    high, low = _extremes(script, before, close, rng)
    groups = [_crowd(script, close[0]), *(_fill(script, zone, close) for zone in script.zones)]
    usual = [np.concatenate(parts) for parts in zip(*groups, strict=True)]
    entry, size, opened, liquidation = _with_others(script, *usual)
    died = _deaths(liquidation, opened, low if script.side == 0 else high, script.side)
    traders = Traders(entry, liquidation, size, opened, died)
    dead = died >= 0
    lost = np.bincount(died[dead], size[dead], len(close))
    came = np.bincount(opened, size, len(close))
    return Story(
        open=before,
        high=high,
        low=low,
        close=close,
        open_interest=np.cumsum(came - lost),
        liquidated_usd=np.bincount(died[dead], traders.usd[dead], len(close)),
        spot_usd=_spot(script, len(close)),
        traders=traders,
    )


def liquidation_factor(script: Script, leverage: float | None = None) -> float:
    """Liquidation price per unit of entry price, by default at the script's own leverage."""
    sign = 1 - 2 * script.side
    return (1 - sign / (leverage or script.leverage)) / (1 - sign * script.maintenance_rate)


def _closes(script: Script, rng: np.random.Generator) -> FloatArray:
    """(T,) prices through every waypoint: straight in log price, with a bridge of noise."""
    legs = [np.log([script.path[0].price])]
    for here, there in zip(script.path, script.path[1:], strict=False):
        minutes = there.minute - here.minute
        way = np.arange(1, minutes + 1) / minutes
        noise = script.noise * rng.standard_normal(minutes).cumsum()
        noise -= way * noise[-1]
        first, last = np.log(here.price), np.log(there.price)
        low, high = min(first, last) - there.wander, max(first, last) + there.wander
        legs.append(_turned_back(first + way * (last - first) + noise, low, high))
    return np.exp(np.concatenate(legs))


def _turned_back(path: FloatArray, low: float, high: float) -> FloatArray:
    """What lies beyond a limit lies as far inside it."""
    mirrored = low + np.abs(path - low)
    return np.clip(high - np.abs(high - mirrored), low, high)


def _extremes(
    script: Script, before: FloatArray, close: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Highs and lows a little beyond open and close, but never beyond a leg's own limits."""
    wick = WICK * script.noise * rng.standard_exponential((2, len(close)))
    top, bottom = np.maximum(before, close), np.minimum(before, close)
    limit_low, limit_high = _limits(script, len(close))
    high = np.maximum(top, np.minimum(top * np.exp(wick[0]), limit_high))
    low = np.minimum(bottom, np.maximum(bottom * np.exp(-wick[1]), limit_low))
    return high, low


def _limits(script: Script, count: int) -> tuple[FloatArray, FloatArray]:
    low, high = np.full((2, count), script.path[0].price)
    for here, there in zip(script.path, script.path[1:], strict=False):
        leg = slice(here.minute - script.path[0].minute + 1, there.minute + 1)
        low[leg] = min(here.price, there.price) * np.exp(-there.wander)
        high[leg] = max(here.price, there.price) * np.exp(there.wander)
    return low, high


def _crowd(script: Script, price: float) -> tuple[FloatArray, FloatArray, IntArray]:
    """Entries, sizes and minutes of those who were there before, evenly around the first price."""
    away = np.linspace(-CROWD_RANGE, CROWD_RANGE, 400)
    entry = price * np.exp(away)
    sign = 1 - 2 * script.side
    entry = entry[sign * (price - entry * liquidation_factor(script)) > 0]
    size = np.full(len(entry), script.crowd_usd / len(entry)) / entry
    return entry, size, np.zeros(len(entry), np.int64)


def _with_others(
    script: Script, entry: FloatArray, size: FloatArray, opened: IntArray
) -> tuple[FloatArray, FloatArray, IntArray, FloatArray]:
    """The usual traders and those of other leverage: entries, sizes, minutes, liquidations."""
    kinds = ((script.leverage, 1.0), *script.others)
    sizes = [size * share for _leverage, share in kinds]
    dies = [entry * liquidation_factor(script, leverage) for leverage, _share in kinds]
    count = len(kinds)
    return (
        np.tile(entry, count),
        np.concatenate(sizes),
        np.tile(opened, count),
        np.concatenate(dies),
    )


def _fill(script: Script, zone: Zone, close: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Entries, sizes and minutes that fill a zone evenly, a little less at its edges."""
    minutes = np.arange(*zone.opened)
    dies = np.log(close[minutes] * liquidation_factor(script))
    first, last = np.log(zone.low), np.log(zone.high)
    inside = (dies >= first) & (dies <= last)
    cells = max(1, round((last - first) / CELL))
    cell = np.minimum(((dies[inside] - first) / (last - first) * cells).astype(int), cells - 1)
    visits = np.bincount(cell, minlength=cells)
    if not visits.all():
        raise ValueError(f"the path passes no entry that would die at every price of {zone}")
    middle = (np.arange(cells) + 0.5) / cells * 2 - 1
    share = (1 - SLOPE * middle**2) / visits
    usd = share[cell] * zone.usd / share[cell].sum()
    opened, entry = minutes[inside], close[minutes[inside]]
    return entry, usd / np.exp(dies[inside]), opened


def _deaths(liquidation: FloatArray, opened: IntArray, worst: FloatArray, side: int) -> IntArray:
    """The first minute after they opened whose extreme reaches each of them, -1 if none does."""
    died = np.full(len(opened), -1)
    for trader, (price, minute) in enumerate(zip(liquidation, opened, strict=True)):
        later = worst[minute + 1 :]
        reached: NDArray[np.bool_] = later <= price if side == 0 else later >= price
        if reached.any():
            died[trader] = minute + 1 + int(reached.argmax())
    return died


def _spot(script: Script, count: int) -> FloatArray:
    flow = np.zeros(count)
    for span in script.spot:
        flow[span.first : span.stop] += span.usd / (span.stop - span.first)
    return flow
