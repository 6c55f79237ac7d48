"""A replay tells every bar once, in order, and none before its time."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.exchanges.records import BadRecording, BarRow, InstrumentInfo
from apps.exchanges.replay import DAY_MS, ReplayFeed, open_replay, starting_point
from tests.exchanges.clock import FakeClock
from tests.exchanges.conftest import FIRST_MS, TinyRecording

MINUTE_MS = 60_000


def bars(instrument: str, ends_min: list[int], span_min: int = 1) -> list[BarRow]:
    return [
        BarRow(instrument, FIRST_MS + end * MINUTE_MS, span_min * MINUTE_MS, 1, 1, 1, 1)
        for end in ends_min
    ]


def feed_of(
    rows: list[BarRow], starts_min: int, *, speed: float = 1, loop: bool = False
) -> ReplayFeed:
    starts_ms = FIRST_MS + starts_min * MINUTE_MS
    info = InstrumentInfo("a", "X", "X", "USD")
    return ReplayFeed("tiny", (info,), tuple(rows), starts_ms, speed, loop)


async def told(feed: ReplayFeed, clock: FakeClock, enough: Callable[[list], bool]) -> list[BarRow]:
    rows: list[BarRow] = []
    async for batch in feed.stream(clock.now_ms, clock, clock.sleep):
        assert batch
        assert all(row.end_ms <= clock.now_ms for row in batch)
        rows += batch
        if enough(rows):
            break
    return rows


def never(rows: list) -> bool:
    return False


async def test_history_and_stream_together_tell_every_bar_once(tiny: TinyRecording) -> None:
    feed = open_replay(tiny.write())
    starts_ms = feed.start_ms(0)
    past = [row for batch in feed.history(starts_ms) for row in batch]
    future = await told(feed, FakeClock(starts_ms), never)
    assert tuple(past + future) == feed.rows
    assert len(past) == 21
    assert past[-1].end_ms <= starts_ms < future[0].end_ms


@pytest.mark.parametrize("speed", [0.5, 1, 60, 3600])
async def test_a_bar_is_told_within_a_moment_of_its_end(speed: float) -> None:
    feed = feed_of(bars("a-x", list(range(1, 30))), 10, speed=speed)
    clock = FakeClock(feed.start_ms(0), speed)
    async for batch in feed.stream(clock.now_ms, clock, clock.sleep):
        assert 0 <= clock.now_ms - batch[-1].end_ms <= speed


async def test_a_reader_who_was_away_gets_everything_due_in_one_batch() -> None:
    feed = feed_of(bars("a-x", list(range(1, 30))), 10)
    clock = FakeClock(FIRST_MS + 20 * MINUTE_MS)
    async for batch in feed.stream(feed.start_ms(0), clock, clock.sleep):
        assert len(batch) == 10
        break


async def test_a_reader_who_comes_back_goes_on_where_they_were() -> None:
    feed = feed_of(bars("a-x", list(range(1, 30))), 10)
    rows = await told(feed, FakeClock(FIRST_MS + 25 * MINUTE_MS), never)
    assert [row.end_ms for row in rows] == [FIRST_MS + m * MINUTE_MS for m in range(26, 30)]


def test_history_can_be_cut_at_both_ends() -> None:
    feed = feed_of(bars("a-x", list(range(1, 30))), 10)
    first_ms, until_ms = FIRST_MS + 4 * MINUTE_MS, FIRST_MS + 8 * MINUTE_MS + 1
    rows = [row for batch in feed.history(until_ms, first_ms) for row in batch]
    assert [row.end_ms for row in rows] == [FIRST_MS + m * MINUTE_MS for m in range(4, 9)]


async def test_a_loop_tells_the_streamed_part_again_and_time_only_goes_forward() -> None:
    feed = feed_of(bars("a-x", list(range(1, 21))), 15, loop=True)
    rows = await told(feed, FakeClock(feed.start_ms(0)), lambda rows: len(rows) >= 14)
    assert [(row.end_ms - FIRST_MS) // MINUTE_MS for row in rows] == list(range(16, 30))


async def test_a_loop_goes_on_in_the_lap_that_was_reached() -> None:
    feed = feed_of(bars("a-x", list(range(1, 21))), 15, loop=True)
    clock = FakeClock(FIRST_MS + 1003 * MINUTE_MS)
    rows = await told(feed, clock, lambda rows: len(rows) >= 2)
    assert [(row.end_ms - FIRST_MS) // MINUTE_MS for row in rows] == [1004, 1005]


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 300), min_size=2, max_size=60, unique=True),
    st.lists(st.integers(1, 60).map(lambda n: 5 * n), min_size=2, max_size=40, unique=True),
)
async def test_bars_of_all_instruments_come_in_order_of_their_end(
    fine: list[int], coarse: list[int]
) -> None:
    both = [bars("a-x", sorted(fine)), bars("b-x", sorted(coarse), 5)]
    rows = sorted(both[0] + both[1], key=lambda row: row.end_ms)
    starts_min = (starting_point(both) - FIRST_MS) // MINUTE_MS
    feed = feed_of(rows, starts_min, speed=60)
    past = [row for batch in feed.history(feed.start_ms(0)) for row in batch]
    assert past + await told(feed, FakeClock(feed.start_ms(0), 60), never) == rows


@pytest.mark.parametrize(("days", "history"), [(100, 70), (20, 14), (9, 7), (7.5, 6.75), (1, 0.9)])
def test_the_history_is_a_week_where_that_leaves_something(days: float, history: float) -> None:
    ends = [0, int(days * 1440)]
    assert starting_point([bars("a-x", ends)]) - FIRST_MS == pytest.approx(history * DAY_MS)


def test_a_recording_without_candles_cannot_be_replayed(tiny: TinyRecording) -> None:
    del tiny.instrument["series"]["candles"]
    with pytest.raises(BadRecording, match="The recording tiny has no candles to replay."):
        open_replay(tiny.write())
