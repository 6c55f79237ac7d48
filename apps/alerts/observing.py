"""From a look at a market to scenes: what the newest minutes were, and what past ones had been.

Both read the same book: the newest minutes from the walks that a look passed on its way, the past
from the tape. Only settled bars are used, so a scene never changes once it has been told.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import Sum

from apps.alerts.scenes import MINUTE_MS, WINDOWS_MIN, Scene, Spot, Sums, rounded
from apps.alerts.selections import Selection
from apps.engine import advice, clusters
from apps.engine.book import Walk
from apps.engine.picture import columns_at, newest_column
from apps.engine.records import GRID_STEP, FloatArray, IntArray, Picture, PriceGrid
from apps.engine.tape import joined, tail
from apps.engine.view import candles_of
from apps.heatmaps.looks import Look
from apps.markets.models import Liquidation, Market

BINS_PER_STEP = 2  # a scene's bins are 10 basis points wide
REACH = 0.15  # of the price, to either side
MOST_MINUTES = 240  # of the newest ones, told at once; those before are left to the past
SILENT_BARS = 3
VOICE_MS = 8 * 3_600_000  # how far back a venue's last word is looked for


@dataclass(frozen=True, slots=True)
class Told:
    """Up to when each venue had told its bars at some instants, and how long its bars are.

    ``last_ms`` (N, V), 0 for a venue that never told any; ``span_ms`` (V,).
    """

    venues: tuple[str, ...]
    last_ms: IntArray
    span_ms: IntArray

    def silent(self, row: int, at_ms: int, chosen: tuple[str, ...]) -> tuple[str, ...]:
        """The chosen venues that have told nothing for three of their bars."""
        return self._later_than(row, at_ms, SILENT_BARS, chosen)

    def is_whole(self, row: int, at_ms: int, chosen: tuple[str, ...]) -> bool:
        """Whether every chosen venue has told all it could by then."""
        return not self._later_than(row, at_ms, 1, chosen)

    def _later_than(
        self, row: int, at_ms: int, bars: int, chosen: tuple[str, ...]
    ) -> tuple[str, ...]:
        last_ms = self.last_ms[row]
        late = (last_ms > 0) & (at_ms - last_ms >= bars * self.span_ms)
        names = np.array(self.venues)[late].tolist()
        return tuple(name for name in names if not chosen or name in chosen)


def newest_scenes(look: Look, selection: Selection, *, after_ms: int) -> list[Scene]:
    """The settled minutes after ``after_ms``, at most the last few hours of them.

    Usually one, for 2 ms; a selection of ages takes as long as a replay.
    """
    walk = look.checkpoint.walk
    if not walk.tapes:
        return []
    instants = minutes_of(walk, after_ms=max(after_ms, walk.end_ms - MOST_MINUTES * MINUTE_MS))
    stations = {station.end_ms: station for station in (*look.stations, walk)}
    if len(instants) and instants[0] in stations:
        return _station_scenes(look, selection, [stations[t] for t in instants if t in stations])
    return past_scenes(look, selection, instants)


def past_scenes(look: Look, selection: Selection, instants: IntArray) -> list[Scene]:
    """The scenes of some past minutes, rising; six hours take about half a second."""
    if not len(instants):
        return []
    walk = look.checkpoint.walk
    view = selection.view(known=walk.venues, reference=look.reference)
    reference = view.reference_of(walk.venues)
    tape = joined(walk.tapes)
    candles = candles_of(tape, instants, MINUTE_MS, reference)
    rows = np.searchsorted(tape.end_ms, instants, side="right") - 1
    prices = np.exp(tape.price[rows, reference] * GRID_STEP)
    known = np.isfinite(prices)
    if not known.any():
        return []
    whole_grid = grid_around(prices[known].min(), prices[known].max())
    columns = columns_at(walk, view, whole_grid, instants)
    told = told_until(walk, look, instants)
    sums = _realised(look.market, selection, instants)
    scenes = []
    for row in np.flatnonzero(known).tolist():
        grid = grid_around(prices[row], prices[row])
        start = grid.base - whole_grid.base
        column = columns[row, :, start : start + grid.count]
        scenes.append(
            _scene(
                int(instants[row]),
                float(prices[row]),
                candles[row],
                grid,
                column,
                told,
                row,
                selection,
                sums[int(instants[row])],
            )  # fmt: skip
        )
    return scenes


def blind_scene(look: Look, selection: Selection, *, after_ms: int) -> Scene | None:
    """A scene of nothing when every chosen venue has gone stale; None while one still speaks."""
    states = {
        told.venue: told.state
        for told in look.coverage
        if told.state != "absent" and (not selection.venues or told.venue in selection.venues)
    }
    at_ms = look.feed.now_ms(look.wall_ms) // MINUTE_MS * MINUTE_MS
    if not states or "live" in states.values() or at_ms <= after_ms or not look.walk.tapes:
        return None
    closes = look.walk.book.close
    price = float(closes[np.isfinite(closes)][0])
    nothing = ((0.0, 0.0),) * len(WINDOWS_MIN)
    return Scene(
        at_ms, rounded(price), rounded(price), rounded(price), 0.0, 0.0, nothing, (),
        tuple(sorted(states)), is_whole=False,
    )  # fmt: skip


def minutes_of(walk: Walk, *, after_ms: int, until_ms: int | None = None) -> IntArray:
    """The whole minutes a walk has bars of, in ``(after_ms, until_ms]``."""
    tapes = [tape.end_ms for tape in walk.tapes if tape.end_ms[-1] > after_ms]
    instants = np.concatenate(tapes) if tapes else np.array([], dtype=np.int64)
    last_ms = walk.end_ms if until_ms is None else until_ms
    chosen = (instants > after_ms) & (instants <= last_ms) & (instants % MINUTE_MS == 0)
    return instants[chosen]


def told_until(walk: Walk, look: Look, instants: IntArray) -> Told:
    """Up to when each venue had told its bars at each instant."""
    tape = tail(walk.tapes, int(instants[0]) - VOICE_MS)
    heard = np.where(np.isfinite(tape.candles[:, :, 3]), tape.end_ms[:, None], 0)
    last_ms = np.maximum.accumulate(heard, axis=0)
    rows = np.searchsorted(tape.end_ms, instants, side="right") - 1
    spans: Mapping[str, int] = {told.venue: told.span_ms for told in look.coverage}
    span_ms = np.array([spans.get(venue, 0) or MINUTE_MS for venue in walk.venues])
    return Told(walk.venues, last_ms[rows], span_ms)


def grid_around(lowest: float, highest: float) -> PriceGrid:
    """The bins around a range of prices; the same price always has the same bins."""
    step = BINS_PER_STEP * GRID_STEP
    base = int(np.floor(np.log(lowest * (1 - REACH)) / step))
    stop = int(np.ceil(np.log(highest * (1 + REACH)) / step))
    return PriceGrid(base, stop - base, step)


def _station_scenes(look: Look, selection: Selection, stations: list[Walk]) -> list[Scene]:
    view = selection.view(known=look.checkpoint.walk.venues, reference=look.reference)
    instants = np.array([station.end_ms for station in stations])
    told = told_until(look.checkpoint.walk, look, instants)
    sums = _realised(look.market, selection, instants)
    scenes = []
    for row, walk in enumerate(stations):
        reference = view.reference_of(walk.venues)
        price = float(walk.book.close[reference])
        if not np.isfinite(price):
            continue
        grid = grid_around(price, price)
        at_ms = int(instants[row])
        tape = tail(walk.tapes, at_ms - MINUTE_MS)
        candle = candles_of(tape, instants[row : row + 1], MINUTE_MS, reference)[0]
        column = newest_column(walk, view, grid)
        scenes.append(_scene(at_ms, price, candle, grid, column, told, row, selection, sums[at_ms]))
    return scenes


def _scene(
    at_ms: int,
    price: float,
    candle: FloatArray,
    grid: PriceGrid,
    column: FloatArray,
    told: Told,
    row: int,
    selection: Selection,
    realised: Sums,
) -> Scene:
    picture = Picture(
        grid, np.array([at_ms]), MINUTE_MS, column[:1], column[1:2], candle[None], price, ""
    )
    balance = advice.asymmetry(picture)
    _, high, low, _ = candle.tolist() if np.isfinite(candle).all() else (price,) * 4
    return Scene(
        at_ms=at_ms,
        price=rounded(price),
        low=rounded(low),
        high=rounded(high),
        long_usd=rounded(balance.long_usd),
        short_usd=rounded(balance.short_usd),
        realised=realised,
        spots=_spots(picture, column),
        silent=told.silent(row, at_ms, selection.venues),
        is_whole=told.is_whole(row, at_ms, selection.venues),
    )


def _spots(picture: Picture, column: FloatArray) -> tuple[Spot, ...]:
    edges = picture.grid.edges()
    brightest = float(column.max())
    spots = []
    for found in clusters.find(picture):
        first, last = np.searchsorted(edges, [found.low * (1 + 1e-9), found.high * (1 - 1e-9)])
        densest = float(column[found.side, first - 1 : last].max())
        numbers = (found.low, found.high, found.peak, found.usd, found.share)
        spots.append(Spot(found.side, *map(rounded, (*numbers, densest / brightest))))
    return tuple(spots)


def _realised(market: Market, selection: Selection, instants: IntArray) -> dict[int, Sums]:
    """What was really liquidated before each instant, per window; one query."""
    longest_ms = max(WINDOWS_MIN) * MINUTE_MS
    rows = Liquidation.objects.filter(
        instrument__market=market,
        ts_ms__gt=int(instants[0]) - longest_ms,
        ts_ms__lte=int(instants[-1]),
    )
    if selection.venues:
        rows = rows.filter(instrument__venue__in=selection.venues)
    told = rows.values_list("ts_ms", "side").annotate(total=Sum("usd")).order_by("ts_ms")
    table = [(ts_ms, side, usd) for ts_ms, side, usd in told]
    ends = np.array([ts_ms for ts_ms, _, _ in table], dtype=np.int64)
    by_side = np.zeros((2, len(table) + 1))
    for index, (_, side, usd) in enumerate(table, 1):
        by_side[int(side == "short"), index] = usd
    running = by_side.cumsum(axis=1)

    def sums_at(at_ms: int) -> Sums:
        stop = np.searchsorted(ends, at_ms, side="right")
        starts = [np.searchsorted(ends, at_ms - w * MINUTE_MS, side="right") for w in WINDOWS_MIN]
        both = [(running[:, stop] - running[:, start]).tolist() for start in starts]
        return tuple((rounded(long_usd), rounded(short_usd)) for long_usd, short_usd in both)

    return {at_ms: sums_at(at_ms) for at_ms in instants.tolist()}
