"""dYdX's streams: everything is told once at the beginning, then as it changes."""

from apps.exchanges.fake import dydx
from apps.exchanges.fake.asking import Ask, BadSymbol, decimal, iso, open_ms
from apps.exchanges.fake.streaming import SECOND_MS, Line, Message, Stream, Topic, beats, fresh_bars
from apps.exchanges.readings import Instrument

VERSIONS = {"v4_trades": "2.1.0", "v4_markets": "1.0.0", "v4_candles": "1.0.0"}
RESOLUTION = "/1MIN"  # after the market's name
CONNECTION = "00000000-0000-0000-0000-000000000001"
MARKETS_BEAT_MS = 2 * SECOND_MS
MOST_PER_CHANNEL = 32
MINUTES_AT_FIRST = 5  # of trades


def greet(line: Line, ask: Ask) -> list[Message]:
    """``connected``."""
    return [_numbered(line, {"type": "connected"})]


def hear(line: Line, message: Message, ask: Ask) -> list[Message]:
    """``ping``, ``subscribe`` and ``unsubscribe``."""
    if not isinstance(message, dict):
        return []
    kind, channel = message.get("type"), message.get("channel")
    symbol = message.get("id", "")
    if kind == "ping":
        return [_numbered(line, {"type": "pong", "id": symbol})]
    if kind == "unsubscribe":
        line.topics.pop(f"{channel}:{symbol}", None)
        return [_numbered(line, {"type": "unsubscribed", "channel": channel, "id": symbol})]
    if kind != "subscribe" or channel not in VERSIONS:
        return [_error(line, f"Invalid channel: {channel}")]
    if sum(topic.kind == channel for topic in line.topics.values()) >= MOST_PER_CHANNEL:
        return [_error(line, f"Per-connection subscription limit reached for {channel}")]
    try:
        instruments = ask.instruments() if channel == "v4_markets" else [_named(symbol, ask)]
    except BadSymbol:
        return [_error(line, f"Invalid subscription id for channel: ({channel}-{symbol})")]
    name = f"{channel}:{symbol}"
    line.add(Topic(channel, tuple(instruments), name, bool(message.get("batched"))))
    whole = _contents_at_first(line.topics[name], ask)
    about = {"id": symbol} if symbol else {}
    return [_numbered(line, {"type": "subscribed", "channel": channel, **about, "contents": whole})]


def _named(symbol: str, ask: Ask) -> Instrument:
    return ask.named(symbol.removesuffix(RESOLUTION))


def _contents_at_first(topic: Topic, ask: Ask) -> dict:
    if topic.kind == "v4_markets":
        return dydx.perpetual_markets(ask)
    if topic.kind == "v4_candles":
        return {"candles": _candles(topic, ask, ask.now_ms - MINUTES_AT_FIRST * 60 * SECOND_MS)}
    first_ms = ask.now_ms - MINUTES_AT_FIRST * 60 * SECOND_MS
    prints = ask.source.prints(topic.instruments[0], first_ms, ask.now_ms)
    return {"trades": [dydx.trade(row) for row in reversed(prints)]}


def tell(line: Line, topic: Topic, ask: Ask, after_ms: int) -> list[Message]:
    """New trades; or what changed about the markets."""
    if topic.kind == "v4_trades":
        prints = ask.source.prints(topic.instruments[0], after_ms + 1, ask.now_ms)
        contents = [{"trades": [dydx.trade(row)]} for row in prints]
        about = {"id": topic.instruments[0].symbol}
    elif topic.kind == "v4_candles":
        contents = list(reversed(_candles(topic, ask, after_ms)))
        about = {"id": topic.instruments[0].symbol + RESOLUTION}
    elif beats(after_ms, ask.now_ms, MARKETS_BEAT_MS):
        contents, about = [_trading(topic, ask), _oracle_prices(topic, ask)], {}
    else:
        return []
    head = {"channel": topic.kind, "version": VERSIONS[topic.kind], **about}
    if topic.label and contents:
        return [_numbered(line, {"type": "channel_batch_data", **head, "contents": contents})]
    return [_numbered(line, {"type": "channel_data", **head, "contents": c}) for c in contents]


def _candles(topic: Topic, ask: Ask, after_ms: int) -> list[dict]:
    """Newest first."""
    (i,) = topic.instruments
    bars = reversed(fresh_bars(ask, i, after_ms))
    return [dydx.candle(i, bar, ask.source.open_interest(i, open_ms(bar))) for bar in bars]


def _trading(topic: Topic, ask: Ask) -> dict:
    readings = [(i, ask.source.open_interest(i, ask.now_ms)) for i in topic.instruments]
    return {"trading": {i.symbol: {"openInterest": decimal(r.open_interest)} for i, r in readings}}


def _oracle_prices(topic: Topic, ask: Ask) -> dict:
    marks = [(i, ask.source.mark(i, ask.now_ms)) for i in topic.instruments]
    return {
        "oraclePrices": {
            i.symbol: {
                "oraclePrice": decimal(mark.mark_price),
                "effectiveAt": iso(mark.ts_ms),
                "effectiveAtHeight": str(mark.ts_ms // SECOND_MS),
            }
            for i, mark in marks
        }
    }


def _numbered(line: Line, message: dict) -> dict:
    line.messages += 1
    return {"connection_id": CONNECTION, "message_id": line.messages - 1, **message}


def _error(line: Line, words: str) -> dict:
    return _numbered(line, {"type": "error", "message": words})


STREAM = Stream(greet, hear, tell)
