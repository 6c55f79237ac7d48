"""Bitget's streams, versions 2 and 3: liquidations only in the newer one, throttled."""

from apps.exchanges.fake import bitget
from apps.exchanges.fake.asking import Ask, BadSymbol, decimal
from apps.exchanges.fake.streaming import (
    SECOND_MS,
    Line,
    Message,
    Stream,
    Topic,
    beats,
    by_instrument_and_side,
    fresh_bars,
    largest_per_second,
    no_greeting,
    one_each,
)

V3_KINDS = {"liquidation": "liquidations", "ticker": "everything", "publicTrade": "trades"}
V2_KINDS = {"candle1m": "candles", "trade": "trades", "liquidation": "silent"}
MARKET = "usdt-futures"
TICKER_BEAT_MS = SECOND_MS


def hear(line: Line, message: Message, ask: Ask) -> list[Message]:
    """The word ``ping``, ``subscribe`` and ``unsubscribe``."""
    if message == "ping":
        return ["pong"]
    if not isinstance(message, dict) or message.get("op") not in ("subscribe", "unsubscribe"):
        return [{"event": "error", "code": "30002", "msg": "Unrecognized request"}]
    replies: list[Message] = []
    for label in message.get("args", []):
        topic = _topic(line, label, ask) if isinstance(label, dict) else None
        if topic is None:
            words = f"{label} doesn't exist"
            replies.append({"event": "error", "arg": label, "code": "30001", "msg": words})
            continue
        if message["op"] == "subscribe":
            line.add(topic)
        else:
            line.topics.pop(topic.name, None)
        replies.append({"event": message["op"], "arg": label})
    return replies


def _topic(line: Line, label: dict, ask: Ask) -> Topic | None:
    is_newer = "/v3/" in line.path
    name = label.get("topic" if is_newer else "channel")
    symbol = label.get("symbol" if is_newer else "instId", "")
    kind = (V3_KINDS if is_newer else V2_KINDS).get(name)
    if kind is None or str(label.get("instType", "")).lower() != MARKET:
        return None
    if name == "liquidation":
        return Topic(kind, tuple(ask.instruments()), name, label)
    try:
        return Topic(kind, (ask.named(symbol),), f"{name}:{symbol}", label)
    except BadSymbol:
        return None


def tell(line: Line, topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    """What happened to a topic, all of it in one message."""
    rows = _rows(topic, ask, after_ms)
    if not rows:
        return []
    action = "snapshot" if topic.kind == "everything" else "update"
    return [{"action": action, "arg": topic.label, "data": rows, "ts": ask.stamp_ms}]


def _rows(topic: Topic, ask: Ask, after_ms: int) -> list:
    i = topic.instruments[0]
    if topic.kind == "liquidations":
        rows = largest_per_second(ask, None, after_ms, by_instrument_and_side)
        return [bitget.liquidation(i.symbol, row) for i, row in one_each(topic, rows)]
    if topic.kind == "candles":
        return [bitget.candle(bar) for bar in fresh_bars(ask, i, after_ms)]
    if topic.kind == "trades":
        is_newer = "topic" in topic.label
        prints = ask.source.prints(i, after_ms + 1, ask.now_ms)
        return [_trade(row) if is_newer else _trade_v2(row) for row in prints]
    if topic.kind == "everything" and beats(after_ms, ask.now_ms, TICKER_BEAT_MS):
        return [_ticker(topic, ask)]
    return []


def _ticker(topic: Topic, ask: Ask) -> dict:
    (i,), source, now_ms = topic.instruments, ask.source, ask.now_ms
    mark, last = source.mark(i, now_ms), source.last_price(i, now_ms)
    row = bitget.ticker(i, source.open_interest(i, now_ms), mark, last)
    return row | {"nextFundingTime": str(mark.next_funding_ms)}


def _trade(row: bitget.Print) -> dict:
    return {
        "i": row.trade.native_id,
        "p": decimal(row.trade.price),
        "v": decimal(row.trade.size_base),
        "S": row.trade.taker_side,
        "T": str(row.trade.ts_ms),
        "isRPI": "no",
    }


def _trade_v2(row: bitget.Print) -> dict:
    return {
        "ts": str(row.trade.ts_ms),
        "price": decimal(row.trade.price),
        "size": decimal(row.trade.size_base),
        "side": row.trade.taker_side,
        "tradeId": row.trade.native_id,
    }


STREAM = Stream(no_greeting, hear, tell, idle_ms=120 * SECOND_MS)
