"""The coverage sheet: share, age, completeness, delays, gaps; stale when a venue falls silent."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.exchanges.live.streams import StreamState
from apps.exchanges.records import BarRow, LiquidationRow
from apps.markets import services
from apps.markets.gaps import GapWatch
from apps.markets.hearing import note_published, note_statuses
from apps.markets.models import Feed, Market
from apps.markets.venue_sheet import VenueSheet, describe_venues
from tests.markets.conftest import BEGIN_MS, BINANCE, HYPERLIQUID, MINUTE_MS

type MakeBar = Callable[..., BarRow]


@pytest.fixture
def live(btc: Market, bar: MakeBar) -> Feed:
    """Two venues that told a bar at ``BEGIN_MS``, which is now."""
    services.store_rows(
        [
            bar(0, close=100.0, open_interest=300.0),
            bar(0, venue="hyperliquid", close=100.0, open_interest=100.0),
        ]
    )
    services.beat(venues=["binance"], stream="bars", at_ms=BEGIN_MS, delay_ms=6_000)
    services.beat(venues=["hyperliquid"], stream="bars", at_ms=BEGIN_MS)
    return Feed.objects.create(
        kind="live", label="live", source="live", state="running",
        anchor_data_ms=BEGIN_MS, anchor_wall_ms=BEGIN_MS,
    )  # fmt: skip


def sheets(market: Market, feed: Feed, seconds: float = 1.0) -> dict[str, VenueSheet]:
    told = describe_venues(market, feed=feed, wall_ms=BEGIN_MS + round(seconds * 1000))
    return {sheet.venue: sheet for sheet in told}


def states(sheet: VenueSheet) -> dict[str, str]:
    return {stream.name: stream.state for stream in sheet.streams}


def test_the_largest_venue_comes_first_with_its_share(btc: Market, live: Feed) -> None:
    told = sheets(btc, live)
    assert list(told) == ["binance", "hyperliquid"]
    assert [sheet.share for sheet in told.values()] == [0.75, 0.25]
    assert told["binance"].open_interest_usd == 30_000.0
    assert told["binance"].delays_s == (("bars", 6.0),)


def test_a_venue_is_stale_three_bars_after_it_fell_silent(btc: Market, live: Feed) -> None:
    assert sheets(btc, live, 179)["binance"].state == "live"
    assert sheets(btc, live, 181)["binance"].state == "stale"


def test_every_stream_of_a_live_venue_stands_for_itself(btc: Market, live: Feed) -> None:
    told = [
        StreamState("binance", "candles", BINANCE.slug, "live", 2.0, ""),
        StreamState("binance", "candles", "binance-ethusdt", "stale", 90.0, "is away"),
        StreamState("binance", "pushed liquidations", "", "stale", 40.0, "closed the socket"),
        StreamState("binance", "open interest", "", "live", 3.0, ""),
        StreamState("binance", "depth", "", "barred", None, "may not serve us"),
    ]
    note_statuses(told, {"binance": -250}, {"binance": 0.4}, at_ms=BEGIN_MS)
    sheet = sheets(btc, live)["binance"]
    assert states(sheet) == {
        "bars": "live", "prints": "stale", "open interest": "live", "marks": "live",
        "depth": "barred",
    }  # fmt: skip
    prints = next(stream for stream in sheet.streams if stream.name == "prints")
    assert (prints.age_s, prints.trouble) == (41.0, "closed the socket")
    assert (sheet.skew_ms, sheet.used_share, sheet.completeness) == (-250, 0.4, "sampled")


def test_a_collector_that_says_nothing_makes_every_stream_stale(btc: Market, live: Feed) -> None:
    told = [StreamState("binance", "candles", BINANCE.slug, "live", 0.0, "")]
    note_statuses(told, {}, {"binance": 0.1}, at_ms=BEGIN_MS)
    assert states(sheets(btc, live, 10)["binance"]) == {"bars": "live"}
    assert states(sheets(btc, live, 10.1)["binance"]) == {"bars": "stale"}


def test_completeness_is_what_most_liquidations_say(btc: Market, live: Feed) -> None:
    kinds = ("full", "delayed", "delayed")
    services.store_rows(
        [
            LiquidationRow(BINANCE.slug, BEGIN_MS - n, "long", 1.0, 100.0, 100.0, kind)
            for n, kind in enumerate(kinds)
        ]
    )
    told = sheets(btc, live)
    assert (told["binance"].completeness, told["binance"].prints) == ("delayed", 3)
    assert told["hyperliquid"].completeness == "none"


def test_margin_tiers_say_where_they_are_from(btc: Market, live: Feed) -> None:
    assert [sheet.tiers for sheet in sheets(btc, live).values()] == ["documented", "assumed"]


def test_the_page_shows_venues_gaps_and_how_late_a_picture_is(
    client: Client, btc: Market, live: Feed, bar: MakeBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_ms = BEGIN_MS + 5 * MINUTE_MS
    fresh = services.store_rows([bar(4, open_interest=300.0)])
    GapWatch(live).note(fresh, wall_ms=now_ms)
    services.beat(venues=["binance"], stream="bars", at_ms=now_ms, delay_ms=6_000)
    note_published(btc, looked_ms=now_ms + 500, published_ms=now_ms + 3_000)
    monkeypatch.setattr("apps.heatmaps.coverage_page.wall_now_ms", lambda: now_ms)
    page = client.get("/m/btc/coverage/").content.decode()
    assert "1 gap in the last 24 h" in page
    assert 'class="coverage-hole"' in page
    assert "Row to picture: 3\u00a0s." in page
    assert "a sample, one a second at most" not in page
    assert 'class="card coverage-venue is-grey"' in page  # Hyperliquid said nothing for 5 minutes
    assert "fixed rate from the settings" in page
    assert 'href="/m/btc/coverage/"' in client.get("/m/btc/").content.decode()


def test_before_any_feed_the_page_says_so(client: Client, btc: Market) -> None:
    assert "waiting for the first prices" in client.get("/m/btc/coverage/").content.decode()
    assert client.get("/m/none/coverage/").status_code == 404


def test_a_thin_market_says_so(client: Client, btc: Market, live: Feed) -> None:
    page = client.get("/m/btc/coverage/").content.decode()
    assert "Thin data" in page
    assert HYPERLIQUID.venue.title() in page
