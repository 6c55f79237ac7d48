"""HTX's two streams, of the market and of notifications: gzip frames, and pings to be answered."""

from apps.exchanges.fake import htx
from apps.exchanges.fake.asking import Ask, BadSymbol
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
    one_each,
)

NOTIFICATION = "notification"
ALL = "*"
MARKET_KINDS = {"kline.1min": "candles", "trade.detail": "trades"}
PUBLIC_KINDS = {"liquidation_orders": "liquidations", "funding_rate": "marks"}
FUNDING_BEAT_MS = 60 * SECOND_MS


def ping(line: Line, ask: Ask) -> Message:
    """The notification stream writes its time as text, and wants it back as text."""
    if NOTIFICATION in line.path:
        return {"op": "ping", "ts": str(ask.stamp_ms)}
    return {"ping": ask.stamp_ms}


def hear(line: Line, message: Message, ask: Ask) -> list[Message]:
    """Pongs, and subscriptions of either stream."""
    if not isinstance(message, dict):
        return []
    if "pong" in message or message.get("op") == "pong":
        line.unanswered = 0
        return []
    if NOTIFICATION in line.path:
        return _hear_notification(line, message, ask)
    if "ping" in message:
        return [{"pong": message["ping"]}]
    channel = str(message.get("sub") or message.get("unsub"))
    topic = _topic(channel, "market", MARKET_KINDS, ask)
    number = message.get("id")
    if topic is None:
        words = f"invalid topic {channel}"
        return [{"id": number, "status": "error", "err-code": "bad-request", "err-msg": words,
                 "ts": ask.stamp_ms}]  # fmt: skip
    if "sub" in message:
        line.add(topic)
        return [{"id": number, "status": "ok", "subbed": channel, "ts": ask.stamp_ms}]
    line.topics.pop(channel, None)
    return [{"id": number, "status": "ok", "unsubbed": channel, "ts": ask.stamp_ms}]


def _hear_notification(line: Line, message: dict, ask: Ask) -> list[Message]:
    op, name = message.get("op"), str(message.get("topic"))
    reply = {"op": op, "cid": message.get("cid", ""), "topic": name, "ts": ask.stamp_ms}
    topic = _topic(name, "public", PUBLIC_KINDS, ask)
    if topic is None or op not in ("sub", "unsub"):
        return [reply | {"err-code": 2011, "err-msg": "Topic error"}]
    if op == "unsub":
        line.topics.pop(name, None)
        return [reply | {"err-code": 0}]
    if name in line.topics or f"public.{ALL}.{topic.label}" in line.topics:
        return [reply | {"err-code": 2014, "err-msg": "Repeated subscription."}]
    line.add(topic)
    return [reply | {"err-code": 0}]


def _topic(name: str, head: str, kinds: dict[str, str], ask: Ask) -> Topic | None:
    first, _, rest = name.partition(".")
    symbol, _, words = rest.partition(".")
    if first != head or words not in kinds:
        return None
    if symbol == ALL and head == "public":
        return Topic(kinds[words], tuple(ask.instruments()), name, words)
    try:
        return Topic(kinds[words], (ask.named(symbol),), name, words)
    except BadSymbol:
        return None


def tell(line: Line, topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    """What happened to a topic; notifications carry the contract's own topic."""
    i = topic.instruments[0]
    if topic.kind == "candles":
        bars = fresh_bars(ask, i, after_ms)
        return [_tick(topic, ask, htx.candle(i, bar), bar.end_ms if bar.closed else None)
                for bar in bars]  # fmt: skip
    if topic.kind == "trades":
        rows = [htx.trade(i, row) for row in ask.source.prints(i, after_ms + 1, ask.now_ms)]
        tick = {"id": ask.now_ms, "ts": ask.now_ms, "data": rows}
        return [_tick(topic, ask, tick, None)] if rows else []
    if topic.kind == "liquidations":
        rows = one_each(topic, dead_since(ask, None, after_ms))
        return [_notice(i, topic, ask, htx.liquidation(i, row)) for i, row in rows]
    if not beats(after_ms, ask.now_ms, FUNDING_BEAT_MS):
        return []
    marks = [(i, ask.source.mark(i, ask.now_ms)) for i in topic.instruments]
    return [_notice(i, topic, ask, htx.pushed_funding(i, mark)) for i, mark in marks]


def _tick(topic: Topic, ask: Ask, tick: dict, at_least_ms: int | None) -> dict:
    """A candle that is over is told with a time after its end."""
    return {"ch": topic.name, "ts": max(ask.stamp_ms, at_least_ms or 0), "tick": tick}


def _notice(i: htx.Instrument, topic: Topic, ask: Ask, row: dict) -> dict:
    name = f"public.{i.symbol}.{topic.label}"
    return {"op": "notify", "topic": name, "ts": ask.stamp_ms, "data": [row]}


STREAM = Stream(no_greeting, hear, tell, is_gzipped=True, ping=ping)
