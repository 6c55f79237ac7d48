"""Bybit's streams: every liquidation, in batches of half a second."""

from apps.exchanges.fake import bybit
from apps.exchanges.fake.asking import Ask, BadSymbol, decimal, open_ms, quote_volume
from apps.exchanges.fake.streaming import (
    SECOND_MS,
    Line,
    Message,
    Stream,
    Topic,
    beats,
    dead_since,
    fresh_bars,
    no_greeting,
)
from apps.exchanges.readings import Instrument
from apps.exchanges.records import BarRow

KINDS = {"allLiquidation": "liquidations", "kline.1": "candles", "tickers": "everything",
         "publicTrade": "trades"}  # fmt: skip
TICKER_BEAT_MS = SECOND_MS


def hear(line: Line, message: Message, ask: Ask) -> list[Message]:
    """``ping`` and ``subscribe``."""
    if not isinstance(message, dict):
        return []
    op, number = message.get("op"), message.get("req_id", "")
    if op == "ping":
        return [
            {"success": True, "ret_msg": "pong", "conn_id": "1", "req_id": number, "op": "ping"}
        ]
    if op not in ("subscribe", "unsubscribe"):
        return [{"success": False, "ret_msg": "unknown op", "conn_id": "1", "op": str(op)}]
    for name in map(str, message.get("args", [])):
        words, _, symbol = name.rpartition(".")
        if words not in KINDS:
            return [_refused(name, number)]
        try:
            topic = Topic(KINDS[words], (ask.named(symbol),), name)
        except BadSymbol:
            return [_refused(name, number)]
        if op == "subscribe":
            line.add(topic)
        else:
            line.topics.pop(name, None)
    return [{"success": True, "ret_msg": "", "conn_id": "1", "req_id": number, "op": op}]


def _refused(name: str, number: object) -> dict:
    words = f"error:handler not found,topic:{name}"
    return {"success": False, "ret_msg": words, "conn_id": "1", "req_id": number, "op": "subscribe"}


def tell(line: Line, topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    """What happened to a topic, all of it in one message."""
    (i,), data = topic.instruments, []
    if topic.kind == "liquidations":
        data = [bybit.liquidation(i, row) for row in dead_since(ask, i, after_ms)]
    elif topic.kind == "candles":
        data = [_candle(bar, ask) for bar in fresh_bars(ask, i, after_ms)]
    elif topic.kind == "trades":
        data = [_trade(i, row) for row in ask.source.prints(i, after_ms + 1, ask.now_ms)]
    elif beats(after_ms, ask.now_ms, TICKER_BEAT_MS):
        return [_push(topic, ask, _ticker(i, ask))]
    return [_push(topic, ask, data)] if data else []


def _push(topic: Topic, ask: Ask, data: object) -> dict:
    return {"topic": topic.name, "type": "snapshot", "ts": ask.stamp_ms, "data": data}


def _ticker(i: Instrument, ask: Ask) -> dict:
    source, now_ms = ask.source, ask.now_ms
    last = source.last_price(i, now_ms)
    return bybit.ticker(i, source.open_interest(i, now_ms), source.mark(i, now_ms), last)


def _candle(bar: BarRow, ask: Ask) -> dict:
    return {
        "start": open_ms(bar),
        "end": bar.end_ms - 1,
        "interval": "1",
        "open": decimal(bar.open),
        "close": decimal(bar.close),
        "high": decimal(bar.high),
        "low": decimal(bar.low),
        "volume": decimal(bar.volume),
        "turnover": decimal(quote_volume(bar)),
        "confirm": bar.closed,
        "timestamp": ask.stamp_ms,
    }


def _trade(i: Instrument, row: bybit.Print) -> dict:
    return {
        "T": row.trade.ts_ms,
        "s": i.symbol,
        "S": bybit.TAKER_SIDE[row.trade.taker_side],
        "v": decimal(row.trade.size_base),
        "p": decimal(row.trade.price),
        "L": "ZeroPlusTick",
        "i": row.trade.native_id,
        "BT": False,
    }


STREAM = Stream(no_greeting, hear, tell)
