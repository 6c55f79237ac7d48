"""Bitget's pushes, version 3: the largest liquidation per second, and trades."""

from collections.abc import Iterator
from dataclasses import replace

from apps.exchanges.bitget import parse
from apps.exchanges.live.lines import Line, Pushes, Told
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments, Liquidation

URL = "wss://ws.bitget.com/v3/ws/public"
MARKET = {"instType": "usdt-futures"}
ROUNDING = 1e-6  # of a lot


def lines(instruments: Instruments, now_ms: int) -> list[Line]:
    """One socket; liquidations of the whole market come as one topic."""
    topics = [MARKET | {"topic": "liquidation"}]
    topics += [MARKET | {"topic": "publicTrade", "symbol": symbol} for symbol in instruments]
    ask = {"op": "subscribe", "args": topics}
    return [Line(URL, ("liquidations", "trades"), (ask,), "ping")]


def read(message: object, instruments: Instruments, *, now_ms: int) -> list[Told]:
    """Replies to us are the word ``pong`` or carry an ``event``."""
    if message == "pong":
        return []
    push = Payload(parse.VENUE, message)
    if push.has("event"):
        push.accept("event", "subscribe", reason="msg")
        return []
    if push["arg"].says("topic", "liquidation"):
        rows = parse.parse_liquidation_push(message, instruments)
        return [*_whole_lots(rows, instruments)]
    return [*parse.parse_trade_push(message, instruments)]


def _whole_lots(rows: list[Liquidation], instruments: Instruments) -> Iterator[Liquidation]:
    """Sizes exactly as the later reply writes them, so that both are seen to be one."""
    steps = {i.slug: i.size_step for i in instruments.values()}
    for row in rows:
        step = steps[row.instrument] or row.size_base
        lots = round(row.size_base / step)
        is_whole = abs(row.size_base / step - lots) < ROUNDING
        yield replace(row, size_base=round(lots * step, 12)) if is_whole else row


PUSHES = Pushes(lines, read)
