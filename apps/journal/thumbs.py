"""The list's small pictures: what the map said, and where the price came from and went to.

Heat and zone come from the frozen reading, the line from bars at a few round instants: one query
for every market on the page, however many reads it shows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from apps.journal.heat import Plate, View
from apps.journal.models import Read
from apps.journal.plot import Box
from apps.journal.sketch import plate_in, range_of, strengths_of, window_of
from apps.markets.clock import feed_now_ms
from apps.markets.models import Instrument, MinuteBar

WIDTH, HEIGHT = 76.0, 60.0
COLUMNS, ROWS = 32, 30  # of heat
POINTS = 30
GRID_MS = 300_000

type Closes = dict[int, float]


@dataclass(frozen=True, slots=True)
class Thumb:
    """Boxes and paths in a picture of 76 by 60."""

    plate: Plate | None
    bands: tuple[Box, ...]  # without a plate
    zone: str
    line: str
    split: str


def thumbs_of(reads: Sequence[Read]) -> dict[int, Thumb]:
    """The pictures of a page of reads by their primary keys."""
    now_ms = feed_now_ms()
    windows = {read.pk: _window(read, now_ms) for read in reads}
    closes = _closes(reads, windows)
    return {
        read.pk: _thumb(read, windows[read.pk], closes[read.market, read.venue]) for read in reads
    }


def _window(read: Read, now_ms: int) -> np.ndarray:
    """Round instants along what a drawing of the read shows."""
    told = np.linspace(*window_of(read, now_ms), POINTS)
    return (told // GRID_MS).astype(np.int64) * GRID_MS


def _closes(reads: Sequence[Read], windows: dict[int, np.ndarray]) -> dict[tuple[str, str], Closes]:
    """What closed when, by market and venue; the mark where it was told."""
    wanted: dict[tuple[str, str], set[int]] = defaultdict(set)
    for read in reads:
        wanted[read.market, read.venue].update(windows[read.pk].tolist())
    rows = Instrument.objects.filter(market__slug__in={market for market, _ in wanted})
    named = rows.order_by("market__slug", "venue", "slug").values_list(
        "market__slug", "venue", "pk"
    )
    first = {key: next(group)[2] for key, group in groupby(named, key=lambda row: row[:2])}
    told: dict[tuple[str, str], Closes] = {key: {} for key in wanted}
    for key, instants in wanted.items():
        if key not in first:
            continue
        bars = MinuteBar.objects.filter(
            instrument_id=first[key], end_ms__in=sorted(instants), closed=True
        ).values_list("end_ms", "close", "mark_close")
        told[key] = {end_ms: close if mark is None else mark for end_ms, close, mark in bars}
    return told


def _thumb(read: Read, window: np.ndarray, closes: Closes) -> Thumb:
    told = [(at_ms, closes[at_ms]) for at_ms in window.tolist() if at_ms in closes]
    prices = np.array([price for _at_ms, price in told])
    low, high = range_of(read, prices, prices)
    first_ms, span_ms = int(window[0]), max(int(window[-1] - window[0]), 1)

    def x(at_ms: int) -> float:
        return min(max((at_ms - first_ms) / span_ms, 0.0), 1.0) * WIDTH

    def y(price: float) -> float:
        return (high - price) / (high - low) * HEIGHT

    def box(side: str, bottom: float, top: float, strength: int) -> Box:
        return Box(f"{y(top):.1f}", f"{max(y(bottom) - y(top), 1):.1f}", side, strength)

    line = "L".join(f"{x(at_ms):.1f} {y(price):.1f}" for at_ms, price in told)
    view = View(first_ms, first_ms + span_ms, read.at_ms, low, high)
    plate = plate_in(read, view, COLUMNS, ROWS)
    return Thumb(
        plate=plate,
        bands=() if plate else tuple(box(*band) for band in strengths_of(read, low, high)),
        zone=f"M.5 {y(read.high):.1f}H{WIDTH - 0.5}V{y(read.low):.1f}H.5z",
        line=f"M{line}" if line else "",
        split=f"{x(read.at_ms):.1f}",
    )
