"""Gate's pushes: trades. Its liquidations are asked for, because only replies tell all of them.

A pushed liquidation names another time and size than the reply about the same death: listening
to both would count it twice.
"""

from apps.exchanges.gate import parse
from apps.exchanges.live.lines import Line, Pushes, Told
from apps.exchanges.numbers import BadPayload
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments

URL = "wss://fx-ws.gateio.ws/v4/ws/usdt"
CHANNEL = "futures.trades"


def lines(instruments: Instruments, now_ms: int) -> list[Line]:
    """One socket."""
    seconds = now_ms // 1000
    ask = {
        "time": seconds,
        "channel": CHANNEL,
        "event": "subscribe",
        "payload": list(instruments),
    }
    return [Line(URL, ("trades",), (ask,), {"time": seconds, "channel": "futures.ping"})]


def read(message: object, instruments: Instruments, *, now_ms: int) -> list[Told]:
    """Replies to us have an event other than ``update``."""
    push = Payload(parse.VENUE, message)
    if push.has("error"):
        raise BadPayload(f"{push} refuses: {push['error']['message'].value!r:.120}.")
    if not push.says("channel", CHANNEL) or not push.says("event", "update"):
        return []
    return [*parse.parse_trade_push(message, instruments)]


PUSHES = Pushes(lines, read)
