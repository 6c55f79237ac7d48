"""Invented bars for the engine's tests: seeded, and as unpleasant as asked for."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from apps.engine.records import Bars, FloatArray

MINUTE_MS = 60_000
START_MS = 1_750_000_000_000 // MINUTE_MS * MINUTE_MS
VENUES = ("binance", "bybit", "hyperliquid", "okx")


def random_bars(
    seed: int,
    *,
    count: int = 60,
    venues: tuple[str, ...] = VENUES[:2],
    volatility: float = 0.002,
    holes: bool = False,
) -> Bars:
    """``count`` minute bars; ``volatility`` is per bar. With ``holes``, readings are missing:
    volume, taker flow, open interest, marks, whole bars."""
    rng = np.random.default_rng(seed)
    shape = (len(venues), count)
    path = np.cumsum(rng.standard_t(4, count) * volatility / 2)
    close = 60_000 * np.exp(path + rng.normal(size=(len(venues), 1)) * 5e-4)
    opened = np.concatenate([close[:, :1], close[:, :-1]], axis=1)
    wick = np.abs(rng.normal(size=(2, *shape))) * volatility
    high = np.maximum(opened, close) * np.exp(wick[0])
    low = np.minimum(opened, close) * np.exp(-wick[1])
    volume = 50 * np.exp(rng.normal(size=shape))
    interest = 5_000 * np.exp(np.cumsum(rng.normal(size=shape) * 3e-3, axis=1))
    bars = Bars(
        venues=venues,
        end_ms=START_MS + MINUTE_MS * np.arange(1, count + 1),
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=volume,
        taker_delta=volume * rng.uniform(-0.5, 0.5, shape),
        open_interest=interest,
        mark_low=low * np.exp(wick[1] / 2),
        mark_high=high * np.exp(-wick[0] / 2),
    )
    return _with_holes(bars, rng) if holes else bars


def _with_holes(bars: Bars, rng: np.random.Generator) -> Bars:
    shape = bars.close.shape
    no_mark, gap = rng.random(shape) < 0.3, rng.random(shape) < 0.1
    gap[:, 0] = False

    def without(values: FloatArray, missing: np.ndarray) -> FloatArray:
        return np.where(missing | gap, np.nan, values)

    never = np.zeros(shape, dtype=bool)
    return replace(
        bars,
        open=without(bars.open, never),
        high=without(bars.high, never),
        low=without(bars.low, never),
        close=without(bars.close, never),
        volume=without(bars.volume, rng.random(shape) < 0.3),
        taker_delta=without(bars.taker_delta, rng.random(shape) < 0.3),
        open_interest=without(bars.open_interest, rng.random(shape) < 0.5),
        mark_low=without(bars.mark_low, no_mark),
        mark_high=without(bars.mark_high, no_mark),
    )


@st.composite
def markets(draw: st.DrawFn) -> Bars:
    """Bars of one to four venues: calm or wild, whole or full of holes."""
    return random_bars(
        draw(st.integers(0, 10_000)),
        count=draw(st.integers(2, 60)),
        venues=VENUES[: draw(st.integers(1, 4))],
        volatility=draw(st.sampled_from([0.0, 3e-4, 2e-3, 1e-2, 5e-2])),
        holes=draw(st.booleans()),
    )


def only(bars: Bars, venue: str) -> Bars:
    """The same bars of one venue."""
    return arranged(bars, (bars.venues.index(venue),))


def arranged(bars: Bars, order: tuple[int, ...]) -> Bars:
    """The same bars with venues in another order, or fewer of them."""
    rows = list(order)
    arrays = {
        name: getattr(bars, name)[rows]
        for name in Bars.__slots__
        if name not in ("venues", "end_ms")
    }
    return Bars(tuple(bars.venues[row] for row in rows), bars.end_ms, **arrays)
