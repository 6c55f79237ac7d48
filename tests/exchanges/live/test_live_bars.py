"""Candles, readings and trades of a minute become one bar, closed once."""

from itertools import permutations

import pytest

from apps.exchanges.live.assembly import Assembly
from apps.exchanges.readings import MINUTE_MS, Mark, OpenInterest, Trade
from apps.exchanges.records import BarRow

START_MS = 1_790_000_040_000
SLUG = "bybit-btcusdt"


def candle(number: int, close: float = 100.0, *, closed: bool = True) -> BarRow:
    end_ms = START_MS + number * MINUTE_MS
    return BarRow(SLUG, end_ms, MINUTE_MS, 100, 110, 90, close, volume=5.0, closed=closed)


def ends(rows: list[BarRow]) -> list[tuple[int, bool]]:
    return [((row.end_ms - START_MS) // MINUTE_MS, row.closed) for row in rows]


def test_a_bar_closes_when_the_next_minute_has_begun() -> None:
    assembly = Assembly(START_MS)
    early = START_MS + MINUTE_MS + 5_000
    assert ends(assembly.bars([candle(1)], now_ms=early)) == [(1, False)]
    told = assembly.bars([candle(1), candle(2, closed=False)], now_ms=early)
    assert ends(told) == [(1, True), (2, False)]
    assert ends(assembly.bars([candle(1, 95), candle(2, closed=False)], now_ms=early)) == [
        (2, False)
    ]


def test_a_venue_that_says_closed_is_believed_at_once() -> None:
    assembly = Assembly(START_MS, says_closed=True)
    assert ends(assembly.bars([candle(1)], now_ms=START_MS + MINUTE_MS + 5_000)) == [(1, True)]


def test_a_candle_that_nothing_follows_stays_open_however_late_it_is() -> None:
    assembly = Assembly(START_MS)
    assert ends(assembly.bars([candle(1)], now_ms=START_MS + 60 * MINUTE_MS)) == [(1, False)]


def test_the_last_trades_of_a_minute_are_waited_for() -> None:
    assembly = Assembly(START_MS)
    rows = [candle(1), candle(2, closed=False)]
    assert ends(assembly.bars(rows, now_ms=START_MS + MINUTE_MS + 500)) == [(1, False), (2, False)]


def test_in_whatever_order_candles_come_the_closed_bars_are_the_same() -> None:
    now_ms = START_MS + 5 * MINUTE_MS + 5_000
    rows = [candle(1), candle(2), candle(3), candle(3), candle(6, closed=False)]
    for order in permutations(rows):
        told = Assembly(START_MS).bars(order, now_ms=now_ms)
        assert ends(told) == [(1, True), (2, True), (3, True), (6, False)]


def test_open_interest_is_the_last_reading_before_the_end() -> None:
    assembly, end_ms = Assembly(START_MS), START_MS + MINUTE_MS
    for at_ms, amount in ((end_ms + 1, 9.0), (end_ms - 10, 7.0), (end_ms - 500, 6.0)):
        assembly.note(OpenInterest(SLUG, at_ms, amount))
    told = assembly.bars([candle(1), candle(2, closed=False)], now_ms=end_ms + 5_000)
    assert [bar.open_interest for bar in told] == [7.0, 9.0]


def test_an_old_reading_says_nothing_about_a_bar() -> None:
    assembly = Assembly(START_MS)
    assembly.note(OpenInterest(SLUG, START_MS - 10 * MINUTE_MS, 7.0))
    assert assembly.bars([candle(1)], now_ms=START_MS + MINUTE_MS)[0].open_interest is None


def test_marks_of_the_minute_make_its_extremes() -> None:
    assembly = Assembly(START_MS)
    for offset_ms, price in ((-5, 50.0), (10, 101.0), (2_000, 99.0), (59_999, 100.0)):
        assembly.note(Mark(SLUG, START_MS + offset_ms, price, funding_rate=1e-4))
    for offset_ms in range(5_000, 60_000, 10_000):
        assembly.note(Mark(SLUG, START_MS + offset_ms, 100.5))
    bar = assembly.bars([candle(1)], now_ms=START_MS + MINUTE_MS)[0]
    assert (bar.mark_low, bar.mark_high, bar.mark_close) == (99.0, 101.0, 100.0)
    assert bar.funding_rate == 1e-4


def test_a_minute_whose_marks_were_not_watched_whole_has_no_extremes() -> None:
    assembly = Assembly(START_MS)
    for offset_ms in range(0, 40_000, 4_000):
        assembly.note(Mark(SLUG, START_MS + offset_ms, 100.0, funding_rate=1e-4))
    bar = assembly.bars([candle(1)], now_ms=START_MS + MINUTE_MS)[0]
    assert (bar.mark_low, bar.mark_high, bar.mark_close) == (None, None, None)
    assert bar.funding_rate == 1e-4


@pytest.mark.parametrize("times", [1, 3])
def test_trades_are_counted_once_however_often_they_come(times: int) -> None:
    assembly = Assembly(START_MS)
    assembly.flow.listening(START_MS - 1)
    assembly.flow.heard(START_MS + MINUTE_MS)
    for _ in range(times):
        assembly.flow.add(Trade(SLUG, START_MS + 5, "buy", 3.5, 100.0, "a"))
        assembly.flow.add(Trade(SLUG, START_MS + 6, "sell", 1.5, 100.0, "b"))
    assert assembly.bars([candle(1)], now_ms=START_MS + MINUTE_MS)[0].taker_delta == 2.0


def test_a_minute_whose_trades_do_not_add_up_to_its_candle_has_no_taker_delta() -> None:
    assembly = Assembly(START_MS)
    assembly.flow.listening(START_MS - 1)
    assembly.flow.add(Trade(SLUG, START_MS + 5, "buy", 3.0, 100.0, "a"))
    assembly.flow.heard(START_MS + MINUTE_MS)
    assert assembly.bars([candle(1)], now_ms=START_MS + MINUTE_MS)[0].taker_delta is None


def test_a_minute_that_is_told_after_its_trades_were_forgotten_has_no_taker_delta() -> None:
    flow = Assembly(START_MS).flow
    flow.listening(START_MS)
    for minute in range(9):
        at_ms = START_MS + minute * MINUTE_MS
        flow.add(Trade(SLUG, at_ms, "buy", 1.0, 100.0, str(minute)))
    flow.heard(START_MS + 9 * MINUTE_MS)
    assert flow.delta(START_MS + 2 * MINUTE_MS, 1.0) is None
    assert flow.delta(START_MS + 8 * MINUTE_MS, 1.0) == 1.0


def test_a_minute_that_was_not_heard_whole_has_no_taker_delta() -> None:
    flow = Assembly(START_MS).flow
    flow.listening(START_MS + 1)
    flow.heard(START_MS + 9 * MINUTE_MS)
    flow.add(Trade(SLUG, START_MS + 5, "buy", 3.0, 100.0, "a"))
    assert flow.delta(START_MS + MINUTE_MS, None) is None
    assert flow.delta(START_MS + 2 * MINUTE_MS, None) == 0.0
    flow.interrupted()
    flow.listening(START_MS + 3 * MINUTE_MS)
    assert flow.delta(START_MS + 3 * MINUTE_MS, None) is None
    assert flow.delta(START_MS + 4 * MINUTE_MS, None) == 0.0


def test_a_line_that_fell_silent_vouches_for_nothing_after() -> None:
    flow = Assembly(START_MS).flow
    flow.listening(START_MS)
    flow.heard(START_MS + MINUTE_MS - 1)
    assert flow.delta(START_MS + MINUTE_MS, None) is None
    flow.heard(START_MS + MINUTE_MS)
    assert flow.delta(START_MS + MINUTE_MS, None) == 0.0
