"""What a venue's answer means is decided in one place: statuses, sizes, and what is no JSON."""

import asyncio
import gzip

import aiohttp
import pytest
from aiohttp import web

from apps.exchanges.live import transport
from apps.exchanges.live.transport import redirected
from apps.exchanges.live.troubles import Barred, Paused, Trouble, Unreachable
from apps.exchanges.numbers import BadPayload
from tests.exchanges.live.venue_of_one import VirtualTime, asking, says, venue_that

TIME = "publicGetV5MarketTime"


async def test_the_address_is_the_venues_own_behind_another_host() -> None:
    async with venue_that(says('{"time": 1}')) as venue, asking(venue) as rest:
        assert await rest.call("publicGetV5MarketKline", {"symbol": "BTCUSDT"}) == {"time": 1}
    assert venue.asked == ["/bybit/v5/market/kline?symbol=BTCUSDT"]


def test_htx_is_asked_at_its_documented_host() -> None:
    asked = redirected("https://api.hbdm.vn/api/v1/timestamp", "htx", None)
    assert asked == "https://api.hbdm.com/api/v1/timestamp"


async def test_after_a_429_nobody_asks_before_the_time_is_over() -> None:
    time = VirtualTime()
    answers = says("{}", 429, {"Retry-After": "20"}), says('{"ok": 1}')
    async with venue_that(*answers) as venue, asking(venue, time) as rest:
        outcomes = await asyncio.gather(
            *(rest.call(TIME) for _ in range(10)), return_exceptions=True
        )
        assert any(isinstance(outcome, Paused) for outcome in outcomes)
        assert len(venue.asked) <= 2, "one more may have been on its way"
        for _ in range(5):
            time.now_s += 3.9
            with pytest.raises(Paused, match=r"wants 20 s of peace \(429\)"):
                await rest.call(TIME)
        assert len(venue.asked) <= 2
        time.now_s += 1
        assert await rest.call(TIME) == {"ok": 1}


@pytest.mark.parametrize(("status", "wait_s"), [(418, 600), (403, 600), (429, 60)])
async def test_a_ban_without_a_time_lasts_a_while(status: int, wait_s: int) -> None:
    time = VirtualTime()
    async with venue_that(says("{}", status)) as venue, asking(venue, time) as rest:
        with pytest.raises(Paused) as caught:
            await rest.call(TIME)
    assert caught.value.until_s == time() + wait_s


async def test_the_time_to_wait_may_be_a_date() -> None:
    headers = {
        "Retry-After": "Sun, 22 Nov 2026 10:02:00 GMT",
        "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
    }
    time = VirtualTime()
    async with venue_that(says("{}", 429, headers)) as venue, asking(venue, time) as rest:
        with pytest.raises(Paused) as caught:
            await rest.call(TIME)
    assert caught.value.until_s == time() + 120


async def test_a_451_is_for_ever_and_says_so() -> None:
    time = VirtualTime()
    async with venue_that(says("{}", 451), says("{}")) as venue, asking(venue, time) as rest:
        for _ in range(2):
            with pytest.raises(
                Barred, match=r"may not serve the place this computer is in \(451\)"
            ):
                await rest.call(TIME)
            time.now_s += 1e6
        assert len(venue.asked) == 1


@pytest.mark.parametrize(
    ("answer", "failure", "words"),
    [
        (says("x", 503), Unreachable, r"has trouble of its own \(503\)"),
        (says("", 302, {"Location": "/login"}), Unreachable, r"sends us elsewhere \(302\)"),
        (says("<html>wait</html>"), BadPayload, r"The answer \(200\) is a web page, not JSON"),
        (says('{"a": [1, 2'), BadPayload, "is something, not JSON"),
        (says(b"\xff\xfe\x00"), BadPayload, "is something, not JSON"),
        (says("[" * 100_000), BadPayload, "is something, not JSON"),
        (says("1" * 5000), BadPayload, "is something, not JSON"),
    ],
)
async def test_an_unfit_answer_is_refused(answer, failure, words) -> None:
    async with venue_that(answer) as venue, asking(venue) as rest:
        with pytest.raises(failure, match=words):
            await rest.call(TIME)


async def test_an_answer_that_swells_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST_BODY", 1 << 20)
    bomb = gzip.compress(b" " * (8 << 20))
    assert len(bomb) < 10_000
    swelling = says(bomb, headers={"Content-Encoding": "gzip"})
    async with venue_that(swelling) as venue, asking(venue) as rest:
        with pytest.raises((BadPayload, Unreachable)):
            await rest.call(TIME)


async def test_a_venue_that_hangs_is_given_up() -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async def stop_half_way(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"a":')
        await asyncio.sleep(60)
        return response

    for never in (hang, stop_half_way):
        async with venue_that(never) as venue, asking(venue, timeout_s=0.1) as rest:
            with pytest.raises(Unreachable, match="did not answer within 0.1 s"):
                await rest.call(TIME)


async def test_a_venue_that_is_not_there_is_said_to_refuse() -> None:
    async with venue_that(says()) as venue:
        pass
    async with asking(venue) as rest:
        with pytest.raises(Trouble, match="refused the connection"):
            await rest.call(TIME)


async def test_a_name_that_does_not_exist_is_said_to_be_unknown() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Unreachable, match="cannot be looked up by name"):
            await transport.send(session, "GET", "http://nobody.invalid/", timeout_s=5)
