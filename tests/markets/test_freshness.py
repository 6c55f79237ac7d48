"""How old a venue's data are, and up to when the market's minutes are complete."""

from dataclasses import replace

from apps.markets import services
from apps.markets.coverage import coverage_of, watermark_ms
from tests.markets.conftest import BEGIN_MS, MINUTE_MS

FIVE_MS = 5 * MINUTE_MS


def wall_at(minutes: float) -> int:
    """The wall clock when the data's clock shows that many minutes after ``BEGIN_MS``."""
    return int(minutes * 1000)


def test_a_venue_that_never_reported_is_absent(btc, feed):
    states = {venue.venue: venue.state for venue in coverage_of(btc, feed=feed, wall_ms=0)}
    assert states == {"binance": "absent", "hyperliquid": "absent"}


def test_age_is_told_in_the_readers_seconds(btc, feed, bar):
    services.store_rows([bar(0)])
    binance, _ = coverage_of(btc, feed=feed, wall_ms=wall_at(4))
    assert (binance.age_s, binance.state) == (4.0, "live")


def test_a_venue_is_stale_after_ten_seconds_however_fast_the_replay(btc, feed, bar):
    services.store_rows([bar(0)])
    at = {m: coverage_of(btc, feed=feed, wall_ms=wall_at(m))[0].state for m in (10, 10.001)}
    assert at == {10: "live", 10.001: "stale"}


def test_a_venue_of_long_bars_is_given_three_of_them(btc, feed, bar):
    feed.speed = 1.0
    services.store_rows([replace(bar(0), span_ms=FIVE_MS)])
    at = {m: coverage_of(btc, feed=feed, wall_ms=m * MINUTE_MS)[0].state for m in (15, 16)}
    assert at == {15: "live", 16: "stale"}


def test_a_silent_stream_ages_even_while_its_open_bar_lies_ahead(btc, feed, bar):
    services.store_rows([bar(60, closed=False)])
    services.beat(venues=["binance"], stream="bars", at_ms=0)
    assert coverage_of(btc, feed=feed, wall_ms=12_000)[0].state == "stale"


def test_the_watermark_waits_for_the_slower_of_two_live_venues(btc, feed, bar):
    services.store_rows([bar(1), bar(2), bar(1, venue="hyperliquid")])
    assert watermark_ms(coverage_of(btc, feed=feed, wall_ms=wall_at(2))) == (
        BEGIN_MS + 2 * MINUTE_MS - 1
    )


def test_between_two_long_bars_the_minutes_of_the_other_venue_are_complete(btc, feed, bar):
    long_bar = replace(bar(5), span_ms=FIVE_MS)
    services.store_rows([long_bar, *(bar(m, venue="hyperliquid") for m in range(5, 9))])
    mark = watermark_ms(coverage_of(btc, feed=feed, wall_ms=wall_at(8)))
    assert mark == BEGIN_MS + 9 * MINUTE_MS - 1


def test_a_stale_venue_is_not_waited_for(btc, feed, bar):
    services.store_rows([bar(1), bar(30, venue="hyperliquid")])
    mark = watermark_ms(coverage_of(btc, feed=feed, wall_ms=wall_at(30)))
    assert mark == BEGIN_MS + 31 * MINUTE_MS - 1


def test_an_open_bar_does_not_move_the_watermark(btc, feed, bar):
    services.store_rows([bar(1), bar(2, closed=False)])
    mark = watermark_ms(coverage_of(btc, feed=feed, wall_ms=wall_at(1)))
    assert mark == BEGIN_MS + 2 * MINUTE_MS - 1


def test_without_any_bar_there_is_no_watermark(btc, feed):
    assert watermark_ms(coverage_of(btc, feed=feed, wall_ms=0)) is None


def test_the_clock_of_an_ended_feed_stands_still(feed):
    assert feed.now_ms(1_000) == BEGIN_MS + MINUTE_MS
    feed.state = feed.State.ENDED
    assert feed.now_ms(1_000) == BEGIN_MS
