"""Gate's streams: time, channel, event; a liquidation a second and contract."""

from apps.exchanges.fake import gate
from apps.exchanges.fake.asking import Ask, BadSymbol
from apps.exchanges.fake.streaming import (
    SECOND_MS,
    Line,
    Message,
    Stream,
    Topic,
    beats,
    by_instrument,
    fresh_bars,
    largest_per_second,
    no_greeting,
    one_each,
)

KINDS = {"futures.public_liquidates": "liquidations", "futures.candlesticks": "candles",
         "futures.tickers": "marks", "futures.trades": "trades"}  # fmt: skip
ALL = "!all"
TICKER_BEAT_MS = SECOND_MS


def hear(line: Line, message: Message, ask: Ask) -> list[Message]:
    """``futures.ping``, ``subscribe`` and ``unsubscribe``."""
    if not isinstance(message, dict):
        return []
    channel, event = message.get("channel"), message.get("event")
    if channel == "futures.ping":
        return [_message(ask, "futures.pong", "", None)]
    payload = message.get("payload") or []
    names = _topics(str(channel), [str(word) for word in payload], ask)
    if names is None or event not in ("subscribe", "unsubscribe"):
        error = {"code": 2, "message": f"unknown channel or contract in {channel} {payload}"}
        return [_message(ask, channel, event, None) | {"error": error, "id": message.get("id")}]
    for topic in names:
        if event == "subscribe":
            line.add(topic)
        else:
            line.topics.pop(topic.name, None)
    return [
        _message(ask, channel, event, {"status": "success"})
        | {"error": None, "id": message.get("id"), "payload": payload}
    ]


def _topics(channel: str, payload: list[str], ask: Ask) -> list[Topic] | None:
    if channel not in KINDS:
        return None
    if channel == "futures.candlesticks":
        if len(payload) != 2 or payload[0] != "1m":
            return None
        payload = payload[1:]
    try:
        return [
            Topic(KINDS[channel], _instruments(name, ask), f"{channel}:{name}", channel)
            for name in payload
        ]
    except BadSymbol:
        return None


def _instruments(name: str, ask: Ask) -> tuple:
    return tuple(ask.instruments()) if name == ALL else (ask.named(name),)


def tell(line: Line, topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    """What happened to a topic, all of it in one message."""
    rows = _rows(topic, ask, after_ms)
    return [_message(ask, topic.label, "update", rows)] if rows else []


def _rows(topic: Topic, ask: Ask, after_ms: int) -> list:
    if topic.kind == "liquidations":
        rows = largest_per_second(ask, None, after_ms, by_instrument)
        return [gate.pushed_liquidation(i, row) for i, row in one_each(topic, rows)]
    if topic.kind == "candles":
        return [
            gate.candle(i, bar) | {"n": f"1m_{i.symbol}"}
            for i in topic.instruments
            for bar in fresh_bars(ask, i, after_ms)
        ]
    if topic.kind == "trades":
        return [
            gate.trade(i, row) | {"create_time_ms": row.trade.ts_ms}
            for i in topic.instruments
            for row in ask.source.prints(i, after_ms + 1, ask.now_ms)
        ]
    if not beats(after_ms, ask.now_ms, TICKER_BEAT_MS):
        return []
    marks = [(i, ask.source.mark(i, ask.now_ms)) for i in topic.instruments]
    return [gate.ticker(i, mark, ask.source.last_price(i, ask.now_ms)) for i, mark in marks]


def _message(ask: Ask, channel: object, event: object, result: object) -> dict:
    return {
        "time": ask.stamp_ms // SECOND_MS,
        "time_ms": ask.stamp_ms,
        "channel": channel,
        "event": event,
        "result": result,
    }


STREAM = Stream(no_greeting, hear, tell)
