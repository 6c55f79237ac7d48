"""Binance's streams: addresses with a category, acknowledged and silent without one.

Forced orders are told at most once a second and symbol, the largest of them.
"""

from apps.exchanges.fake import binance
from apps.exchanges.fake.asking import Ask, BadSymbol, decimal, open_ms, quote_volume
from apps.exchanges.fake.source import Print
from apps.exchanges.fake.streaming import (
    MARK_BEAT_MS,
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
from apps.exchanges.readings import Instrument, Mark
from apps.exchanges.records import BarRow

CATEGORIES = {"single_trades": "/public/"}  # where topics live; elsewhere they stay silent
USUAL_CATEGORY = "/market/"
KINDS = {"forceorder": "liquidations", "kline_1m": "candles", "markprice": "marks",
         "aggtrade": "trades", "trade": "single_trades",}  # fmt: skip


def greet(line: Line, ask: Ask) -> list[Message]:
    """Topics may stand in the address: ``/ws/btcusdt@forceOrder``, ``/stream?streams=a/b``."""
    names = line.streams.split("/") if line.streams else line.path.rpartition("/ws/")[2:]
    for name in names:
        if "@" in name:
            _subscribe(line, name, ask)
    return no_greeting(line, ask)


def hear(line: Line, message: Message, ask: Ask) -> list[Message]:
    """``SUBSCRIBE`` and its kin."""
    if not isinstance(message, dict) or "method" not in message:
        return [{"code": 3, "msg": "Invalid JSON"}]
    for name in message.get("params", []):
        if message["method"] == "SUBSCRIBE":
            _subscribe(line, str(name), ask)
        elif message["method"] == "UNSUBSCRIBE":
            line.topics.pop(str(name), None)
    return [{"result": None, "id": message.get("id")}]


def _subscribe(line: Line, name: str, ask: Ask) -> None:
    """Unknown names are acknowledged all the same."""
    symbol, _, what = name.partition("@")
    kind = KINDS.get(what.lower().partition("@")[0])
    if symbol.startswith("!"):
        kind = KINDS.get(symbol.removeprefix("!").lower())
        line.add(Topic(f"all_{kind}", tuple(ask.instruments()), name))
    elif kind:
        try:
            line.add(Topic(kind, (ask.named(symbol.upper()),), name))
        except BadSymbol:
            return


def tell(line: Line, topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    """What happened to a topic, wrapped where the address asks for several."""
    if CATEGORIES.get(topic.kind, USUAL_CATEGORY) not in line.path:
        return []
    events = _events(topic, ask, after_ms)
    if "/stream" in line.path:
        return [{"stream": topic.name, "data": event} for event in events]
    return events


def _events(topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    kind, first = topic.kind, topic.instruments[0]
    if kind in ("liquidations", "all_liquidations"):
        about = first if kind == "liquidations" else None
        rows = largest_per_second(ask, about, after_ms, by_instrument)
        return [
            {"e": "forceOrder", "E": row.ts_ms + 4, "o": binance.force_order(i, row)}
            for i, row in one_each(topic, rows)
        ]
    if kind == "candles":
        return [_kline(first, bar, ask) for bar in fresh_bars(ask, first, after_ms)]
    if kind in ("trades", "single_trades"):
        rows = ask.source.prints(first, after_ms + 1, ask.now_ms)
        return [_trade(first, row, is_single=kind == "single_trades") for row in rows]
    return _marks(topic, ask, after_ms)


def _trade(i: Instrument, row: Print, *, is_single: bool) -> dict:
    """``m`` is whether the BUYER was the maker."""
    number = int(row.trade.native_id)
    numbers = {"t": number} if is_single else {"a": number, "f": number, "l": number}
    return {
        "e": "trade" if is_single else "aggTrade",
        "E": row.trade.ts_ms,
        "s": i.symbol,
        **numbers,
        "p": decimal(row.trade.price),
        "q": decimal(row.trade.size_base),
        "T": row.trade.ts_ms,
        "m": row.trade.taker_side == "sell",
    }


def _marks(topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    every_ms = MARK_BEAT_MS if topic.name.endswith("@1s") else 3 * SECOND_MS
    if not beats(after_ms, ask.now_ms, every_ms):
        return []
    rows: list[Message] = [_mark(i, ask.source.mark(i, ask.now_ms), ask) for i in topic.instruments]
    return [rows] if topic.kind.startswith("all_") else rows


def _mark(i: Instrument, mark: Mark, ask: Ask) -> dict:
    return {
        "e": "markPriceUpdate",
        "E": ask.stamp_ms,
        "s": i.symbol,
        "p": decimal(mark.mark_price),
        "P": decimal(mark.index_price),
        "i": decimal(mark.index_price),
        "r": decimal(mark.funding_rate),
        "T": mark.next_funding_ms,
    }


def _kline(i: Instrument, bar: BarRow, ask: Ask) -> dict:
    buys, quote = (bar.volume + bar.taker_delta) / 2, quote_volume(bar)
    return {
        "e": "kline",
        "E": ask.stamp_ms,
        "s": i.symbol,
        "k": {
            "t": open_ms(bar),
            "T": bar.end_ms - 1,
            "s": i.symbol,
            "i": "1m",
            "f": 1,
            "L": 16,
            "o": decimal(bar.open),
            "c": decimal(bar.close),
            "h": decimal(bar.high),
            "l": decimal(bar.low),
            "v": decimal(bar.volume),
            "n": 16,
            "x": bar.closed,
            "q": decimal(quote),
            "V": decimal(buys),
            "Q": decimal(quote * buys / bar.volume if bar.volume else 0.0),
            "B": "0",
        },
    }


STREAM = Stream(greet, hear, tell)
