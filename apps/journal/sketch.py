"""A read as a picture: the map as it was then, and candles before and after.

No heat is drawn after the read. A read that holds no heat, as older ones and those written down
later, has the clusters of its map as bands, if it holds any.
"""

from dataclasses import dataclass

import numpy as np

from apps.journal.evidence import load_path
from apps.journal.heat import Plate, View, kept_heat, plate_of
from apps.journal.models import HOUR_MS, Read
from apps.journal.plot import Box, Candle, Scale, Tick, candles_of, padded, prices_of, times_of
from apps.markets.clock import feed_now_ms

USUAL_MS = 6 * HOUR_MS
AFTER_REACHED_MS = 3 * HOUR_MS
SHORTEST_MS = HOUR_MS // 2
LARGEST = 1e15
AROUND = 0.25  # of what has to be seen: how much of the map is shown beyond it
COLUMNS, ROWS = 120, 160


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the template draws; ``split`` is the moment of the read."""

    plate: Plate | None
    bands: tuple[Box, ...]  # without a plate
    zone: Box
    candles: tuple[Candle, ...]
    width: str  # of a candle's body
    split: str
    prices: tuple[Tick, ...]
    times: tuple[Tick, ...]
    is_bare: bool  # no prices are kept of that time any more


def sketch_of(read: Read, currency: str) -> Sketch:
    """The drawing of a read, large."""
    since_ms, until_ms = window_of(read, feed_now_ms())
    path = load_path(read.market, read.venue, since_ms=since_ms, until_ms=until_ms)
    low, high = range_of(read, path.low, path.high)
    scale = Scale(since_ms, max(until_ms - since_ms, 1), low, high)
    plate = plate_in(read, View(since_ms, until_ms, read.at_ms, low, high), COLUMNS, ROWS)
    bands = () if plate else strengths_of(read, low, high)
    return Sketch(
        plate=plate,
        bands=tuple(scale.box(*band) for band in bands),
        zone=scale.box(read.side, read.low, read.high),
        candles=candles_of(path, scale),
        width=scale.body,
        split=scale.x(read.at_ms),
        prices=prices_of(scale, currency),
        times=times_of(scale),
        is_bare=len(path.end_ms) == 0,
    )


def window_of(read: Read, now_ms: int) -> tuple[int, int]:
    """What a drawing shows: a while before the read, to a while after its zone was reached.

    One that was not reached is shown to its end, or to now.
    """
    end_ms = min(read.at_ms + read.horizon_ms, now_ms)
    if read.reached_ms:
        took_ms = read.reached_ms - read.at_ms
        end_ms = min(end_ms, read.reached_ms + max(AFTER_REACHED_MS, took_ms))
    after_ms = max(end_ms - read.at_ms, SHORTEST_MS)
    before_ms = round(float(np.clip(USUAL_MS, 0.4 * after_ms, 3 * after_ms)))
    return read.at_ms - before_ms, read.at_ms + after_ms


def range_of(read: Read, lows: np.ndarray, highs: np.ndarray) -> tuple[float, float]:
    """The prices that a drawing shows: the zone, the price then, and the path."""
    low, high = min(read.low, read.price), max(read.high, read.price)
    if len(lows):
        low, high = min(low, float(lows.min())), max(high, float(highs.max()))
    return padded(low, high, read.price, AROUND)


def plate_in(read: Read, view: View, columns: int, rows: int) -> Plate | None:
    """The heat that a read holds, in so many cells of a drawing; None where it holds none."""
    heat = kept_heat(read.frozen)
    return plate_of(heat, view, columns, rows) if heat else None


def strengths_of(read: Read, low: float, high: float) -> list[tuple[str, float, float, int]]:
    """Side, edges and strength of every cluster of the frozen map between two prices."""
    zones = _zones(read)
    most = max((usd for *_, usd in zones), default=1.0)
    return [
        (side, bottom, top, 1 + round(8 * (usd / most) ** 0.5))
        for side, bottom, top, usd in zones
        if bottom < high and top > low
    ]


def _zones(read: Read) -> list[tuple[str, float, float, float]]:
    """Side, edges and dollars of every cluster of the frozen map; none where it holds nonsense."""
    try:
        told = [
            (zone["side"], float(zone["low"]), float(zone["high"]), float(zone["usd"]))
            for zone in read.frozen.get("clusters", ())
        ]
    except (TypeError, KeyError, ValueError, AttributeError):
        return []
    return [zone for zone in told if zone[0] in Read.Side.values and 0 < zone[3] < LARGEST]
