"""OKX's pushes: liquidations of all swaps at once, one a second and contract, and trades."""

from apps.exchanges.live.lines import Line, Pushes, Told
from apps.exchanges.okx import parse
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments

URL = "wss://ws.okx.com:8443/ws/v5/public"


def lines(instruments: Instruments, now_ms: int) -> list[Line]:
    """One socket; it closes on whoever says nothing for 30 seconds."""
    topics = [{"channel": "liquidation-orders", "instType": "SWAP"}]
    topics += [{"channel": "trades", "instId": symbol} for symbol in instruments]
    ask = {"op": "subscribe", "args": topics}
    return [Line(URL, ("liquidations", "trades"), (ask,), "ping")]


def read(message: object, instruments: Instruments, *, now_ms: int) -> list[Told]:
    """Replies to us are the word ``pong`` or carry an ``event``."""
    if message == "pong":
        return []
    push = Payload(parse.VENUE, message)
    if push.has("event"):
        push.accept("event", "subscribe", "notice", "channel-conn-count", reason="msg")
        return []
    if push["arg"].says("channel", "liquidation-orders"):
        return [*parse.parse_liquidations(message, instruments)]
    return [*parse.parse_trades(message, instruments)]


PUSHES = Pushes(lines, read)
