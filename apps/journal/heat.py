"""The heat a read was made on: small enough to keep for good, drawn again beside what came.

    the map's frame ──heat_of──▶ tones by time and price, in the read ──plate_of──▶ a drawing's

Tones say how much stood, both sides together, against the most of the picture. A journal may come
from anywhere, so what the read holds is checked, and whatever is no heat is drawn as none.
"""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.engine.frame import DecodedFrame
from apps.engine.rebin import binned
from apps.engine.records import BoolArray, FloatArray, IntArray
from apps.heatmaps.tones import BRIGHTEST, ToneArray, digits_of, tones_of

COLUMNS, ROWS = 96, 128
MOST_CELLS = 65_536
LEAST_REACH, MOST_REACH = 0.03, 1.0  # in log price, on either side
ROOM = 2.0  # times the zone's distance
MOST_LIFT = 2.0  # of tones, where a drawing shows none of the brightest
LAST_MS = 1 << 47
LEAST_PRICE, MOST_PRICE = 1e-12, 1e15


@dataclass(frozen=True, slots=True)
class Heat:
    """Tones by column of time and row of log price, lowest first, (C, R)."""

    first_ms: int
    last_ms: int
    low: float
    high: float
    tones: ToneArray


@dataclass(frozen=True, slots=True)
class View:
    """What a drawing shows, even in time and in price; heat only up to ``split_ms``."""

    since_ms: int
    until_ms: int
    split_ms: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Plate:
    """Cells of a drawing as digits, row by row from the top."""

    columns: int
    rows: int
    digits: str


def heat_of(
    frame: DecodedFrame, at_ms: int, price: float, low: float, high: float
) -> dict[str, Any]:
    """What a read of a zone keeps of the map: columns begun before it, prices around both."""
    header = frame.header
    distance = max(abs(low - price), abs(high - price)) / price
    reach = min(max(LEAST_REACH, ROOM * distance), MOST_REACH)
    edges = price * np.exp(np.linspace(-reach, reach, ROWS + 1))
    places = np.clip(header.grid.position_of(edges), 0, header.grid.count)
    known = np.flatnonzero(frame.end_ms - header.cadence_ms < at_ms)
    by_price = binned(frame.usd[known].sum(axis=1), places)
    columns = min(COLUMNS, len(known))
    by_time = binned(by_price.T, np.linspace(0, len(known), columns + 1)).T
    changes = np.diff(tones_of(by_time), axis=0, prepend=np.zeros((1, ROWS), np.uint8))
    return {
        "first_ms": header.first_end_ms - header.cadence_ms,
        "last_ms": int(frame.end_ms[known[-1]]), "low": float(edges[0]),
        "high": float(edges[-1]), "columns": columns, "rows": ROWS,
        "changes": base64.b64encode(zlib.compress(changes.tobytes(), 9)).decode(),
    }  # fmt: skip


def kept_heat(frozen: Mapping[str, Any]) -> Heat | None:
    """The heat that a frozen map holds; None where it holds none, or nonsense."""
    try:
        told = frozen["heat"]
        first_ms, last_ms, columns, rows = (
            int(told[name]) for name in ("first_ms", "last_ms", "columns", "rows")
        )
        low, high = float(told["low"]), float(told["high"])
        packed = base64.b64decode(told["changes"], validate=True)
        if not (0 <= first_ms < last_ms < LAST_MS and LEAST_PRICE < low < high < MOST_PRICE):
            return None
        if not (columns > 0 and rows > 0 and columns * rows <= MOST_CELLS):
            return None
        cells = zlib.decompressobj().decompress(packed, columns * rows + 1)
        changes = np.frombuffer(cells, np.uint8).reshape(columns, rows)
    except (TypeError, KeyError, ValueError, OverflowError, zlib.error):
        return None
    tones = np.minimum(np.cumsum(changes, axis=0, dtype=np.uint8), BRIGHTEST)
    return Heat(first_ms, last_ms, low, high, tones)


def plate_of(heat: Heat, view: View, columns: int, rows: int) -> Plate:
    """The heat in even cells of a view, as bright as its brightest allows."""
    width_ms = (view.until_ms - view.since_ms) / columns
    ends_ms = view.since_ms + np.arange(1, columns + 1) * width_ms
    along = (ends_ms - width_ms / 2 - heat.first_ms) / (heat.last_ms - heat.first_ms)
    levels = view.high - (np.arange(rows) + 0.5) / rows * (view.high - view.low)
    up = np.log(np.maximum(levels, np.finfo(float).tiny) / heat.low) / np.log(heat.high / heat.low)
    column, is_then = _cell(along, heat.tones.shape[0])
    row, is_there = _cell(up, heat.tones.shape[1])
    is_told = is_there[:, None] & is_then & (ends_ms <= view.split_ms)
    tones = np.where(is_told, heat.tones[column, row[:, None]], 0)
    lift = min(BRIGHTEST / max(tones.max(), 1), MOST_LIFT)
    return Plate(columns, rows, digits_of(np.rint(tones * lift).astype(np.uint8)))


def _cell(share: FloatArray, count: int) -> tuple[IntArray, BoolArray]:
    """Which of ``count`` cells a share of their whole lies in, and whether in any."""
    at = np.floor(share * count)
    return np.clip(at, 0, count - 1).astype(np.int64), (at >= 0) & (at < count)
