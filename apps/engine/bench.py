"""What the engine costs: rebuilding a week, advancing a minute, refreshing a hundred markets.

The market is synthetic: a random walk with fat tails, one to eight venues around one price. Each
case is a median of several runs beside a yardstick measured in the same run: plain numpy that
moves about as much memory, so that ratios can be compared between machines.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from apps.engine.book import Walk, advance, rebuild
from apps.engine.clusters import find
from apps.engine.frame import FrameHeader, encode_full, encode_update, read_header
from apps.engine.parameters import VENUES, Parameters, default_parameters
from apps.engine.picture import draw_view, extend
from apps.engine.records import Bars, FloatArray, Picture
from apps.engine.view import View

MINUTE_MS = 60_000
WEEK_MINUTES = 7 * 1440
START_MS = 1_780_272_000_000
KEPT_BINS = 1100
MARKETS = 100
DISTINCT_MARKETS = 10  # each visited ten times; together their books exceed the cache
DAY = View(window_ms=86_400_000, cadence_ms=300_000)
REPEATS = 5

Clock = Callable[[], float]
Case = dict[str, Any]


def cases(
    *, rng: np.random.Generator, clock: Clock = time.perf_counter, minutes: int = WEEK_MINUTES
) -> dict[str, list[Case]]:
    """The benchmark as JSON-ready cases; ``clock`` tells seconds, ``minutes`` is the history."""
    parameters = default_parameters()
    eight = random_walk_bars(rng, venues=8, minutes=minutes)
    one = _of_first_venue(eight)
    rows = 2 * len(parameters.leverages)
    return {
        "cases": [
            _case(
                "rebuild_7d_1m_one_venue",
                lambda: rebuild(one, parameters, columns_every_ms=MINUTE_MS),
                f"every minute's column as a product of {rows} rows of {KEPT_BINS} bins",
                _columns_yardstick(rng, venues=1, rows=rows, columns=minutes),
                clock,
            ),
            _case(
                "rebuild_7d_1m_eight_venues",
                lambda: rebuild(eight, parameters, columns_every_ms=5 * MINUTE_MS),
                f"every fifth minute's column as a product of {8 * rows} rows of {KEPT_BINS} bins",
                _columns_yardstick(rng, venues=8, rows=rows, columns=minutes // 5),
                clock,
            ),
            *_live_cases(eight, parameters, clock),
        ]
    }


def random_walk_bars(rng: np.random.Generator, *, venues: int, minutes: int) -> Bars:
    """Minute bars of venues around one price, about 1.5 % a day with fat tails."""
    shape = (venues, minutes)
    volatility = 4e-4
    close = 60_000 * np.exp(np.cumsum(rng.standard_t(4, minutes)) * volatility / np.sqrt(2))
    opened = np.concatenate([[60_000.0], close[:-1]])
    wick = np.abs(rng.normal(size=(2, minutes))) * volatility / 2
    low, high = np.minimum(opened, close) * np.exp(-wick[0]), np.maximum(opened, close)
    basis = np.exp(rng.normal(size=(venues, 1)) * 5e-4)
    volume = 50 * np.exp(rng.normal(size=shape) / 2)
    return Bars(
        venues=tuple(name for name, _ in VENUES[:venues]),
        end_ms=START_MS + MINUTE_MS * np.arange(1, minutes + 1),
        open=opened * basis,
        high=high * np.exp(wick[1]) * basis,
        low=low * basis,
        close=close * basis,
        volume=volume,
        taker_delta=volume * rng.uniform(-0.3, 0.3, shape),
        open_interest=80_000 * np.exp(np.cumsum(rng.normal(size=shape) * 3e-4, axis=1)),
        mark_low=np.full(shape, np.nan),
        mark_high=np.full(shape, np.nan),
    )


def _of_first_venue(bars: Bars) -> Bars:
    arrays = {
        name: getattr(bars, name)[:1] for name in Bars.__slots__ if name not in ("venues", "end_ms")
    }
    return Bars(bars.venues[:1], bars.end_ms, **arrays)


def _live_cases(bars: Bars, parameters: Parameters, clock: Clock) -> list[Case]:
    history = len(bars) - DISTINCT_MARKETS
    walk = rebuild(bars.between(0, history), parameters)
    minute = bars.between(history, history + 1)
    mass = walk.book.standing.mass
    picture = draw_view(walk, DAY)
    markets = [
        _opened(walk, picture, bars.between(history + offset, history + offset + 1))
        for offset in range(DISTINCT_MARKETS)
    ]
    return [
        _case(
            "advance_one_minute_eight_venues",
            lambda: advance(walk, minute),
            "copying the eight venues' grids",
            mass.copy,
            clock,
            repeats=40 * REPEATS,
        ),
        _case(
            "refresh_100_markets",
            lambda: [_refresh(*markets[number % DISTINCT_MARKETS]) for number in range(MARKETS)],
            "copying the eight venues' grids a hundred times",
            lambda: [mass.copy() for _ in range(MARKETS)],
            clock,
        ),
    ]


def _opened(walk: Walk, picture: Picture, bar: Bars) -> tuple[Walk, Bars, Picture, FrameHeader]:
    """A market as a worker holds it: its walk, its next minute, its last picture and frame.

    The walk is a minute on from ``walk``, so its book lies in memory of its own.
    """
    own = advance(walk, _at(bar, walk.end_ms + MINUTE_MS))
    picture = extend(picture, own, DAY, drawn_ms=walk.end_ms, earlier=walk)
    full = encode_full(picture, sequence=1, as_of_ms=own.end_ms, spec="bench", meta={})
    return own, _at(bar, own.end_ms + MINUTE_MS), picture, read_header(full)


def _at(bars: Bars, end_ms: int) -> Bars:
    arrays = [getattr(bars, name) for name in Bars.__slots__[2:]]
    return Bars(bars.venues, np.array([end_ms]), *arrays)


def _refresh(walk: Walk, minute: Bars, picture: Picture, header: FrameHeader) -> bytes | None:
    """Advance, draw the newest column, find the clusters, and encode the update."""
    later = advance(walk, minute)
    picture = extend(picture, later, DAY, drawn_ms=walk.end_ms, earlier=walk)
    find(picture)
    return encode_update(
        picture,
        onto=header,
        since_end_ms=int(picture.end_ms[-1]),
        sequence=2,
        as_of_ms=later.end_ms,
        meta={},
    )


def _columns_yardstick(
    rng: np.random.Generator, *, venues: int, rows: int, columns: int
) -> Callable[[], object]:
    weights = rng.random((venues, 2, 1, rows // 2))
    mass = rng.random((venues, 2, rows // 2, KEPT_BINS))
    kept = np.empty((columns, 2, KEPT_BINS), np.float32)

    def run() -> FloatArray:
        for row in range(columns):
            kept[row] = (weights @ mass).sum(axis=0)[:, 0]
        return kept

    return run


def _case(
    name: str,
    run: Callable[[], object],
    yardstick: str,
    measure: Callable[[], object],
    clock: Clock,
    repeats: int = REPEATS,
) -> Case:
    seconds, yardstick_seconds = [], []
    for _ in range(repeats):
        yardstick_seconds.append(_timed(measure, clock))
        seconds.append(_timed(run, clock))
    return {
        "name": name,
        "seconds": median(seconds),
        "yardstick": yardstick,
        "yardstick_seconds": median(yardstick_seconds),
        "ratio": median(seconds) / median(yardstick_seconds),
    }


def _timed(run: Callable[[], object], clock: Clock) -> float:
    started = clock()
    run()
    return clock() - started
