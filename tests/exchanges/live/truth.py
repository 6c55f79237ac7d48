"""What a feed told beside what was true, down to the picture that is drawn from both."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from apps.engine.book import rebuild
from apps.engine.frame_scale import quantise, scale_for
from apps.engine.parameters import default_parameters
from apps.engine.picture import draw
from apps.engine.records import BAR_FIELDS, Bars, Picture
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.readings import MINUTE_MS, Instrument, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow
from apps.exchanges.simulated.tables import VENUE_NAMES
from tests.exchanges.live.fake_market import Run

EXACT = 1e-9  # relative: decimals and contracts, there and back
PRICES = ("open", "high", "low", "close")
ONE_PRICE = ("dydx",)  # the oracle's is mark and index at once
TELLS_ALL = ("bybit", "gate", "htx", "dydx")
READING_EVERY_MS = 8_000  # at most, between two readings of one kind
READING_LATE_MS = 30_000  # at most, when several questions must wait for a budget
SECOND_MS = 1000
WINDOW_MS = 30 * MINUTE_MS
LEAST_CELLS = 500
MOST_OFF = 0.003


def differences(run: Run) -> list[str]:
    """A sentence for whatever was told otherwise than it was; none when all is well."""
    found = [
        sentence
        for venue in VENUE_NAMES
        for instrument in run.market.instruments(venue)
        for sentence in (*_of_bars(run, instrument), *_of_readings(run, instrument))
    ]
    found += [s for venue in VENUE_NAMES for s in _of_the_dead(run, venue)]
    for coin in run.market.universe.coins:
        if (off := share_off(run, coin.base)) > MOST_OFF:
            found.append(f"The picture of {coin.base} is another in {off:.1%} of its cells.")
    return found


def _of_bars(run: Run, i: Instrument) -> Iterator[str]:
    """Every whole minute of the stream is told, and as it was."""
    told = {bar.end_ms: bar for bar in run.closed(i.slug)}
    first_ms = -(-run.begins_ms // MINUTE_MS) * MINUTE_MS
    last_ms = run.until_ms // MINUTE_MS * MINUTE_MS - MINUTE_MS
    for true in run.market.bars(i, first_ms, last_ms - 1, run.until_ms):
        minute = (true.end_ms - run.begins_ms) // MINUTE_MS
        bar = told.get(true.end_ms)
        if bar is None:
            yield f"{i.slug}: minute {minute} is missing."
            continue
        for name in (*PRICES, "volume"):
            if not _close(getattr(bar, name), getattr(true, name)):
                yield f"{i.slug}: {name} of minute {minute} is {getattr(bar, name)}."
        if bar.taker_delta is None and minute > 1:
            yield f"{i.slug}: takers of minute {minute} are missing."
        elif bar.taker_delta is not None and not _close(
            bar.taker_delta + true.volume, true.taker_delta + true.volume
        ):
            yield f"{i.slug}: takers of minute {minute} are {bar.taker_delta}."
        yield from _at_the_end(run.market, i, bar, true)


def _at_the_end(market: FakeMarket, i: Instrument, bar: BarRow, true: BarRow) -> Iterator[str]:
    """Readings of a bar lie where the market was shortly before its end, or in its range."""
    early, late = (
        market.open_interest(i, true.end_ms - before).open_interest
        for before in (READING_EVERY_MS, 0)
    )
    if bar.open_interest is None or not _between(bar.open_interest, early, late):
        yield f"{i.slug}: open interest is {bar.open_interest}, not {early} to {late}."
    for name in ("mark_low", "mark_high", "mark_close"):
        mark = getattr(bar, name)
        if mark is None or not _between(mark, true.mark_low, true.mark_high):
            yield f"{i.slug}: {name} is {mark}, not {true.mark_low} to {true.mark_high}."


def _of_readings(run: Run, i: Instrument) -> Iterator[str]:
    """Each reading is what the market was at the very instant it names."""
    for heard_ms, reading in run.readings:
        if reading.instrument != i.slug:
            continue
        if abs(heard_ms - reading.ts_ms) > READING_LATE_MS:
            yield f"{i.slug}: a reading is of {reading.ts_ms}, heard at {heard_ms}."
            return
        for name, told, true in _told_and_true(run.market, i, reading):
            if not _close(told, true):
                yield f"{i.slug}: {name} is {told}, not {true}."
                return


def _told_and_true(
    market: FakeMarket, i: Instrument, reading: OpenInterest | Mark
) -> Iterator[tuple[str, float, float]]:
    if isinstance(reading, OpenInterest):
        true = market.open_interest(i, reading.ts_ms)
        yield "open interest", reading.open_interest, true.open_interest
        return
    mark = market.mark(i, reading.ts_ms)
    for name in ("mark_price", "index_price", "funding_rate"):
        told = getattr(reading, name)
        if told is not None:
            is_mark = name == "index_price" and i.venue in ONE_PRICE
            yield name, told, getattr(mark, "mark_price" if is_mark else name)


def _of_the_dead(run: Run, venue: str) -> Iterator[str]:
    """Nobody is told who did not die so; and who tells all leaves nobody out."""
    true = run.market.liquidations(venue, None, 0, run.until_ms)
    told = run.liquidations(venue)
    for row in told:
        if not any(_is_same(row, dead) for dead in true):
            yield f"{venue}: nobody died like {row}."
    if venue not in TELLS_ALL:
        return
    for dead in true:
        heard = run.begins_ms + MINUTE_MS <= dead.ts_ms <= run.until_ms - MINUTE_MS / 2
        if heard and sum(_is_same(row, dead) for row in told) != 1:
            yield f"{venue}: {dead} is not told once."


def _is_same(told: LiquidationRow, dead: LiquidationRow) -> bool:
    return (
        (told.instrument, told.side) == (dead.instrument, dead.side)
        and abs(told.ts_ms - dead.ts_ms) < SECOND_MS
        and _close(told.size_base, dead.size_base)
        and told.price is not None
        and _close(told.price, dead.price or 0.0)
    )


def share_off(run: Run, base: str) -> float:
    """The share of a coin's lit cells told otherwise than true by more than a frame's step.

    A venue's mark is read every few seconds, so the very bins at which it turned may differ.
    """
    told, true = (draw_bars(bars) for bars in told_and_true_bars(run, base))
    assert told.grid == true.grid
    scale = scale_for(true)
    of_told, of_true = (
        quantise(np.stack([picture.long_usd, picture.short_usd]), scale).astype(int)
        for picture in (told, true)
    )
    lit = (of_told > 0) | (of_true > 0)
    assert np.count_nonzero(lit) > LEAST_CELLS
    return float((np.abs(of_told - of_true)[lit] > 1).mean())


def draw_bars(bars: Bars) -> Picture:
    """The aggregated picture, a column a minute; bins and span the same whatever the bars say."""
    walk = rebuild(bars, default_parameters())
    middle = float(np.nanmedian(bars.close[0]))
    span = (0.9 * middle, 1.1 * middle)
    return draw(walk, window_ms=WINDOW_MS, cadence_ms=MINUTE_MS, span=span)


def told_and_true_bars(run: Run, base: str) -> tuple[Bars, Bars]:
    """Closed bars of all venues; the true ones know nothing of what venues do not tell."""
    told: list[BarRow] = []
    true: list[BarRow] = []
    for i in _of_coin(run.market, base):
        for bar in run.closed(i.slug):
            was = run.market.bars(i, bar.end_ms - MINUTE_MS, bar.end_ms - 1, bar.end_ms)[0]
            silent = {name: None for name in BAR_FIELDS if getattr(bar, name) is None}
            told.append(bar)
            true.append(replace(was, **silent))
    return as_arrays(told), as_arrays(true)


def as_arrays(rows: Iterable[BarRow]) -> Bars:
    """Rows as the engine wants them."""
    by_place = {(row.instrument.split("-")[0], row.end_ms): row for row in rows}
    venues = tuple(sorted({venue for venue, _ in by_place}))
    ends = sorted({end_ms for _, end_ms in by_place})
    fields = np.full((len(BAR_FIELDS), len(venues), len(ends)), np.nan)
    for (venue, end_ms), row in by_place.items():
        for n, name in enumerate(BAR_FIELDS):
            value = getattr(row, name)
            if value is not None:
                fields[n, venues.index(venue), ends.index(end_ms)] = value
    return Bars(venues, np.array(ends, dtype=np.int64), *fields)


def _of_coin(market: FakeMarket, base: str) -> Iterator[Instrument]:
    for venue in VENUE_NAMES:
        yield from (i for i in market.instruments(venue) if i.base == base)


def _close(told: float | None, true: float) -> bool:
    return told is not None and abs(told - true) <= EXACT * abs(true)


def _between(value: float, one: float, other: float) -> bool:
    slack = EXACT * abs(other)
    return min(one, other) - slack <= value <= max(one, other) + slack
