"""Which feed a text asks for, live or fake; and why there is none, venue by venue."""

import logging
import time

import pytest

from apps.exchanges import feeds
from apps.exchanges.feeds import parse_feed
from apps.exchanges.live import listing, open, probing
from apps.exchanges.live.listing import list_venues
from apps.exchanges.live.probing import NoVenue, new_budgets, probe_venues
from apps.exchanges.live.venues import QUESTIONS
from apps.exchanges.records import BadFeed
from tests.exchanges.live.venue_of_one import says, venue_that

BARRED = "may not serve the place this computer is in (451)"


def test_without_a_network_live_says_why_of_each_venue(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "http://127.0.0.1:9"
    with pytest.raises(NoVenue) as caught:
        probe_venues(root=nowhere)
    assert str(caught.value).splitlines() == [
        "No venue answers.",
        *(f"{venue}: refused the connection" for venue in QUESTIONS),
    ]
    monkeypatch.setattr(open, "probe_venues", lambda: probe_venues(root=nowhere))
    with pytest.raises(BadFeed, match="No venue answers."):
        parse_feed("live")


def test_auto_falls_back_and_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(open, "probe_venues", lambda: probe_venues(root="http://127.0.0.1:9"))
    with caplog.at_level(logging.INFO):
        info = parse_feed("auto").info
    assert info.kind == "simulated"
    assert info.reason.splitlines() == [
        "No venue answers, so this market is simulated.",
        f"{', '.join(QUESTIONS)}: refused the connection",
    ]
    assert len(info.reason) <= 300
    for venue in QUESTIONS:
        assert f"{venue} refused the connection." in caplog.messages


async def test_each_venue_has_a_reason_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    from aiohttp import web

    async def answer(request: web.Request) -> web.StreamResponse:
        venue = request.path.split("/")[1]
        if venue == "okx":
            await asyncio.sleep(30)
        bodies = {"binance": says("{}", 451), "gate": says("<html>"), "htx": says("{}", 503)}
        return await bodies.get(venue, says("{}"))(request)

    async with venue_that(answer) as venue:
        began_s = time.monotonic()
        probed = await asyncio.to_thread(probe_venues, root=venue.root, most_s=0.5)
        assert time.monotonic() - began_s < 8
    assert sorted(probed.answered) == ["bitget", "bybit", "dydx", "hyperliquid"]
    assert probed.reasons == {
        "binance": BARRED,
        "okx": "did not answer within 0.5 s",
        "gate": "told nonsense (The answer (200) is a web page, not JSON.)",
        "htx": "has trouble of its own (503)",
    }
    assert probed.reason.startswith("Not all venues answer.\nbinance: may not serve")


def test_nobody_waits_for_a_name_that_is_looked_up_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def never(*_: object) -> None:
        time.sleep(1.5)

    monkeypatch.setattr(probing, "_probe_all", never)
    began_s = time.monotonic()
    with pytest.raises(NoVenue) as caught:
        probe_venues(most_s=0.01)
    assert time.monotonic() - began_s < 1.4
    assert set(caught.value.reasons.values()) == {"did not answer in time"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("live:x", "The feed 'live' takes no folder, only replay does."),
        ("live?seed=1", "The feed live has no option 'seed'."),
        ("live?markets=2", "The option markets is '2', not a whole number from 3 to 50."),
        ("auto?days=0", "The option days is '0', not a whole number from 1 to 60."),
        ("fake?markets=11", "The option markets is '11', not a whole number from 3 to 10."),
        ("fake?url=http://example.com", "The fake exchange is on this computer, not at"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(BadFeed) as caught:
        parse_feed(text)
    assert str(caught.value).startswith(says)


def test_live_runs_at_the_speed_of_life() -> None:
    with pytest.raises(BadFeed, match="The feed live runs at the speed of the clock, not 5 times"):
        parse_feed("live", speed=5)


def test_the_fake_feed_is_called_simulated_and_brings_its_server() -> None:
    feed = parse_feed("fake?seed=7")
    assert feed.info.kind == "simulated"
    assert feed.info.label.startswith("fake exchange (SIMULATED) 7, since ")
    assert isinstance(feed, open.FakeFeed)
    assert len(feed.instruments()) == 24
    feed.history_days = 0.005
    bars = [row for batch in feed.history(open.now_ms()) for row in batch]
    assert {bar.instrument for bar in bars} == {info.slug for info in feed.instruments()}
    host = feed._place
    assert isinstance(host, open.FakeHost)

    again = parse_feed(f"fake?url={host.root}")
    assert again.info.label == f"fake exchange (SIMULATED) at {host.root}"
    assert again.instruments() == feed.instruments()

    largest = list_venues(QUESTIONS, new_budgets(time.monotonic), markets=3, root=host.root)
    assert largest.coins == listing.ALWAYS
    host.stop()


def test_a_venue_that_is_silent_is_announced_by_its_usual_names() -> None:
    assert [t.info.slug for t in listing.usual(QUESTIONS["okx"], ("BTC", "PEPE")).values()] == [
        "okx-btc-usdt-swap"
    ]
    assert len(listing.ALWAYS) == feeds.LEAST_MARKETS
