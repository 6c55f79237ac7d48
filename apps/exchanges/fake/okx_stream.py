"""OKX's streams: a liquidation a second and contract, of all swaps at once; candles elsewhere."""

from itertools import groupby

from apps.exchanges.fake import okx
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

KINDS = {"liquidation-orders": "liquidations", "candle1m": "candles", "trades": "trades",
         "open-interest": "open_interest", "mark-price": "marks", "funding-rate": "marks",
         "index-tickers": "marks"}  # fmt: skip
BEATS_MS = {"open-interest": 3 * SECOND_MS, "mark-price": SECOND_MS, "funding-rate": 60 * SECOND_MS,
            "index-tickers": SECOND_MS}  # fmt: skip
BUSINESS = ("candle1m",)  # channels that live under /business
CONNECTION = {"connId": "1"}


def hear(line: Line, message: Message, ask: Ask) -> list[Message]:
    """The word ``ping``, ``subscribe`` and ``unsubscribe``."""
    if message == "ping":
        return ["pong"]
    if not isinstance(message, dict) or message.get("op") not in ("subscribe", "unsubscribe"):
        return [{"event": "error", "code": "60012", "msg": "Invalid request", **CONNECTION}]
    replies: list[Message] = []
    for label in message.get("args", []):
        topic = _topic(line, label, ask) if isinstance(label, dict) else None
        if topic is None:
            words = f"Wrong URL or channel:{label} doesn't exist."
            replies.append({"event": "error", "code": "60018", "msg": words, **CONNECTION})
            continue
        if message["op"] == "subscribe":
            line.add(topic)
        else:
            line.topics.pop(topic.name, None)
        replies.append({"event": message["op"], "arg": label, **CONNECTION})
    return replies


def _topic(line: Line, label: dict, ask: Ask) -> Topic | None:
    channel, symbol = label.get("channel"), label.get("instId", "")
    if channel not in KINDS or (channel in BUSINESS) != line.path.endswith("/business"):
        return None
    if channel == "liquidation-orders":
        instruments = tuple(ask.instruments()) if label.get("instType") == "SWAP" else ()
        return Topic("liquidations", instruments, channel, label) if instruments else None
    if channel == "index-tickers":
        symbol += "-SWAP"
    try:
        return Topic(KINDS[channel], (ask.named(symbol),), f"{channel}:{symbol}", label)
    except BadSymbol:
        return None


def tell(line: Line, topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    """What happened to a topic."""
    return [{"arg": topic.label, "data": [row]} for row in _rows(topic, ask, after_ms)]


def _rows(topic: Topic, ask: Ask, after_ms: int) -> list:
    i, channel = topic.instruments[0], topic.name.partition(":")[0]
    if topic.kind == "liquidations":
        return _liquidations(topic, ask, after_ms)
    if topic.kind == "candles":
        return [okx.candle(i, bar) for bar in fresh_bars(ask, i, after_ms)]
    if topic.kind == "trades":
        prints = ask.source.prints(i, after_ms + 1, ask.now_ms)
        return [okx.trade_row(i, row) for row in prints]
    if not beats(after_ms, ask.now_ms, BEATS_MS[channel]):
        return []
    if channel == "open-interest":
        return [okx.interest(i, ask.source.open_interest(i, ask.now_ms))]
    write = {"mark-price": okx.mark_row, "funding-rate": okx.funding_row,
             "index-tickers": okx.index_row}[channel]  # fmt: skip
    return [write(i, ask.source.mark(i, ask.now_ms))]


def _liquidations(topic: Topic, ask: Ask, after_ms: int) -> list:
    """All of one instrument share a row: readers of its first detail lose the others."""
    rows = largest_per_second(ask, None, after_ms, by_instrument)
    pairs = sorted(one_each(topic, rows), key=lambda pair: pair[0].slug)
    groups = groupby(pairs, key=lambda pair: pair[0])
    return [okx.liquidation_group(i, [row for _, row in group]) for i, group in groups]


STREAM = Stream(no_greeting, hear, tell, idle_ms=30 * SECOND_MS)
