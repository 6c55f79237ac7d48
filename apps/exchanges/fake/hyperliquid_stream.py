"""Hyperliquid's stream: no liquidations, but trades with the addresses of both sides."""

from apps.exchanges.fake import hyperliquid
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

KINDS = {"trades": "trades", "candle": "candles", "activeAssetCtx": "everything", "l2Book": "book",
         "userEvents": "fills"}  # fmt: skip
BEAT_MS = SECOND_MS


def hear(line: Line, message: Message, ask: Ask) -> list[Message]:
    """``ping``, ``subscribe`` and ``unsubscribe``."""
    if not isinstance(message, dict):
        return [{"channel": "error", "data": "Error parsing JSON into valid websocket request"}]
    method, wanted = message.get("method"), message.get("subscription")
    if method == "ping":
        return [{"channel": "pong"}]
    topic = _topic(wanted, ask) if isinstance(wanted, dict) else None
    if topic is None or method not in ("subscribe", "unsubscribe"):
        return [{"channel": "error", "data": f"Invalid subscription {wanted}"}]
    if method == "subscribe":
        line.add(topic)
    else:
        line.topics.pop(topic.name, None)
    data = {"method": method, "subscription": wanted}
    return [{"channel": "subscriptionResponse", "data": data}]


def _topic(wanted: dict, ask: Ask) -> Topic | None:
    kind, coin = wanted.get("type"), wanted.get("coin", "")
    if kind not in KINDS or (kind == "candle" and wanted.get("interval") != "1m"):
        return None
    if kind == "userEvents":
        is_maker = str(wanted.get("user", "")).lower() == hyperliquid.MAKER
        return Topic("fills", tuple(ask.instruments()) if is_maker else (), kind)
    try:
        return Topic(KINDS[kind], (ask.named(coin),), f"{kind}:{coin}")
    except BadSymbol:
        return None


def tell(line: Line, topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    """What happened to a topic."""
    source, now_ms = ask.source, ask.now_ms
    if topic.kind == "fills":
        rows = one_each(topic, dead_since(ask, None, after_ms))
        fills = [hyperliquid.maker_fill(i, row) for i, row in rows]
        return [{"channel": "user", "data": {"fills": fills}}] if fills else []
    (i,) = topic.instruments
    if topic.kind == "trades":
        prints = source.prints(i, after_ms + 1, now_ms)
        rows = [hyperliquid.trade(i, row) for row in prints]
        return [{"channel": "trades", "data": rows}] if rows else []
    if topic.kind == "candles":
        bars = fresh_bars(ask, i, after_ms)
        return [{"channel": "candle", "data": hyperliquid.candle(i, bar)} for bar in bars]
    if not beats(after_ms, now_ms, BEAT_MS):
        return []
    if topic.kind == "book":
        return [{"channel": "l2Book", "data": hyperliquid.book(i, source.book(i, now_ms))}]
    context = hyperliquid.context(
        source.open_interest(i, now_ms), source.mark(i, now_ms), source.last_price(i, now_ms)
    )
    return [{"channel": "activeAssetCtx", "data": {"coin": i.symbol, "ctx": context}}]


STREAM = Stream(no_greeting, hear, tell, idle_ms=60 * SECOND_MS)
