"""What the fake venues push, read with the real parsers: all of it, or the largest per second."""

import gzip
import json
from dataclasses import replace
from itertools import groupby

import pytest

from apps.exchanges.binance import parse as binance
from apps.exchanges.bitget import parse as bitget
from apps.exchanges.bybit import parse as bybit
from apps.exchanges.dydx import parse as dydx
from apps.exchanges.fake import (
    binance_stream,
    bitget_stream,
    bybit_stream,
    dydx_stream,
    gate_stream,
    htx_stream,
    hyperliquid_stream,
    okx_stream,
)
from apps.exchanges.fake.asking import Ask
from apps.exchanges.fake.hyperliquid import MAKER
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.streaming import Line, decoded, encoded
from apps.exchanges.gate import parse as gate
from apps.exchanges.htx import parse as htx
from apps.exchanges.hyperliquid import parse as hyperliquid
from apps.exchanges.okx import parse as okx
from apps.exchanges.readings import HOUR_MS, MINUTE_MS
from apps.exchanges.records import LiquidationRow
from tests.exchanges.fake_reading import Client, assert_same

FIRST_MS = 1_780_000_200_000
BEGIN_MS = FIRST_MS + HOUR_MS
STEP_MS = 500
STREAMS = {
    "binance": binance_stream, "bybit": bybit_stream, "okx": okx_stream, "dydx": dydx_stream,
    "bitget": bitget_stream, "gate": gate_stream, "htx": htx_stream,
    "hyperliquid": hyperliquid_stream,
}  # fmt: skip
SWAPS = {"channel": "liquidation-orders", "instType": "SWAP"}


@pytest.fixture(scope="module")
def market() -> FakeMarket:
    """Ten coins on eight venues, with many small traders."""
    return FakeMarket(4, first_ms=FIRST_MS, standing_per_book=2500)


class Listener:
    """A client of one venue's stream without a network."""

    def __init__(self, market: FakeMarket, venue: str, path: str, now_ms: int = BEGIN_MS) -> None:
        self.market, self.venue, self.now_ms = market, venue, now_ms
        self.stream = STREAMS[venue].STREAM
        self.line = Line(path)
        self.greeting = self.stream.greet(self.line, self._ask())
        self.known = Client(market, venue, now_ms).instruments()

    def say(self, message: object) -> list:
        """What the venue answers."""
        heard = decoded(message if isinstance(message, str) else json.dumps(message))
        return self.stream.hear(self.line, heard, self._ask())

    def wait(self, ms: int, step_ms: int = STEP_MS) -> list:
        """Everything that is pushed meanwhile, through its wire form."""
        told = []
        for _ in range(ms // step_ms):
            before_ms, self.now_ms = self.now_ms, self.now_ms + step_ms
            for topic in self.line.topics.values():
                told += self.stream.tell(self.line, topic, self._ask(), before_ms)
        return [self._read(encoded(m, is_gzipped=self.stream.is_gzipped)) for m in told]

    def _read(self, body: str | bytes) -> object:
        return json.loads(gzip.decompress(body) if isinstance(body, bytes) else body)

    def _ask(self) -> Ask:
        return Ask(self.venue, self.market, self.now_ms, self.now_ms, {})


def dead(market: FakeMarket, venue: str, ms: int) -> list[LiquidationRow]:
    """Who really died in the first while."""
    return market.liquidations(venue, None, BEGIN_MS + 1, BEGIN_MS + ms)


def largest(rows: list[LiquidationRow], *, by_side: bool = False) -> list[LiquidationRow]:
    """The largest of each second and contract."""

    def place(row: LiquidationRow) -> tuple:
        return row.ts_ms // 1000, row.instrument, row.side if by_side else ""

    ordered = sorted(rows, key=place)
    groups = groupby(ordered, key=place)
    return [max(group, key=lambda row: row.size_base) for _, group in groups]


def assert_died(read: list, true: list[LiquidationRow]) -> None:
    names = ("instrument", "ts_ms", "side", "size_base", "price")

    def order(row: LiquidationRow) -> tuple:
        return row.ts_ms, row.instrument, row.side, row.size_base

    assert len(true) > 5
    assert_same(sorted(read, key=order), sorted(true, key=order), names)


def test_binance_tells_the_largest_of_a_second(market: FakeMarket) -> None:
    listener = Listener(market, "binance", "/market/ws")
    asked = {"method": "SUBSCRIBE", "params": ["!forceOrder@arr"], "id": 1}
    assert listener.say(asked) == [{"result": None, "id": 1}]
    pushed = listener.wait(HOUR_MS)
    read = [r for m in pushed for r in binance.parse_liquidation_push(m, listener.known)]
    assert_died(read, largest(dead(market, "binance", HOUR_MS)))


def test_binance_acknowledges_and_stays_silent_without_a_category(market: FakeMarket) -> None:
    listener = Listener(market, "binance", "/ws")
    asked = {"method": "SUBSCRIBE", "params": ["!forceOrder@arr"], "id": 1}
    assert listener.say(asked) == [{"result": None, "id": 1}]
    assert listener.wait(HOUR_MS) == []


def test_binance_takes_topics_in_the_address(market: FakeMarket) -> None:
    listener = Listener(market, "binance", "/market/ws/btcusdt@kline_1m")
    (bar, *_) = binance.parse_candle_push(listener.wait(2_000)[0], listener.known)
    assert (bar.instrument, bar.closed) == ("binance-btcusdt", False)


def test_bybit_tells_everybody(market: FakeMarket) -> None:
    listener = Listener(market, "bybit", "/v5/public/linear")
    topics = [f"allLiquidation.{symbol}" for symbol in listener.known]
    (reply,) = listener.say({"op": "subscribe", "args": topics})
    assert reply["success"]
    pushed = listener.wait(HOUR_MS)
    read = [r for m in pushed for r in bybit.parse_liquidation_push(m, listener.known)]
    assert_died(read, dead(market, "bybit", HOUR_MS))


def test_okx_tells_the_largest_of_a_second_and_all_of_a_contract_in_one_row(
    market: FakeMarket,
) -> None:
    listener = Listener(market, "okx", "/ws/v5/public")
    assert listener.say({"op": "subscribe", "args": [SWAPS]})[0]["event"] == "subscribe"
    pushed = listener.wait(HOUR_MS, step_ms=10 * MINUTE_MS)
    read = [r for m in pushed for r in okx.parse_liquidations(m, listener.known)]
    assert_died(read, largest(dead(market, "okx", HOUR_MS)))
    assert max(len(m["data"][0]["details"]) for m in pushed) > 1


def test_okx_tells_candles_only_under_business(market: FakeMarket) -> None:
    label = {"channel": "candle1m", "instId": "ETH-USDT-SWAP"}
    public = Listener(market, "okx", "/ws/v5/public")
    assert public.say({"op": "subscribe", "args": [label]})[0]["code"] == "60018"
    business = Listener(market, "okx", "/ws/v5/business")
    business.say({"op": "subscribe", "args": [label]})
    pushed = business.wait(MINUTE_MS)
    bars = [bar for m in pushed for bar in okx.parse_candle_push(m, business.known)]
    assert [bar.closed for bar in bars].count(True) == 1


def test_dydx_tells_everybody_among_the_trades(market: FakeMarket) -> None:
    listener = Listener(market, "dydx", "/v4/ws")
    assert listener.greeting[0]["type"] == "connected"
    for symbol in listener.known:
        asked = {"type": "subscribe", "channel": "v4_trades", "id": symbol, "batched": True}
        assert listener.say(asked)[0]["type"] == "subscribed"
    pushed = listener.wait(HOUR_MS, step_ms=10_000)
    read = [r for m in pushed for r in dydx.parse_liquidation_push(m, listener.known)]
    assert_died(read, dead(market, "dydx", HOUR_MS))


def test_bitget_tells_the_largest_of_a_second_and_side_in_quote_currency(
    market: FakeMarket,
) -> None:
    listener = Listener(market, "bitget", "/v3/ws/public")
    asked = {"op": "subscribe", "args": [{"instType": "usdt-futures", "topic": "liquidation"}]}
    assert listener.say(asked)[0]["event"] == "subscribe"
    pushed = listener.wait(HOUR_MS)
    read = [r for m in pushed for r in bitget.parse_liquidation_push(m, listener.known)]
    assert_died(read, largest(dead(market, "bitget", HOUR_MS), by_side=True))


def test_bitgets_older_liquidations_are_silent(market: FakeMarket) -> None:
    listener = Listener(market, "bitget", "/v2/ws/public")
    label = {"instType": "USDT-FUTURES", "channel": "liquidation", "instId": "default"}
    assert listener.say({"op": "subscribe", "args": [label]})[0]["event"] == "subscribe"
    assert listener.wait(HOUR_MS) == []


def test_gate_tells_the_largest_of_a_second(market: FakeMarket) -> None:
    listener = Listener(market, "gate", "/v4/ws/usdt")
    asked = {"time": 1, "channel": "futures.public_liquidates", "event": "subscribe"}
    assert listener.say(asked | {"payload": ["!all"]})[0]["result"] == {"status": "success"}
    pushed = listener.wait(HOUR_MS)
    read = [r for m in pushed for r in gate.parse_liquidation_push(m, listener.known)]
    assert_died(read, largest(dead(market, "gate", HOUR_MS)))


def test_htx_tells_everybody(market: FakeMarket) -> None:
    listener = Listener(market, "htx", "/linear-swap-notification")
    asked = {"op": "sub", "cid": "1", "topic": "public.*.liquidation_orders"}
    assert listener.say(asked)[0]["err-code"] == 0
    assert listener.say(asked)[0]["err-code"] == 2014
    pushed = listener.wait(HOUR_MS)
    read = [r for m in pushed for r in htx.parse_liquidation_push(m, listener.known)]
    assert_died(read, dead(market, "htx", HOUR_MS))


def test_hyperliquid_tells_deaths_only_to_who_was_on_the_other_side(market: FakeMarket) -> None:
    listener = Listener(market, "hyperliquid", "/ws")
    wanted = {"type": "userEvents", "user": MAKER}
    listener.say({"method": "subscribe", "subscription": wanted})
    pushed = listener.wait(HOUR_MS)
    known = listener.known
    read = [r for m in pushed for r in hyperliquid.parse_liquidation_push(m, known, user=MAKER)]
    assert_died(read, dead(market, "hyperliquid", HOUR_MS))


CANDLES = {
    "binance": ("/market/ws", {"method": "SUBSCRIBE", "params": ["btcusdt@kline_1m"], "id": 1},
                binance.parse_candle_push),
    "bybit": ("/v5/public/linear", {"op": "subscribe", "args": ["kline.1.BTCUSDT"]},
              bybit.parse_candle_push),
    "okx": ("/ws/v5/business", {"op": "subscribe", "args": [
        {"channel": "candle1m", "instId": "BTC-USDT-SWAP"}]}, okx.parse_candle_push),
    "bitget": ("/v2/ws/public", {"op": "subscribe", "args": [
        {"instType": "USDT-FUTURES", "channel": "candle1m", "instId": "BTCUSDT"}]}, None),
    "gate": ("/v4/ws/usdt", {"channel": "futures.candlesticks", "event": "subscribe",
                             "payload": ["1m", "BTC_USDT"]}, None),
    "htx": ("/linear-swap-ws", {"sub": "market.BTC-USDT.kline.1min", "id": "1"},
            htx.parse_candle_push),
    "hyperliquid": ("/ws", {"method": "subscribe", "subscription": {
        "type": "candle", "coin": "BTC", "interval": "1m"}}, None),
}  # fmt: skip
TIMED = {"bitget": bitget, "gate": gate, "hyperliquid": hyperliquid}


@pytest.mark.parametrize("venue", CANDLES)
def test_the_last_word_about_a_minute_is_its_closed_bar(market: FakeMarket, venue: str) -> None:
    path, asked, parser = CANDLES[venue]
    listener = Listener(market, venue, path)
    listener.say(asked)
    told = {}
    for _ in range(3 * MINUTE_MS // STEP_MS):
        for message in listener.wait(STEP_MS):
            if parser is None:
                bars = TIMED[venue].parse_candle_push(
                    message, listener.known, now_ms=listener.now_ms
                )
            else:
                bars = parser(message, listener.known)
            told |= {bar.end_ms: bar for bar in bars}
    (i,) = [i for i in listener.known.values() if i.base == "BTC"]
    true = market.bars(i, BEGIN_MS, listener.now_ms - 1, listener.now_ms)
    names = ("instrument", "end_ms", "open", "high", "low", "close", "volume", "closed")
    read = [told[bar.end_ms] for bar in true]
    assert len(read) == 3
    assert_same(read, true, names)


TICKERS = {
    "binance": ("/market/ws", {"method": "SUBSCRIBE", "params": ["ethusdt@markPrice@1s"]}),
    "bybit": ("/v5/public/linear", {"op": "subscribe", "args": ["tickers.ETHUSDT"]}),
    "dydx": ("/v4/ws", {"type": "subscribe", "channel": "v4_markets"}),
    "bitget": ("/v3/ws/public", {"op": "subscribe", "args": [
        {"instType": "usdt-futures", "topic": "ticker", "symbol": "ETHUSDT"}]}),
    "gate": ("/v4/ws/usdt", {"channel": "futures.tickers", "event": "subscribe",
                             "payload": ["ETH_USDT"]}),
    "hyperliquid": ("/ws", {"method": "subscribe", "subscription": {
        "type": "activeAssetCtx", "coin": "ETH"}}),
}  # fmt: skip
PARSERS = {"binance": binance, "bybit": bybit, "dydx": dydx, "bitget": bitget, "gate": gate,
           "hyperliquid": hyperliquid}  # fmt: skip


@pytest.mark.parametrize("venue", TICKERS)
def test_pushed_marks_and_open_interest_are_true(market: FakeMarket, venue: str) -> None:
    path, asked = TICKERS[venue]
    listener = Listener(market, venue, path)
    listener.say(asked)
    messages = listener.wait(2_000, step_ms=2_000)
    (i,) = [i for i in listener.known.values() if i.base == "ETH"]
    clock = {"now_ms": listener.now_ms} if venue in ("dydx", "hyperliquid") else {}
    parsers = PARSERS[venue]
    marks = [m for p in messages for m in parsers.parse_mark_push(p, {i.symbol: i}, **clock)]
    true = market.mark(i, listener.now_ms)
    assert marks[-1].mark_price == pytest.approx(true.mark_price)
    if venue in ("bybit", "dydx", "hyperliquid"):
        readings = [
            r for p in messages for r in parsers.parse_open_interest_push(p, {i.symbol: i}, **clock)
        ]
        wanted = market.open_interest(i, listener.now_ms)
        assert readings[-1].open_interest == pytest.approx(wanted.open_interest)


TRADES = {
    "bybit": ("/v5/public/linear", {"op": "subscribe", "args": ["publicTrade.SOLUSDT"]}),
    "bitget": ("/v3/ws/public", {"op": "subscribe", "args": [
        {"instType": "usdt-futures", "topic": "publicTrade", "symbol": "SOLUSDT"}]}),
    "gate": ("/v4/ws/usdt", {"channel": "futures.trades", "event": "subscribe",
                             "payload": ["SOL_USDT"]}),
    "htx": ("/linear-swap-ws", {"sub": "market.SOL-USDT.trade.detail", "id": "1"}),
    "hyperliquid": ("/ws", {"method": "subscribe", "subscription": {
        "type": "trades", "coin": "SOL"}}),
    "dydx": ("/v4/ws", {"type": "subscribe", "channel": "v4_trades", "id": "SOL-USD"}),
}  # fmt: skip


@pytest.mark.parametrize("venue", TRADES)
def test_pushed_trades_add_up_to_the_bar(market: FakeMarket, venue: str) -> None:
    path, asked = TRADES[venue]
    listener = Listener(market, venue, path, BEGIN_MS - 1)
    listener.say(asked)
    module = PARSERS.get(venue, htx)
    messages = listener.wait(MINUTE_MS)
    trades = [t for m in messages for t in module.parse_trade_push(m, listener.known)]
    (i,) = [i for i in listener.known.values() if i.base == "SOL"]
    (bar,) = market.bars(i, BEGIN_MS, BEGIN_MS, BEGIN_MS + MINUTE_MS)
    signs = {"buy": 1, "sell": -1}
    assert sum(trade.size_base for trade in trades) == pytest.approx(bar.volume)
    delta = sum(signs[trade.taker_side] * trade.size_base for trade in trades)
    assert delta == pytest.approx(bar.taker_delta, abs=1e-9 * bar.volume)
    assert replace(bar, closed=True) == bar


@pytest.mark.parametrize(
    ("venue", "path", "said", "answered"),
    [
        ("bybit", "/v5/public/linear", {"op": "ping"}, "pong"),
        ("okx", "/ws/v5/public", "ping", "pong"),
        ("bitget", "/v3/ws/public", "ping", "pong"),
        ("gate", "/v4/ws/usdt", {"time": 1, "channel": "futures.ping"}, "futures.pong"),
        ("hyperliquid", "/ws", {"method": "ping"}, "pong"),
        ("htx", "/linear-swap-ws", {"ping": 7}, '"pong": 7'),
        ("dydx", "/v4/ws", {"type": "ping"}, "pong"),
    ],
)
def test_pings_are_answered(
    market: FakeMarket, venue: str, path: str, said: object, answered: str
) -> None:
    (reply,) = Listener(market, venue, path).say(said)
    assert answered in (reply if isinstance(reply, str) else json.dumps(reply))


@pytest.mark.parametrize("path", ["/linear-swap-ws", "/linear-swap-notification"])
def test_htx_pings_and_counts_what_is_not_answered(market: FakeMarket, path: str) -> None:
    listener = Listener(market, "htx", path)
    ping = listener.stream.ping(listener.line, listener._ask())
    listener.line.unanswered = 2
    if "op" in ping:
        assert isinstance(ping["ts"], str)
        listener.say({"op": "pong", "ts": ping["ts"]})
    else:
        listener.say({"pong": ping["ping"]})
    assert listener.line.unanswered == 0


@pytest.mark.parametrize("venue", STREAMS)
@pytest.mark.parametrize("said", [{}, {"op": []}, {"args": {}}, "nonsense", {"method": 7}])
def test_nonsense_is_survived(market: FakeMarket, venue: str, said: object) -> None:
    listener = Listener(market, venue, "/anywhere")
    listener.say(said)
    assert listener.line.topics == {}
