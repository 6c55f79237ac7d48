"""Books of estimated positions: built from bars, and carried on as new bars come in.

``rebuild`` walks bars from nothing; ``advance`` carries a walk on and leaves the old one as it
was. Bar by bar or all at once, the result is the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from apps.engine.check import check_bars
from apps.engine.columns import Columns, column_of, empty_rows, own_column, places_of
from apps.engine.grid import GUARD, grid_bases
from apps.engine.lean import Habit, unknown_habit
from apps.engine.parameters import Parameters
from apps.engine.path import Steps, acted, carried, lay_out
from apps.engine.records import GRID_STEP, Bars, FloatArray
from apps.engine.standing import Standing, nothing_standing
from apps.engine.tape import Tape, appended, joined
from apps.engine.terms import Terms, work_out
from apps.engine.walk import Events, Reader, live_through

NOT_STARTED_MS = -(1 << 62)
BLOCK_BARS = 2048  # of all venues, walked at once: what is worked out ahead fits the cache
LEAST_BLOCK_BARS = 256
KEPT_BINS = 1100  # of a kept column, at least
KEPT_MARGIN_BINS = 200  # beyond the prices, at least

ReaderOf = Callable[[Bars, Steps], Reader]  # who reads the book as each bar of a block ends


@dataclass(frozen=True, slots=True)
class Book:
    """What stands now, and what is needed to go on; never changed once made."""

    standing: Standing
    close: FloatArray  # (V,) USD, last known, NaN before the first
    open_interest: FloatArray  # (V,) base, last known, NaN before the first
    acted_ms: FloatArray  # (V,) of the last bar that opened or closed anything, NaN before
    end_ms: int
    habit: Habit  # of price
    opened: FloatArray  # (V, 2) base, all that was ever opened; died within its bar included
    closed: FloatArray  # (V, 2) base, all that was ever closed voluntarily
    swept: FloatArray  # (V, 2) base, all that ever died

    @property
    def standing_base(self) -> FloatArray:
        """Base coin standing per venue and side, (V, 2); what is beyond the grid included."""
        return self.standing.held.sum(axis=-1)

    @property
    def off_grid_base(self) -> FloatArray:
        """What of it would die beyond the grid, so is never drawn nor swept, (V, 2)."""
        inside = self.standing.mass[..., GUARD:-GUARD].sum(axis=-1) * self.standing.scale
        return self.standing_base - inside.sum(axis=-1)


@dataclass(frozen=True, slots=True)
class Walk:
    """A book, the tapes that led to it, and the settings of both."""

    venues: tuple[str, ...]
    parameters: Parameters
    terms: Terms
    book: Book
    tapes: tuple[Tape, ...]
    columns: Columns | None = None  # those a rebuild was asked to keep

    @property
    def end_ms(self) -> int:
        """The instant of the last bar walked."""
        return self.book.end_ms

    @property
    def tape(self) -> Tape:
        """The whole record as one tape; this copies."""
        return joined(self.tapes)

    @property
    def instants_ms(self) -> np.ndarray:
        """Instants of the bars walked, (T,)."""
        return np.concatenate([tape.end_ms for tape in self.tapes])

    @property
    def reached(self) -> FloatArray:
        """Base that stood before each bar and that the bar's price reached, (T, V, 2)."""
        return np.concatenate([tape.reached for tape in self.tapes])

    @property
    def reached_usd(self) -> FloatArray:
        """``reached`` in US dollars at the bar's close, (T, V, 2)."""
        price = np.concatenate([tape.price for tape in self.tapes])
        return self.reached * np.nan_to_num(np.exp(price * GRID_STEP))[..., None]

    @property
    def predicted_usd(self) -> FloatArray:
        """Liquidated dollars to expect given the path: the ex ante prediction, (T, V, 2)."""
        return self.reached_usd * self.parameters.forced_share


def rebuild(bars: Bars, parameters: Parameters, *, columns_every_ms: int | None = None) -> Walk:
    """Walk bars from nothing. Raises ``BadBars`` when they cannot be walked.

    With ``columns_every_ms`` the walk keeps the column of every bar that ends on a multiple of
    it, all venues on the first one's price.
    """
    nothing = start(bars.venues, parameters)
    if columns_every_ms is None:
        return advance(nothing, bars)
    check_bars(bars)
    kept = np.flatnonzero(bars.end_ms % columns_every_ms == 0)
    first, bins = _window(bars)
    columns = Columns(bars.end_ms[kept], first, np.empty((len(kept), 2, bins), np.float32))
    return replace(_carry_on(nothing, bars, partial(_reader, columns)), columns=columns)


def rebuild_read(bars: Bars, parameters: Parameters, reader_of: ReaderOf) -> Walk:
    """Walk bars from nothing while somebody reads the book at the end of each."""
    check_bars(bars)
    return _carry_on(start(bars.venues, parameters), bars, reader_of)


def start(venues: tuple[str, ...], parameters: Parameters) -> Walk:
    """A walk that has seen nothing yet."""
    count = len(venues)
    terms = work_out(venues, parameters)
    unknown, none = np.full(count, np.nan), np.zeros((count, 2))
    standing = nothing_standing(count, len(parameters.leverages), parameters.grid_bins)
    habit = unknown_habit(count)
    book = Book(standing, unknown, unknown, unknown, NOT_STARTED_MS, habit, none, none, none)
    return Walk(tuple(venues), parameters, terms, book, ())


def advance(walk: Walk, bars: Bars) -> Walk:
    """The walk after more bars, all later than ``walk.end_ms``; the old walk stays as it was.

    Raises ``BadBars`` when they cannot be walked, and ``ValueError`` for other venues.
    """
    if tuple(bars.venues) != walk.venues:
        raise ValueError(f"the walk is of {walk.venues}, the bars are of {bars.venues}")
    check_bars(bars, after_ms=walk.end_ms)
    return _carry_on(walk, bars, None)


def block_bars(venues: tuple[str, ...]) -> int:
    """How many instants of these venues are walked at once.

    Carried on in whole blocks from its start, a walk is that of ``rebuild`` to the last bit.
    """
    return max(BLOCK_BARS // len(venues), LEAST_BLOCK_BARS)


def _carry_on(walk: Walk, bars: Bars, reader_of: ReaderOf | None) -> Walk:
    standing = walk.book.standing.copy()
    book, tapes = walk.book, walk.tapes
    stride = block_bars(walk.venues)
    for first in range(0, len(bars), stride):
        block = bars.between(first, first + stride)
        book, tape = _walk_block(book, standing, block, walk, reader_of)
        tapes = appended(tapes, tape)
    return Walk(walk.venues, walk.parameters, walk.terms, book, tapes)


def _walk_block(
    book: Book, standing: Standing, bars: Bars, walk: Walk, reader_of: ReaderOf | None
) -> tuple[Book, Tape]:
    parameters = walk.parameters
    steps, habit = lay_out(bars, book, walk.terms, parameters)
    close = np.log(book.close) / GRID_STEP
    bins, slack = parameters.grid_bins, parameters.recentre_bins
    bases = grid_bases(steps.price, close, standing.base, bins, slack)
    read = reader_of(bars, steps) if reader_of else None
    events = live_through(standing, steps, bases, walk.terms, read)
    after = _next_book(book, standing, habit, bars, steps, events)
    return after, _tape(bars, steps, bases, events, bins)


def _window(bars: Bars) -> tuple[int, int]:
    """Fine bins that hold all prices of the bars and some way around them."""
    low, high = np.nanmin(bars.low), np.nanmax(bars.high)
    first, stop = (int(np.log(price) / GRID_STEP) for price in (low, high))
    bins = max(stop - first + 2 * KEPT_MARGIN_BINS, KEPT_BINS)
    return (first + stop - bins) // 2, bins


def _reader(columns: Columns, bars: Bars, steps: Steps) -> Reader:
    """Fills the columns of these bars as the walk comes to their ends."""
    row_of = np.searchsorted(columns.end_ms, bars.end_ms).tolist()
    wanted = np.isin(bars.end_ms, columns.end_ms).tolist()
    places = places_of(np.nan_to_num(steps.price - steps.price[:, :1]), columns.first)
    bins = columns.base.shape[-1]
    rows = empty_rows(len(bars.venues), bins)
    own = np.empty((2, 1, bins))

    def read_own(bar: int, standing: Standing) -> None:
        if wanted[bar]:
            columns.base[row_of[bar]] = own_column(standing, columns.first, own)

    def read(bar: int, standing: Standing) -> None:
        if wanted[bar]:
            columns.base[row_of[bar]] = column_of(
                standing, standing.scale, places.begin[bar], places.split[bar], bins, rows
            )

    return read_own if len(bars.venues) == 1 else read


def _next_book(
    book: Book, standing: Standing, habit: Habit, bars: Bars, steps: Steps, events: Events
) -> Book:
    reported = np.where(np.isfinite(bars.close), bars.open_interest, np.nan).T
    return Book(
        standing=standing,
        close=carried(np.concatenate([book.close[None], bars.close.T]))[-1],
        open_interest=carried(np.concatenate([book.open_interest[None], reported]))[-1],
        acted_ms=acted(steps.acts, bars, book.acted_ms)[-1],
        end_ms=int(bars.end_ms[-1]),
        habit=habit,
        opened=book.opened + (events.stood + events.died).sum(axis=0),
        closed=book.closed + events.closed.sum(axis=0),
        swept=book.swept + (events.swept + events.died).sum(axis=0),
    )


def _tape(bars: Bars, steps: Steps, bases: np.ndarray, events: Events, bins: int) -> Tape:
    return Tape(
        end_ms=bars.end_ms,
        candles=np.stack([bars.open.T, bars.high.T, bars.low.T, bars.close.T], axis=-1),
        price=steps.price,
        reached=events.swept,
        cold=steps.cold,
        lean=steps.lean,
        entry=steps.entry,
        sweep=steps.sweep,
        spared=steps.spared,
        bound=steps.bound,
        base=bases,
        stood=events.stood,
        theta=events.theta,
        gain=events.gain,
        bins=bins,
    )
