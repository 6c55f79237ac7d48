"""An hour of the simulated market, minute by minute.

    1  those who want to leave do so at the open
    2  the price runs open -> extreme -> extreme -> close: the world's draw plus what is left of
       the push that forced orders gave it
    3  newcomers enter at the price of their instant
    4  whoever's liquidation price the mark reached is closed at that instant
    5  their forced orders push the price in the next minute

Everything else about the hour (bars, volume, open interest) follows from its positions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from apps.exchanges.simulated import positions as traders
from apps.exchanges.simulated import prices
from apps.exchanges.simulated.positions import Positions
from apps.exchanges.simulated.prices import MINUTES, Weather
from apps.exchanges.simulated.tables import (
    USUAL,
    FloatArray,
    IntArray,
    Universe,
)

LARGEST_PUSH = 0.004  # of one minute
PASSING_SHARE, PASSING_PER_MIN = 0.8, 0.03  # part of a push that fades away, and how fast
TREND_SPAN_MIN = 240  # returns of the last hours draw newcomers to their side
TREND_SCALE = 0.02
WATCHED = 0.03  # natural log: positions this near are looked at every minute
LAST_INSTANT = 1 - 1e-6  # of a minute
VERTICES = 4  # of a minute's path: open, extreme, extreme, close


@dataclass(frozen=True, slots=True)
class State:
    """What one hour leaves to the next."""

    seed: int
    universe: Universe
    first_ms: int
    minute: int  # since the simulation began; a whole number of hours
    price: FloatArray  # (M,) log
    trend: FloatArray  # (M,) average of recent returns, summed over its span
    passing: FloatArray  # (M,) log: the part of past pushes that is still to fade
    push: FloatArray  # (M,) log, due in the next minute
    weather: Weather
    alive: Positions


@dataclass(frozen=True, slots=True)
class Block:
    """One hour that happened; T minutes."""

    start: State
    world: prices.Hour
    path: FloatArray  # (T, M, VERTICES) log prices common to all venues, a third of a minute apart
    positions: Positions  # all who lived in it: those of before, then those who came


@dataclass(slots=True)
class _Walk:
    """The hour under way."""

    universe: Universe
    positions: Positions
    standing: int  # how many of them were there before
    path: FloatArray
    price: FloatArray
    trend: FloatArray
    passing: FloatArray
    push: FloatArray
    watch: "_Watch"


@dataclass(frozen=True, slots=True)
class _Watch:
    """Positions from before the hour that die if the signed mark goes as low as ``down_to``."""

    down_to: FloatArray  # (K,)
    indices: IntArray
    triggers: FloatArray
    books: IntArray


def simulate(seed: int, first_ms: int, universe: Universe = USUAL) -> Iterator[Block]:
    """Hour after hour for ever. The same arguments give the same hours, bit by bit."""
    rng = np.random.default_rng([seed, 0])
    weather = prices.first_weather(rng, universe)
    price = prices.anchor(universe) + 0.01 * rng.standard_normal(universe.markets)
    mark = price[universe.market_of_instrument] + prices.MARK_FOLLOWS * weather.basis
    nothing = np.zeros(universe.markets)
    alive = traders.draw_standing(rng, mark, universe)
    state = State(seed, universe, first_ms, 0, price, nothing, nothing, nothing, weather, alive)
    while True:
        block, state = advance(state)
        yield block


def advance(state: State) -> tuple[Block, State]:
    """The next hour and the state after it."""
    universe = state.universe
    rng = np.random.default_rng([state.seed, 1 + state.minute // MINUTES])
    minute_of_day = (state.first_ms // 60_000 + state.minute) % 1440
    world, weather = prices.draw_hour(rng, state.weather, state.price, minute_of_day, universe)
    activity = 0.5 + 0.5 * np.abs(world.returns) / world.sigma
    coming = traders.draw_opening(
        rng,
        state.minute,
        np.minimum(activity, 4)[:, universe.market_of_instrument],
        np.tanh(state.trend / TREND_SCALE)[universe.market_of_instrument],
        universe,
    )
    walk = _Walk(
        universe=universe,
        positions=state.alive.with_(coming),
        standing=len(state.alive),
        path=np.empty((MINUTES, universe.markets, VERTICES)),
        price=state.price,
        trend=state.trend,
        passing=state.passing,
        push=state.push,
        watch=_watch(state.alive, np.full(universe.books, np.inf)),
    )
    minutes = state.minute + np.arange(MINUTES + 1)
    arrivals = walk.standing + np.searchsorted(coming.opened, minutes)
    for t in range(MINUTES):
        _move_price(walk, world, t)
        newcomers = slice(int(arrivals[t]), int(arrivals[t + 1]))
        _live_a_minute(walk, world, t, state.minute + t, newcomers)
    block = Block(state, world, walk.path, walk.positions)
    ends = state.minute + MINUTES
    stays = (walk.positions.leaves >= ends) & np.isinf(walk.positions.died)
    return block, replace(
        state,
        minute=ends,
        price=walk.price,
        trend=walk.trend,
        passing=walk.passing,
        push=walk.push,
        weather=weather,
        alive=walk.positions.take(stays),
    )


def _move_price(walk: _Walk, world: prices.Hour, t: int) -> None:
    """Draw the path of one minute in every market."""
    fading = PASSING_PER_MIN * walk.passing
    move = world.returns[t] + walk.push - fading
    bridge = np.sqrt(move**2 + world.reach[t])
    high, low = (move + bridge[0]) / 2, (move - bridge[1]) / 2
    path, is_high_first = walk.path[t], world.is_high_first[t]
    path[:, 0] = 0
    path[:, 1] = np.where(is_high_first, high, low)
    path[:, 2] = np.where(is_high_first, low, high)
    path[:, 3] = move
    path += walk.price[:, None]
    walk.passing = walk.passing - fading + PASSING_SHARE * walk.push
    walk.price = walk.price + move
    walk.trend = walk.trend * (1 - 1 / TREND_SPAN_MIN) + move


def _live_a_minute(walk: _Walk, world: prices.Hour, t: int, minute: int, newcomers: slice) -> None:
    """Let newcomers in, close whoever the mark reaches, and note how that will push the price."""
    universe = walk.universe
    path = np.repeat(walk.path[t], universe.venues, axis=0)
    signed = np.repeat(path + world.mark_basis[t][:, None], 2, axis=0)
    mark = universe.sign[:, None] * signed
    lowest = mark.min(axis=1)  # (K,) of the signed mark: lows for longs, minus highs for shorts
    reached = [_reached_before(walk, lowest), _reached_since(walk, lowest, newcomers.start)]
    if newcomers.stop > newcomers.start:
        _enter(walk.positions, newcomers, path + world.basis[t][:, None], minute)
        away = (
            np.ptp(walk.path[t], axis=1).max() + np.abs(world.basis[t] - world.mark_basis[t]).max()
        )
        if away >= np.abs(walk.positions.offset[newcomers]).min():
            reached.append(_reached_on_arrival(walk.positions, newcomers, mark, minute))
    dead = np.concatenate(reached)
    dead = dead[(walk.positions.leaves[dead] > minute) & np.isinf(walk.positions.died[dead])]
    walk.push = np.zeros(universe.markets)
    if len(dead):
        walk.push = _close(walk.positions, dead, mark, minute, universe)


def _watch(positions: Positions, lowest: FloatArray) -> _Watch:
    """Look out as far as ``WATCHED`` beyond the lowest signed mark (K,)."""
    down_to = lowest - WATCHED
    near = np.flatnonzero(positions.trigger >= down_to[positions.book])
    return _Watch(down_to, near, positions.trigger[near], positions.book[near])


def _reached_before(walk: _Walk, lowest: FloatArray) -> IntArray:
    """Those from before the hour whose trigger was reached."""
    if (lowest < walk.watch.down_to).any():
        walk.watch = _watch(walk.positions.take(slice(walk.standing)), lowest)
    watch = walk.watch
    return watch.indices[watch.triggers >= lowest[watch.books]]


def _reached_since(walk: _Walk, lowest: FloatArray, stop: int) -> IntArray:
    """Those who opened earlier in the hour and whose trigger was reached."""
    since = slice(walk.standing, stop)
    hit = walk.positions.trigger[since] >= lowest[walk.positions.book[since]]
    return walk.standing + np.flatnonzero(hit)


def _enter(positions: Positions, newcomers: slice, last: FloatArray, minute: int) -> None:
    """Open at the last price (I, VERTICES) of the instant."""
    way = (positions.opened[newcomers] - minute) * (VERTICES - 1)
    vertex = np.minimum(way.astype(np.int64), VERTICES - 2)
    instrument = positions.book[newcomers] // 2
    before, after = last[instrument, vertex], last[instrument, vertex + 1]
    traders.open_at(positions, newcomers, before + (way - vertex) * (after - before))


def _reached_on_arrival(
    positions: Positions, newcomers: slice, mark: FloatArray, minute: int
) -> IntArray:
    """Newcomers whose trigger was reached in what was left of the minute."""
    rest = _path_while_open(positions, newcomers, mark, minute)
    hit = (rest <= positions.trigger[newcomers][:, None]).any(axis=1)
    return newcomers.start + np.flatnonzero(hit)


def _close(
    positions: Positions, dead: IntArray, mark: FloatArray, minute: int, universe: Universe
) -> FloatArray:
    """Close the dead when the mark reached their triggers; the push (M,) of their orders."""
    trigger = positions.trigger[dead]
    vertex = np.argmax(_path_while_open(positions, dead, mark, minute) <= trigger[:, None], axis=1)
    book = positions.book[dead]
    before, after = mark[book, np.maximum(vertex - 1, 0)], mark[book, vertex]
    drop = np.where(vertex > 0, before - after, 1.0)
    way = np.where(vertex > 0, vertex - 1 + (before - trigger) / drop, 0.0) / (VERTICES - 1)
    positions.died[dead] = minute + np.minimum(way, LAST_INSTANT)
    usd = positions.size[dead] * np.exp(universe.sign[book] * trigger)
    return _push(-universe.sign[book] * usd, book, universe)


def _path_while_open(
    positions: Positions, chosen: slice | IntArray, mark: FloatArray, minute: int
) -> FloatArray:
    """Signed marks (N, VERTICES) of a minute, infinite before a position was there."""
    opened = positions.opened[chosen] - minute
    is_there = np.arange(VERTICES) / (VERTICES - 1) > opened[:, None]
    return np.where(is_there, mark[positions.book[chosen]], np.inf)


def _push(usd: FloatArray, book: IntArray, universe: Universe) -> FloatArray:
    market = universe.market_of_book[book]
    total = np.bincount(market, weights=usd, minlength=universe.markets)
    per_usd = 1e-4 / np.array([coin.usd_per_bp for coin in universe.coins])
    return np.clip(total * per_usd, -LARGEST_PUSH, LARGEST_PUSH)
