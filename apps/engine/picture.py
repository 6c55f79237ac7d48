"""From walks to pictures: what is shown, of which venues, sides, leverages and ages.

A column ends on a multiple of the cadence and is read at its end; only the last one may still be
open, and is read at the newest instant. Venues are put on one reference price: each venue's
column is moved by the log distance between the reference venue's close and its own.
"""

from dataclasses import replace

import numpy as np

from apps.engine.book import Walk
from apps.engine.columns import column_of, places_of
from apps.engine.rebin import covering, moved, picture_grid, rebinned
from apps.engine.records import GRID_STEP, FloatArray, IntArray, Picture, PriceGrid
from apps.engine.replay import Choice, replay
from apps.engine.standing import Standing
from apps.engine.tape import Tape, joined, since, tail, until
from apps.engine.view import AgeWindow, View, candles_of, column_prices


def draw(
    walk: Walk,
    *,
    window_ms: int,
    cadence_ms: int,
    until_ms: int | None = None,
    venues: tuple[str, ...] | None = None,
    brackets: tuple[int, ...] | None = None,
    ages: tuple[AgeWindow, ...] | None = None,
    sides: tuple[int, ...] = (0, 1),
    bin_width: tuple[str, float] | None = None,
    span: tuple[float, float] | None = None,
    reference: str | None = None,
) -> Picture:
    """The picture of a walk, settings as in ``View``."""
    view = View(window_ms, cadence_ms, venues, brackets, ages, sides, bin_width, span, reference)
    return draw_view(walk, view, until_ms=until_ms)


def draw_view(walk: Walk, view: View, *, until_ms: int | None = None) -> Picture:
    """The picture as it was at ``until_ms``, by default the walk's end; nothing later is used.

    Raises ``ValueError`` for unknown venues, impossible bins, and before the first bar.
    """
    tape = _known(walk, until_ms)
    end_ms = walk.end_ms if until_ms is None else min(until_ms, walk.end_ms)
    columns_ms = view.column_instants(end_ms)
    candles = candles_of(tape, columns_ms, view.cadence_ms, view.reference_of(walk.venues))
    grid = _grid(walk, tape, view, candles, end_ms)
    usd = _replayed(walk, tape, view, np.minimum(columns_ms, end_ms), grid)
    return Picture(
        grid=grid,
        end_ms=columns_ms,
        cadence_ms=view.cadence_ms,
        long_usd=usd[:, 0],
        short_usd=usd[:, 1],
        candles=candles,
        price=_price(walk, tape, view, end_ms),
        parameters_version=walk.parameters.version,
    )


def extend(
    picture: Picture, walk: Walk, view: View, *, drawn_ms: int, earlier: Walk | None = None
) -> Picture:
    """The picture carried on to the walk's end: equal to ``draw_view``, but only what is new.

    ``drawn_ms`` is the instant at which ``picture`` was drawn with the same ``view``. Columns
    over by then are kept; where the automatic bins change, everything is drawn again. ``earlier``
    is the same walk at ``drawn_ms`` or before: with it, several new columns at once are quick too.
    """
    columns_ms = view.column_instants(walk.end_ms)
    over = picture.end_ms[picture.end_ms <= drawn_ms]
    kept = int(np.searchsorted(columns_ms, over[-1], side="right")) if len(over) else 0
    if not 0 < kept <= len(over):
        return draw_view(walk, view)
    fresh_ms = columns_ms[kept:]
    tape = tail(walk.tapes, int(columns_ms[kept - 1]))
    old = slice(len(over) - kept, len(over))
    fresh = candles_of(tape, fresh_ms, view.cadence_ms, view.reference_of(walk.venues))
    candles = np.concatenate([picture.candles[old], fresh])
    grid = _grid(walk, tape, view, candles, walk.end_ms)
    if grid != picture.grid:
        return draw_view(walk, view)
    usd = _fresh_columns(walk, view, fresh_ms, grid, earlier)
    return replace(
        picture,
        end_ms=columns_ms,
        long_usd=np.concatenate([picture.long_usd[old], usd[:, 0]]),
        short_usd=np.concatenate([picture.short_usd[old], usd[:, 1]]),
        candles=candles,
        price=_price(walk, tape, view, walk.end_ms),
    )


def newest_column(walk: Walk, view: View, grid: PriceGrid) -> FloatArray:
    """Dollars by side in the bins of ``grid`` at the walk's end, (2, bins)."""
    if view.ages is not None:
        return _replayed(walk, joined(walk.tapes), view, np.array([walk.end_ms]), grid)[0]
    window, standing = covering(grid), walk.book.standing
    drawn = view.drawn_rows(walk.venues, np.array(walk.parameters.leverages))
    places = places_of(venue_distances(walk, view), window.first)
    column = column_of(standing, standing.scale * drawn, places.begin, places.split, window.bins)
    return rebinned(column * window.prices(), window, grid)


def columns_at(walk: Walk, view: View, grid: PriceGrid, read_ms: IntArray) -> FloatArray:
    """Dollars by side in the bins of ``grid`` at past instants, rising: (len(read_ms), 2, bins).

    Each equals what ``newest_column`` gave then; the whole tape is replayed once.
    """
    return _replayed(walk, joined(walk.tapes), view, read_ms, grid)


def venue_distances(walk: Walk, view: View) -> FloatArray:
    """How many bins each venue's last close lies above the reference price, (V,)."""
    prices = np.log(walk.book.close) / GRID_STEP
    own = prices[view.reference_of(walk.venues)]
    return np.nan_to_num(prices - (own if np.isfinite(own) else prices[np.isfinite(prices)][0]))


def _known(walk: Walk, until_ms: int | None) -> Tape:
    tape = until(walk.tapes, walk.end_ms if until_ms is None else until_ms) if walk.tapes else None
    if tape is None or not len(tape):
        raise ValueError("there is nothing to draw before the first bar")
    return tape


def _price(walk: Walk, tape: Tape, view: View, end_ms: int) -> float:
    price, _ = column_prices(tape, np.array([end_ms]), view.reference_of(walk.venues))
    return float(np.exp(price[0] * GRID_STEP))


def _grid(walk: Walk, tape: Tape, view: View, candles: FloatArray, end_ms: int) -> PriceGrid:
    return picture_grid(candles, _price(walk, tape, view, end_ms), view.bin_width, view.span)


def _fresh_columns(
    walk: Walk, view: View, fresh_ms: IntArray, grid: PriceGrid, earlier: Walk | None
) -> FloatArray:
    """Dollars in the last columns, (C, 2, bins)."""
    read_ms = np.minimum(fresh_ms, walk.end_ms)
    if len(read_ms) == 1:
        return newest_column(walk, view, grid)[None]
    if earlier is None or view.ages is not None or earlier.end_ms >= read_ms[0]:
        return _replayed(walk, joined(walk.tapes), view, read_ms, grid)
    tape = since(walk.tapes, earlier.end_ms)
    return _replayed(walk, tape, view, read_ms, grid, earlier.book.standing)


def _replayed(
    walk: Walk,
    tape: Tape,
    view: View,
    read_ms: IntArray,
    grid: PriceGrid,
    standing: Standing | None = None,
) -> FloatArray:
    """Dollars in the bins of ``grid`` at C instants, (C, 2, bins)."""
    window = covering(grid)
    price, venue_prices = column_prices(tape, read_ms, view.reference_of(walk.venues))
    distance = np.nan_to_num(venue_prices - price[:, None])
    lowest = np.floor(distance.min(axis=0, initial=0.0)).astype(np.int64)
    reach = int(np.ceil((distance - lowest).max(initial=0.0))) + 2
    choice = Choice(
        first=window.first + lowest,
        bins=window.bins + reach,
        drawn=view.drawn_rows(walk.venues, np.array(walk.parameters.leverages)),
    )
    base = np.zeros((len(read_ms), 2, window.bins))
    for youngest, oldest in view.age_spans():
        if oldest is None:
            columns = replay(tape, walk.terms, choice, read_ms, youngest, standing)
        else:
            # What is too old in every column would only be added and taken away again.
            young = since((tape,), int(read_ms[0]) - oldest)
            columns = replay(young, walk.terms, choice, read_ms, youngest)
            columns -= replay(young, walk.terms, choice, read_ms, oldest)
            np.maximum(columns, 0.0, out=columns)
        for column, venue in np.ndindex(distance.shape):
            away = distance[column, venue] - lowest[venue]
            base[column] += moved(columns[column, venue], away, window.bins)
    return rebinned(base * window.prices(), window, grid)
