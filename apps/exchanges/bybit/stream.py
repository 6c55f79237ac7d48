"""Bybit's pushes: every liquidation, and trades."""

from apps.exchanges.bybit import parse
from apps.exchanges.live.lines import Line, Pushes, Told
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments

URL = "wss://stream.bybit.com/v5/public/linear"
TOPICS = ("allLiquidation", "publicTrade")
MOST_ARGS = 10  # of one request


def lines(instruments: Instruments, now_ms: int) -> list[Line]:
    """One socket, asked for ten topics at a time."""
    names = [f"{topic}.{symbol}" for symbol in instruments for topic in TOPICS]
    asks = [
        {"op": "subscribe", "args": names[n : n + MOST_ARGS]}
        for n in range(0, len(names), MOST_ARGS)
    ]
    return [Line(URL, ("liquidations", "trades"), tuple(asks), {"op": "ping"})]


def read(message: object, instruments: Instruments, *, now_ms: int) -> list[Told]:
    """Replies to us carry an ``op``, news a ``topic``."""
    push = Payload(parse.VENUE, message)
    if push.has("op"):
        push.accept("success", True, reason="ret_msg")
        return []
    if push.text("topic").startswith("allLiquidation"):
        return [*parse.parse_liquidation_push(message, instruments)]
    return [*parse.parse_trade_push(message, instruments)]


PUSHES = Pushes(lines, read)
