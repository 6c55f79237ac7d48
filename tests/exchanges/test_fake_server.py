"""The fake exchange over real sockets of loopback."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from apps.exchanges.fake.addresses import pointed_at
from apps.exchanges.fake.faults import Fault, FaultSchedule
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.numbers import BadPayload
from apps.exchanges.okx import parse as okx
from apps.exchanges.readings import HOUR_MS
from tests.exchanges.clock import FakeClock

CUT = (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
FIRST_MS = 1_780_000_200_000
NOW_MS = FIRST_MS + HOUR_MS
OKX_CANDLES = "/api/v5/market/candles?instId=BTC-USDT-SWAP&bar=1m&limit=5"
TIMES = {
    "binance": "/fapi/v1/time", "bybit": "/v5/market/time", "okx": "/api/v5/public/time",
    "dydx": "/v4/time", "bitget": "/api/v2/public/time", "gate": "/api/v4/spot/time",
    "htx": "/api/v1/timestamp",
}  # fmt: skip


class Bench:
    """An exchange on a clock that only the test moves, and a client."""

    def __init__(
        self, exchange: FakeExchange, clock: FakeClock, client: aiohttp.ClientSession
    ) -> None:
        self.exchange, self.clock, self.client = exchange, clock, client

    def fail(self, venue: str, transport: str, failure: str, strength: float = 0.0) -> None:
        """Let something go wrong from now on for ten seconds."""
        now_ms = self.clock.now_ms
        fault = Fault(venue, transport, failure, now_ms, now_ms + 10_000, strength)
        self.exchange.faults = FaultSchedule((fault,))

    async def get(self, venue: str, path: str) -> tuple[int, bytes, dict]:
        """Status, body and headers."""
        async with self.client.get(self.exchange.url(venue) + path) as reply:
            return reply.status, await reply.read(), dict(reply.headers)

    def listen(self, venue: str, path: str) -> object:
        """A websocket connection."""
        return self.client.ws_connect(self.exchange.stream_url(venue) + path)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = FakeClock(NOW_MS)
    market = FakeMarket(4, first_ms=FIRST_MS, markets=2)
    timeout = aiohttp.ClientTimeout(total=5)
    async with (
        FakeExchange(market, clock, push_every_s=None) as exchange,
        aiohttp.ClientSession(timeout=timeout) as client,
    ):
        yield Bench(exchange, clock, client)


@pytest.mark.parametrize("venue", TIMES)
async def test_every_venue_tells_the_time_of_the_data(bench: Bench, venue: str) -> None:
    status, body, _ = await bench.get(venue, TIMES[venue])
    assert status == 200
    assert str(NOW_MS)[:10] in body.decode()


async def test_hyperliquid_is_asked_by_post(bench: Bench) -> None:
    url = bench.exchange.url("hyperliquid") + "/info"
    asked = {"type": "candleSnapshot", "req": {"coin": "BTC", "interval": "1m",
                                               "startTime": NOW_MS - 600_000}}  # fmt: skip
    async with bench.client.post(url, json=asked) as reply:
        assert len(await reply.json()) == 10 + 1  # and the one that has just begun
    async with bench.client.post(url, json={"type": "nothing"}) as reply:
        assert (reply.status, "deserialize" in await reply.text()) == (422, True)


@pytest.mark.parametrize(
    ("venue", "path", "status", "words"),
    [
        ("binance", "/fapi/v1/openInterest?symbol=NOPE", 400, "Invalid symbol"),
        ("bybit", "/v5/market/kline?symbol=NOPE&interval=1", 200, "symbol invalid"),
        ("okx", "/api/v5/market/candles?instId=NOPE", 200, "51001"),
        ("dydx", "/v4/orderbooks/perpetualMarket/NOPE", 400, "valid ticker"),
        ("bitget", "/api/v3/market/tickers?symbol=NOPE", 400, "40034"),
        ("gate", "/api/v4/futures/usdt/contracts/NOPE", 400, "CONTRACT_NOT_FOUND"),
        ("htx", "/linear-swap-ex/market/depth?contract_code=NOPE", 200, "error"),
        ("gate", "/api/v4/futures/usdt/liq_orders?from=1&to=9999", 400, "INVALID_PARAM_VALUE"),
    ],
)
async def test_refusals_are_the_venues_own(
    bench: Bench, venue: str, path: str, status: int, words: str
) -> None:
    found, body, _ = await bench.get(venue, path)
    assert (found, words in body.decode()) == (status, True)


async def test_whoever_asks_too_often_is_told_how_long_to_stay_away(bench: Bench) -> None:
    statuses = [(await bench.get("okx", TIMES["okx"]))[0] for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    _, _, headers = await bench.get("okx", TIMES["okx"])
    assert headers["Retry-After"] == "2"
    bench.clock.now_ms += 2_000
    assert (await bench.get("okx", TIMES["okx"]))[0] == 200
    report = bench.exchange.budget_report()["okx"]
    assert (report["refused"], report["peak_share"]) == (2, 1.0)


async def test_binance_tells_the_weight_that_was_used(bench: Bench) -> None:
    await bench.get("binance", "/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=1500")
    _, _, headers = await bench.get("binance", TIMES["binance"])
    assert headers["X-MBX-USED-WEIGHT-1M"] == "11"


@pytest.mark.parametrize(
    ("failure", "status"), [("rate_limited", 429), ("server_error", 503), ("forbidden", 451)]
)
async def test_failures_have_their_status(bench: Bench, failure: str, status: int) -> None:
    bench.fail("okx", "rest", failure, 20.0)
    found, _, headers = await bench.get("okx", OKX_CANDLES)
    assert found == status
    assert headers.get("Retry-After") == ("20" if status == 429 else None)
    assert (await bench.get("bybit", TIMES["bybit"]))[0] == 200
    bench.clock.now_ms += 10_000
    assert (await bench.get("okx", OKX_CANDLES))[0] == 200


@pytest.mark.parametrize("failure", ["garbage", "html", "truncated"])
async def test_broken_answers_come_with_status_200(bench: Bench, failure: str) -> None:
    bench.fail("okx", "rest", failure)
    status, body, _ = await bench.get("okx", OKX_CANDLES)
    assert status == 200
    with pytest.raises((ValueError, BadPayload)):
        okx.parse_open_interest(json.loads(body), {})


@pytest.mark.parametrize(
    ("failure", "arrives"),
    [("hang", b""), ("half_open", b'{"data":['), ("disconnect", b"")],
)
async def test_answers_that_never_come_end_with_the_fault(
    bench: Bench, failure: str, arrives: bytes
) -> None:
    bench.fail("okx", "rest", failure)
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.exchange.port)
    writer.write(f"GET /okx{OKX_CANDLES} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (await bench.get("bybit", TIMES["bybit"]))[0] == 200
    if failure != "disconnect":
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readuntil(b"never"), 0.1)
    bench.clock.now_ms += 10_000
    told = b""
    with contextlib.suppress(ConnectionError):
        told = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert told.endswith(arrives)
    assert b"code" not in told


async def test_a_wrong_clock_is_wrong_everywhere_but_in_the_data(bench: Bench) -> None:
    bench.fail("okx", "rest", "clock_skew", 90.0)
    _, body, headers = await bench.get("okx", TIMES["okx"])
    assert json.loads(body)["data"][0]["ts"] == str(NOW_MS + 90_000)
    _, candles, _ = await bench.get("okx", OKX_CANDLES)
    bench.exchange.faults = FaultSchedule()
    _, true, honest = await bench.get("okx", OKX_CANDLES)
    assert candles == true
    assert headers["Date"] != honest["Date"]


async def test_streams_tell_what_happened_since_the_last_push(bench: Bench) -> None:
    async with bench.listen("bybit", "/v5/public/linear") as socket:
        await socket.send_json({"op": "subscribe", "args": ["tickers.BTCUSDT"]})
        assert (await socket.receive_json())["success"]
        bench.clock.now_ms += 1_000
        bench.exchange.push()
        message = await socket.receive_json()
        assert (message["topic"], message["ts"]) == ("tickers.BTCUSDT", NOW_MS + 1_000)
    assert bench.exchange.budget_report()["bybit"]["connections"] == 1


async def test_htx_speaks_gzip_and_hangs_up_on_who_does_not_answer(bench: Bench) -> None:
    async with bench.listen("htx", "/linear-swap-ws") as socket:
        for _ in range(3):
            bench.clock.now_ms += 20_000
            bench.exchange.push()
            ping = json.loads(gzip.decompress((await socket.receive()).data))
            assert set(ping) == {"ping"}
        bench.exchange.push()
        assert (await socket.receive()).type in CUT


async def test_okx_hangs_up_on_who_says_nothing(bench: Bench) -> None:
    async with bench.listen("okx", "/ws/v5/public") as socket:
        bench.clock.now_ms += 25_000
        await socket.send_str("ping")
        assert (await socket.receive_str()) == "pong"
        bench.clock.now_ms += 25_000
        bench.exchange.push()
        bench.clock.now_ms += 6_000
        bench.exchange.push()
        assert (await socket.receive()).type in CUT


async def test_a_hanging_stream_loses_what_it_did_not_tell(bench: Bench) -> None:
    async with bench.listen("bybit", "/v5/public/linear") as socket:
        await socket.send_json({"op": "subscribe", "args": ["kline.1.BTCUSDT"]})
        await socket.receive_json()
        bench.fail("bybit", "stream", "hang")
        bench.clock.now_ms += 4_000
        bench.exchange.push()
        bench.clock.now_ms += 6_000
        bench.exchange.push()
        (message,) = [await socket.receive_json()]
        assert message["ts"] == NOW_MS + 10_000


@pytest.mark.parametrize("failure", ["disconnect", "server_error"])
async def test_streams_are_cut_and_new_ones_refused(bench: Bench, failure: str) -> None:
    async with bench.listen("gate", "/v4/ws/usdt") as socket:
        bench.fail("gate", "stream", failure)
        bench.exchange.push()
        assert (await socket.receive()).type in CUT
    if failure == "server_error":
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await bench.listen("gate", "/v4/ws/usdt")


async def test_garbage_in_a_stream_is_bytes(bench: Bench) -> None:
    async with bench.listen("gate", "/v4/ws/usdt") as socket:
        bench.fail("gate", "stream", "garbage")
        await socket.send_json({"time": 1, "channel": "futures.ping"})
        assert (await socket.receive()).type is aiohttp.WSMsgType.BINARY


async def test_paths_that_are_not_there_are_remembered(bench: Bench) -> None:
    assert (await bench.get("gate", "/api/v4/nothing"))[0] == 404
    assert bench.exchange.unknown == ["/gate/api/v4/nothing"]


async def test_it_listens_on_loopback_and_stops() -> None:
    market = FakeMarket(4, first_ms=FIRST_MS, markets=1)
    async with FakeExchange(market, FakeClock(NOW_MS)) as exchange:
        url = exchange.url("okx")
        assert url.startswith("http://127.0.0.1:")
    async with aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.ClientError):
            await client.get(url + TIMES["okx"])


def test_addresses_keep_their_paths() -> None:
    urls = {"api": {"ws": ["wss://ws.okx.com:8443/ws/v5"], "rest": "https://{hostname}", "n": 1}}
    assert pointed_at(urls, "http://127.0.0.1:9/okx") == {
        "api": {"ws": ["ws://127.0.0.1:9/okx/ws/v5"], "rest": "http://127.0.0.1:9/okx", "n": 1}
    }
