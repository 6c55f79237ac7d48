"""Markets and reads made up from a seed, with holes, late bars, and nights when clocks change."""

import numpy as np

from apps.journal.outcome import Path, Prints, Terms
from tests.journal.reference import HOUR_MS, MINUTE_MS, Bar, Dead

# A quiet day, and the hours around both changes of the clock in Europe and in America.
BEGINNINGS_MS = (1_780_000_200_000, 1_774_742_400_000, 1_792_886_400_000, 1_772_953_200_000)


def make_bars(rng: np.random.Generator, count: int = 900) -> list[Bar]:
    """A walk of minutes, sometimes of five; one in three has holes, one in three no mark."""
    span_ms = int(rng.choice([MINUTE_MS, MINUTE_MS, 5 * MINUTE_MS]))
    begin_ms = int(rng.choice(BEGINNINGS_MS))
    close = 60_000 * np.exp(np.cumsum(rng.normal(0, 0.0012, count)))
    reach = np.abs(rng.normal(0, 0.0008, (2, count)))
    opened = np.concatenate([close[:1], close[:-1]])
    low = np.minimum(opened, close) * (1 - reach[0])
    high = np.maximum(opened, close) * (1 + reach[1])
    is_mark = np.ones(count, bool) if rng.random() < 0.67 else rng.random(count) < 0.5
    bars = [
        Bar(begin_ms + i * span_ms, begin_ms + (i + 1) * span_ms, float(low[i]), float(high[i]),
            float(close[i]), bool(is_mark[i]))
        for i in range(count)
    ]  # fmt: skip
    if rng.random() < 0.33:
        lost = set(rng.integers(0, count, rng.integers(1, 4)).tolist())
        bars = [bar for i, bar in enumerate(bars) if i not in lost]
    return bars[: int(rng.integers(1, count))]


def make_dead(rng: np.random.Generator, bars: list[Bar]) -> list[Dead]:
    """Liquidations near the price; some markets tell none."""
    if rng.random() < 0.2:
        return []
    dead = []
    for _ in range(300):
        bar = bars[int(rng.integers(len(bars)))]
        dead.append(
            Dead(
                int(rng.integers(bar.begin_ms, bar.end_ms + 1)),
                str(rng.choice(["long", "short"])),
                float(bar.close * (1 + rng.normal(0, 0.003))),
                float(rng.integers(1, 1_000_000)),
            )
        )
    return sorted(dead, key=lambda one: one.ts_ms)


def make_terms(rng: np.random.Generator, bars: list[Bar]) -> Terms:
    """A read near the price of some bar, not always at a full minute, with a plan every second."""
    bar = bars[int(rng.integers(min(len(bars), 300)))]
    side = str(rng.choice(["long", "short"]))
    away = abs(rng.normal(0, 0.01)) * (-1 if side == "long" else 1)
    middle, width = bar.close * (1 + away), abs(rng.normal(0.002, 0.002)) * bar.close
    low, high = middle - width / 2, middle + width / 2
    beyond = low * 0.99 if side == "long" else high * 1.01
    entry = stop = target = None
    if rng.random() < 0.5:
        entry = bar.close * (1 + rng.normal(0, 0.002))
        sign = int(rng.choice([-1, 1]))
        risk = abs(rng.normal(0.004, 0.003)) + 0.0005
        stop = entry * (1 - sign * risk) if rng.random() < 0.8 else None
        target = entry * (1 + sign * risk * rng.uniform(0.5, 3)) if rng.random() < 0.8 else None
    return Terms(
        at_ms=bar.end_ms - int(rng.choice([0, 0, 1, 20_000])),
        horizon_ms=int(rng.choice([1, 4, 8])) * HOUR_MS,
        side=side, price=bar.close, low=low, high=high,
        next_price=beyond if rng.random() < 0.7 else None,
        entry=entry, stop=stop, target=target,
    )  # fmt: skip


def path_of(bars: list[Bar]) -> Path:
    return Path(
        np.array([bar.end_ms for bar in bars], np.int64),
        np.array([bar.end_ms - bar.begin_ms for bar in bars], np.int64),
        np.array([bar.low for bar in bars]),
        np.array([bar.high for bar in bars]),
        np.array([bar.close for bar in bars]),
        np.array([bar.is_mark for bar in bars], bool),
    )


def prints_of(dead: list[Dead]) -> Prints:
    return Prints(
        np.array([one.ts_ms for one in dead], np.int64),
        np.array([one.side == "long" for one in dead], bool),
        np.array([one.price for one in dead], float),
        np.array([one.usd for one in dead], float),
    )
