"""Whose positions make up the newest column: by venue, by leverage bracket, and by age."""

from dataclasses import dataclass

import numpy as np

from apps.engine.book import Walk
from apps.engine.columns import layers_by_venue
from apps.engine.leverage import BRACKETS, bracket_of
from apps.engine.picture import venue_distances
from apps.engine.rebin import Window, covering, moved, rebinned
from apps.engine.records import FloatArray, IntArray, PriceGrid
from apps.engine.replay import Choice, log_scales, standing_pieces
from apps.engine.tape import joined
from apps.engine.view import AGES, AgeWindow, View


@dataclass(frozen=True, slots=True)
class Layers:
    """Dollars of the newest column, (…, 2, bins) by side; each layer sums to the whole column."""

    venue_usd: FloatArray  # (V, 2, B)
    bracket_usd: FloatArray  # (5, 2, B)
    age_usd: FloatArray  # (A, 2, B); ages in no window are in none


def layers_of(
    walk: Walk, grid: PriceGrid, *, reference: str | None = None,
    ages: tuple[AgeWindow, ...] = AGES,
) -> Layers:  # fmt: skip
    """The layers of the column at the walk's end in the bins of ``grid``."""
    window = covering(grid)
    distance = venue_distances(walk, View(1, 1, reference=reference))

    def in_dollars(base: FloatArray) -> FloatArray:
        return rebinned(base * window.prices(), window, grid)

    by_bracket = _by_bracket(walk, distance, window)
    return Layers(
        venue_usd=in_dollars(by_bracket.sum(axis=2)),
        bracket_usd=in_dollars(np.moveaxis(by_bracket.sum(axis=0), 0, 1)),
        age_usd=in_dollars(_by_age(walk, distance, window, ages)),
    )


def split_column(walk: Walk, grid: PriceGrid, *, reference: str | None = None) -> FloatArray:
    """Dollars of the newest column by venue, side, bracket and bin of ``grid``: (V, 2, 5, B)."""
    window = covering(grid)
    base = _by_bracket(walk, venue_distances(walk, View(1, 1, reference=reference)), window)
    return rebinned(base * window.prices(), window, grid)


def shares(layer_usd: FloatArray) -> FloatArray:
    """Each layer's share of all dollars, both sides; 0 where there are none."""
    dollars = layer_usd.sum(axis=(1, 2))
    total = dollars.sum()
    return dollars / total if total > 0 else np.zeros_like(dollars)


def _by_bracket(walk: Walk, distance: FloatArray, window: Window) -> FloatArray:
    """Base coin by venue, side, bracket and fine bin, (V, 2, 5, bins)."""
    brackets = bracket_of(np.array(walk.parameters.leverages))
    members = (np.arange(BRACKETS)[:, None] == brackets).astype(np.float64)
    weights = walk.book.standing.scale[:, :, None] * members
    return layers_by_venue(walk.book.standing, weights, distance, window.first, window.bins)


def _by_age(
    walk: Walk, distance: FloatArray, window: Window, ages: tuple[AgeWindow, ...]
) -> FloatArray:
    """Base coin by age, side and fine bin, (A, 2, bins)."""
    tape = joined(walk.tapes)
    whole = np.floor(distance).astype(np.int64)
    venues, sides, leverages = walk.book.standing.held.shape
    drawn = np.ones((venues, sides, leverages), dtype=bool)
    choice = Choice(window.first + whole, window.bins + 1, drawn)
    scales = log_scales(tape, walk.terms)
    steps = len(tape)
    kept = (scales[-1] - scales).reshape(steps, -1)
    layer = _layer_of(walk.end_ms - tape.end_ms, ages)
    out = np.zeros((len(ages) + 1, venues, sides, choice.bins))
    for pieces in standing_pieces(tape, walk.terms, choice, 0, steps, steps):
        mass = pieces.mass * np.exp(kept[pieces.step, pieces.row])[:, None]
        row = layer[pieces.step] * venues * sides + pieces.row // leverages
        at = row[:, None] * choice.bins + pieces.bin
        np.add.at(out.reshape(-1), at.reshape(-1), mass.reshape(-1))
    moved_out = [
        moved(out[:-1, venue], distance[venue] - whole[venue], window.bins)
        for venue in range(venues)
    ]
    return np.sum(moved_out, axis=0)


def _layer_of(age_ms: IntArray, ages: tuple[AgeWindow, ...]) -> IntArray:
    """Index of the window each age lies in; one more than the last where it lies in none."""
    layer = np.full(len(age_ms), len(ages))
    for index, (since, to) in enumerate(ages):
        layer[(age_ms >= since) & ((age_ms < to) if to is not None else True)] = index
    return layer
