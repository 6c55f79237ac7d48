"""What must hold of a feed whatever happens to it; a sentence for everything that did not."""

import math
from collections.abc import Iterator
from dataclasses import fields

from apps.exchanges.live.streams import LEAST_STALE_S
from apps.exchanges.readings import MINUTE_MS, Instrument
from apps.exchanges.records import BarRow, LiquidationRow, Row
from apps.exchanges.simulated.tables import VENUE_NAMES
from tests.exchanges.live.fake_market import HISTORY_MS, START_MS
from tests.faults.feed_schedule import CALM_MS, Wounded

EXACT = 1e-9
PRICES = ("open", "high", "low", "close", "volume")
READING_BACK_MS = 121_000  # a reading counts for two minutes
MOST_TAKERS_OFF = 0.02  # of the volume
SEEN_LATE_MS = 90_000  # a bar, after its end
ALL_REST, ALL_PUSHED = ("gate", "htx"), ("bybit", "dydx")
PUSHED_LATE_MS = 3_000
SILENCING = ("garbage", "html", "truncated", "hang", "half_open", "disconnect", "rate_limited",
             "server_error")  # fmt: skip
ASKED = {"candles": 4.0, "open interest": 4.0}
SLOW = {("hyperliquid", "candles"): 30.0}
ON_ITS_WAY_MS = 2_000
RECOVERY_MS = 30_000


def broken_promises(run: Wounded) -> list[str]:
    """A sentence for everything that did not hold."""
    found = [f"Nobody caught: {failure}" for failure in run.uncaught]
    found += [f"A number of {row} is none." for row in run.rows if not _is_finite(row)]
    for venue in VENUE_NAMES:
        for instrument in run.market.instruments(venue):
            found += _bars_are_true(run, instrument)
            found += _the_dead_are_true(run, instrument)
        found += _silence_is_marked(run, venue)
        found += _venue_recovers(run, venue)
    return found


def _is_finite(row: Row) -> bool:
    values = (getattr(row, f.name) for f in fields(row))
    return all(math.isfinite(value) for value in values if isinstance(value, float))


def _bars_are_true(run: Wounded, i: Instrument) -> Iterator[str]:
    """Closed bars are those of a market without faults, none missing; open ones lie inside."""
    told = run.closed(i)
    first_ms, last_ms = min(told) - MINUTE_MS, run.until_ms - SEEN_LATE_MS
    if _is_barred(run, i.venue):
        last_ms = max(told) - MINUTE_MS
    true = {b.end_ms: b for b in run.market.bars(i, first_ms, run.until_ms, run.until_ms)}
    for end_ms in true:
        if end_ms <= last_ms and end_ms not in told:
            yield f"{i.slug}: the bar of {_at(run, end_ms)} is missing."
    for end_ms, bar in told.items():
        yield from _bar_is_true(run, i, bar, true[end_ms])
    for row in run.rows:
        if isinstance(row, BarRow) and row.instrument == i.slug and not row.closed:
            was = true.get(row.end_ms)
            if was and not (_less(was.low, row.low) and _less(row.high, was.high)):
                yield f"{i.slug}: the open bar of {_at(run, row.end_ms)} leaves its range."


def _bar_is_true(run: Wounded, i: Instrument, bar: BarRow, true: BarRow) -> Iterator[str]:
    at = f"{i.slug} {_at(run, bar.end_ms)}"
    if not true.closed:
        yield f"{at}: the bar is closed too early."
        return
    for name in PRICES:
        if abs(getattr(bar, name) - getattr(true, name)) > EXACT * getattr(true, name):
            yield f"{at}: {name} is {getattr(bar, name)}, not {getattr(true, name)}."
    if bar.taker_delta is not None:
        off = abs(bar.taker_delta - true.taker_delta)
        if off > (MOST_TAKERS_OFF + EXACT) * true.volume:
            yield f"{at}: takers are {bar.taker_delta}, not {true.taker_delta}."
    after = run.market.mark(i, bar.end_ms).mark_price  # a reading of the very end is of both
    if bar.mark_low is not None and not (
        _less(min(true.mark_low, after), bar.mark_low)
        and _less(bar.mark_high, max(true.mark_high, after))
    ):
        yield f"{at}: marks leave their range."
    if bar.open_interest is not None and bar.end_ms > run.begins_ms:
        instants = range(
            max(START_MS - HISTORY_MS, bar.end_ms - READING_BACK_MS), bar.end_ms + 1, 1000
        )
        held = [run.market.open_interest(i, at_ms).open_interest for at_ms in instants]
        if not (_less(min(held), bar.open_interest) and _less(bar.open_interest, max(held))):
            yield f"{at}: open interest is {bar.open_interest}, not {min(held)} to {max(held)}."


def _the_dead_are_true(run: Wounded, i: Instrument) -> Iterator[str]:
    """Whoever is told died; whoever is not told is told again, or lies where we were not heard."""
    flips = [fault for fault in run.faults(i.venue) if fault.failure == "side_flip"]
    true, told = run.market.liquidations(i.venue, i, 0, run.until_ms), run.dead(i)
    for row in told:
        if not any(_is_same(row, dead, either_side=bool(flips)) for dead in true):
            yield f"{i.slug}: nobody died like {row}."
    if i.venue not in (*ALL_REST, *ALL_PUSHED) or _is_barred(run, i.venue):
        return
    for dead in true:
        if not run.begins_ms + PUSHED_LATE_MS < dead.ts_ms < run.until_ms - 30_000:
            continue
        if any(_is_same(row, dead, either_side=bool(flips)) for row in told):
            continue
        if i.venue in ALL_PUSHED and _is_labelled(run, i.venue, dead.ts_ms):
            continue
        yield f"{i.slug}: {dead} is neither told nor labelled."


def _is_labelled(run: Wounded, venue: str, ts_ms: int) -> bool:
    return any(
        gap.from_ms - PUSHED_LATE_MS <= ts_ms <= gap.to_ms + PUSHED_LATE_MS
        for gap in run.unheard
        if gap.venue == venue
    )


def _is_same(told: LiquidationRow, dead: LiquidationRow, *, either_side: bool) -> bool:
    return (
        (either_side or told.side == dead.side)
        and abs(told.ts_ms - dead.ts_ms) <= 1000
        and abs(told.size_base - dead.size_base) <= EXACT * dead.size_base
    )


def _silence_is_marked(run: Wounded, venue: str) -> Iterator[str]:
    """A kind that cannot be had for three intervals, at least ten seconds, is stale; no later."""
    for fault in run.faults(venue):
        if fault.transport != "rest" or fault.failure not in SILENCING:
            continue
        for kind, every_s in ASKED.items():
            every_s = SLOW.get((venue, kind), every_s)
            limit_ms = 1000 * max(3 * every_s, LEAST_STALE_S) + ON_ITS_WAY_MS
            for at_ms, states in run.states:
                if fault.begins_ms + limit_ms < at_ms < fault.ends_ms and any(
                    state.state not in ("stale", "barred")
                    for state in states
                    if (state.venue, state.kind) == (venue, kind)
                ):
                    yield f"{venue}: {kind} is not stale at {_at(run, at_ms)}, in {fault}."
                    return


def _venue_recovers(run: Wounded, venue: str) -> Iterator[str]:
    """Half a minute after a fault, unless the next has come, everything is heard again."""
    faults = run.faults(venue)
    ill = [(f.begins_ms, f.ends_ms + RECOVERY_MS) for f in faults]
    if _is_barred(run, venue):
        return
    for at_ms, states in run.states:
        if at_ms < run.begins_ms + CALM_MS or any(a <= at_ms <= b for a, b in ill):
            continue
        for state in states:
            if state.venue == venue and state.state != "live" and state.age_s is not None:
                at = _at(run, at_ms)
                yield f"{venue}: {state.kind} is {state.state} at {at}: it {state.trouble}."
                return


def _is_barred(run: Wounded, venue: str) -> bool:
    """451 is for ever."""
    return any(s.venue == venue and s.state == "barred" for s in run.states[-1][1])


def _at(run: Wounded, ms: int) -> str:
    return f"{(ms - run.begins_ms) / 1000:+.0f} s"


def _less(low: float, high: float) -> bool:
    return low <= high * (1 + EXACT)
