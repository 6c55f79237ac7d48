"""The simulated market as told: once, in order, in time, and the same for whoever asks later."""

import pytest

from apps.exchanges.records import BarRow, LiquidationRow, Row
from apps.exchanges.simulated.feed import SimulatedFeed
from apps.exchanges.simulated.hours import HOUR_MS, MINUTE_MS
from tests.exchanges.clock import FakeClock

NOW_MS = 1_780_000_230_000  # half past a minute
FIRST_MS = NOW_MS - 3 * HOUR_MS


def time_of(row: Row) -> int:
    return row.end_ms if isinstance(row, BarRow) else row.ts_ms


def lasting(rows: list[Row]) -> list[Row]:
    """All but open bars."""
    return [row for row in rows if not isinstance(row, BarRow) or row.closed]


def past(feed: SimulatedFeed, until_ms: int) -> list[Row]:
    return [row for batch in feed.history(until_ms, FIRST_MS) for row in batch]


async def told(feed: SimulatedFeed, clock: FakeClock, until_ms: int) -> list[Row]:
    rows: list[Row] = []
    async for batch in feed.stream(clock.now_ms, clock, clock.sleep):
        assert all(time_of(row) <= clock.now_ms for row in lasting(batch))
        rows += batch
        if clock.now_ms >= until_ms:
            return rows
    return rows


@pytest.fixture(scope="module")
def whole() -> list[Row]:
    """Four hours told as history."""
    return past(SimulatedFeed(4), NOW_MS + HOUR_MS)


def test_history_has_every_minute_of_every_instrument_once(whole: list[Row]) -> None:
    bars = [(row.instrument, row.end_ms) for row in whole if isinstance(row, BarRow)]
    assert len(bars) == len(set(bars)) == 9 * 240
    assert min(end for _, end in bars) == FIRST_MS // MINUTE_MS * MINUTE_MS + MINUTE_MS


def test_history_comes_in_order(whole: list[Row]) -> None:
    times = [time_of(row) for row in whole]
    assert times == sorted(times)


def test_liquidations_name_their_instrument_and_lie_between_its_mark_extremes(
    whole: list[Row],
) -> None:
    bars = {(r.instrument, r.end_ms): r for r in whole if isinstance(r, BarRow)}
    liquidations = [row for row in whole if isinstance(row, LiquidationRow)]
    assert len(liquidations) > 50
    assert len({(row.instrument, row.native_id) for row in liquidations}) == len(liquidations)
    for row in liquidations:
        end_ms = -(-row.ts_ms // MINUTE_MS) * MINUTE_MS
        if (bar := bars.get((row.instrument, end_ms))) is None:
            assert end_ms > NOW_MS + HOUR_MS  # its minute is not over yet
            continue
        assert bar.mark_low is not None
        assert bar.mark_high is not None
        if row.side == "long":
            assert bar.mark_low <= row.price * (1 + 1e-12)
        else:
            assert bar.mark_high >= row.price * (1 - 1e-12)
        assert row.usd == pytest.approx(row.size_base * row.price)


async def test_streaming_tells_what_history_would_have_told(whole: list[Row]) -> None:
    feed = SimulatedFeed(4)
    rows = past(feed, NOW_MS)
    rows += lasting(await told(feed, FakeClock(NOW_MS), NOW_MS + HOUR_MS))
    assert rows == whole


async def test_a_run_that_was_interrupted_goes_on_with_the_same_market(whole: list[Row]) -> None:
    again = SimulatedFeed(4)
    later_ms = NOW_MS + HOUR_MS // 2
    assert past(again, later_ms) == [row for row in whole if time_of(row) <= later_ms]


async def test_speed_changes_nothing_but_the_pace(whole: list[Row]) -> None:
    feed = SimulatedFeed(4, speed=600)
    rows = past(feed, NOW_MS)
    rows += lasting(await told(feed, FakeClock(NOW_MS, speed=600), NOW_MS + HOUR_MS))
    assert rows[: len(whole)] == whole


async def test_an_open_bar_grows_until_it_is_the_closed_one() -> None:
    feed = SimulatedFeed(4)
    past(feed, NOW_MS)
    rows = await told(feed, FakeClock(NOW_MS), NOW_MS + 3 * MINUTE_MS)
    end_ms = NOW_MS + MINUTE_MS * 3 // 2
    mine = [r for r in rows if isinstance(r, BarRow) and r.instrument == "bybit-ethusdt"]
    minute = [row for row in mine if row.end_ms == end_ms]
    assert [row.closed for row in minute] == [False] * 29 + [True]
    for earlier, later in zip(minute, minute[1:], strict=False):
        assert (earlier.open, earlier.span_ms) == (later.open, MINUTE_MS)
        assert later.low <= earlier.low <= earlier.high <= later.high
        assert earlier.low <= earlier.close <= earlier.high
        assert earlier.volume < later.volume
        assert later.mark_low <= earlier.mark_low <= earlier.mark_high <= later.mark_high


async def test_a_stream_without_history_begins_now() -> None:
    feed = SimulatedFeed(4, history_days=1)
    rows = await told(feed, FakeClock(NOW_MS), NOW_MS + 2 * MINUTE_MS)
    assert min(time_of(row) for row in lasting(rows)) > NOW_MS


def test_the_truth_is_there_for_whoever_wants_to_compare() -> None:
    feed = SimulatedFeed(4)
    past(feed, NOW_MS)
    stood = feed.truth(NOW_MS)
    assert len(stood.side) > 50_000
    long = stood.side == 0
    assert (stood.liquidation_price[long] < stood.entry_price[long]).all()
    assert (stood.liquidation_price[~long] > stood.entry_price[~long]).all()
    assert (stood.opened_ms <= NOW_MS).all()


def test_it_happens_now_and_says_that_it_is_simulated() -> None:
    feed = SimulatedFeed(4)
    assert feed.start_ms(NOW_MS) == NOW_MS
    assert feed.info.kind == "simulated"
    assert len(feed.instruments()) == 9
