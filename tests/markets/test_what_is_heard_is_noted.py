"""Heartbeats, minutes heard, delays, and how the streams of a live feed stand."""

from collections.abc import Callable

from apps.exchanges.live.streams import StreamState
from apps.exchanges.records import BarRow, LiquidationRow
from apps.markets.hearing import Hearing, note_statuses
from apps.markets.models import HeardMinute, Heartbeat, Market, StreamStatus, VenueStatus
from tests.markets.conftest import BEGIN_MS, BINANCE, HYPERLIQUID, MINUTE_MS

type MakeBar = Callable[..., BarRow]
VENUE_OF = {BINANCE.slug: "binance", HYPERLIQUID.slug: "hyperliquid"}
WALL_MS = 1_900_000_000_000 // MINUTE_MS * MINUTE_MS


def beats() -> dict[tuple[str, str], int | None]:
    rows = Heartbeat.objects.values_list("venue", "stream", "delay_ms")
    return {(venue, stream): delay_ms for venue, stream, delay_ms in rows}


def minutes() -> list[tuple[str, str, int, int]]:
    rows = HeardMinute.objects.order_by("minute_ms", "venue", "stream")
    return [(r.venue, r.stream, (r.minute_ms - WALL_MS) // MINUTE_MS, r.rows) for r in rows]


def test_each_venue_and_stream_has_its_own_heartbeat(btc: Market, bar: MakeBar) -> None:
    dead = LiquidationRow(BINANCE.slug, BEGIN_MS, "long", 1.0, 100.0, 100.0, "full")
    rows = [bar(0), bar(0, venue="hyperliquid"), dead]
    Hearing().note(rows, VENUE_OF, wall_ms=WALL_MS)
    assert beats() == {
        ("binance", "bars"): None, ("binance", "prints"): None, ("hyperliquid", "bars"): None,
    }  # fmt: skip


def test_a_delay_is_from_the_end_of_a_bar_or_the_instant_of_a_print(
    btc: Market, bar: MakeBar
) -> None:
    hearing, now_ms = Hearing(), BEGIN_MS + 7_000
    dead = LiquidationRow(BINANCE.slug, BEGIN_MS + 6_500, "long", 1.0, 100.0, 100.0, "full")
    rows = [bar(0), bar(1, closed=False), dead]
    hearing.note(rows, VENUE_OF, wall_ms=WALL_MS, now_ms=now_ms)
    assert beats() == {("binance", "bars"): 7_000, ("binance", "prints"): 500}
    open_bar = [bar(1, closed=False)]
    hearing.note(open_bar, VENUE_OF, wall_ms=WALL_MS + 1, now_ms=now_ms + 1)
    assert beats()["binance", "bars"] == 7_000  # an open bar has not ended: the last delay stays


def test_a_fast_replay_counts_seconds_of_its_reader(btc: Market, bar: MakeBar) -> None:
    Hearing().note([bar(0)], VENUE_OF, wall_ms=WALL_MS, now_ms=BEGIN_MS + 60_000, speed=60.0)
    assert beats() == {("binance", "bars"): 1_000}


def test_rows_are_counted_by_the_minute(btc: Market, bar: MakeBar) -> None:
    hearing = Hearing()
    hearing.note([bar(0), bar(1)], VENUE_OF, wall_ms=WALL_MS)
    hearing.note([bar(2)], VENUE_OF, wall_ms=WALL_MS + 500)
    hearing.note([bar(3)], VENUE_OF, wall_ms=WALL_MS + MINUTE_MS)
    assert minutes() == [("binance", "bars", 0, 3), ("binance", "bars", 1, 1)]


def test_how_streams_stand_is_written_over_and_over(db: None) -> None:
    for state, age_s in (("live", 1.0), ("stale", 40.0)):
        told = [StreamState("okx", "candles", "okx-btc", state, age_s, "is away" * 60)]
        note_statuses(told, {"okx": -120}, {"okx": 0.4}, at_ms=WALL_MS)
    status = StreamStatus.objects.get()
    assert (status.state, status.age_s, len(status.trouble)) == ("stale", 40.0, 200)
    venue = VenueStatus.objects.get()
    assert (venue.venue, venue.skew_ms, venue.used_share) == ("okx", -120, 0.4)
