"""dYdX's pushes: trades, among them the liquidations."""

from apps.exchanges.dydx import parse
from apps.exchanges.live.lines import Line, Pushes, Told
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments

URL = "wss://indexer.dydx.trade/v4/ws"
CHANNEL = "v4_trades"
MOST_PER_LINE = 32


def lines(instruments: Instruments, now_ms: int) -> list[Line]:
    """A socket for every 32 markets."""
    symbols = list(instruments)
    return [
        Line(
            URL,
            ("liquidations", "trades"),
            tuple(
                {"type": "subscribe", "channel": CHANNEL, "id": symbol, "batched": True}
                for symbol in symbols[n : n + MOST_PER_LINE]
            ),
            {"type": "ping", "id": 1},
        )
        for n in range(0, len(symbols), MOST_PER_LINE)
    ]


def read(message: object, instruments: Instruments, *, now_ms: int) -> list[Told]:
    """The acknowledgement of a subscription holds the trades just before it."""
    push = Payload(parse.VENUE, message)
    if push.says("type", "error"):
        push.accept("type", reason="message")
    if not (push.has("channel") and push.has("contents") and push.says("channel", CHANNEL)):
        return []
    return [
        *parse.parse_liquidation_push(message, instruments),
        *parse.parse_trade_push(message, instruments),
    ]


PUSHES = Pushes(lines, read)
