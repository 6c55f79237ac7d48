"""HTX's pushes: trades, in gzip frames, with pings that want an answer.

Its liquidations are asked for: replies carry an identity, pushes do not, and listening to both
would count a death twice.
"""

from apps.exchanges.htx import parse
from apps.exchanges.live.lines import Line, Message, Pushes, Told
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments

URL = "wss://api.hbdm.com/linear-swap-ws"


def lines(instruments: Instruments, now_ms: int) -> list[Line]:
    """One socket; the venue pings it, too seldom for us."""
    asks = tuple({"sub": f"market.{symbol}.trade.detail", "id": symbol} for symbol in instruments)
    return [Line(URL, ("trades",), asks, {"ping": now_ms}, is_gzipped=True)]


def read(message: object, instruments: Instruments, *, now_ms: int) -> list[Told]:
    """Replies to us carry a ``status``."""
    push = Payload(parse.VENUE, message)
    if push.has("status"):
        push.accept("status", "ok", reason="err-msg")
        return []
    return [*parse.parse_trade_push(message, instruments)] if push.has("ch") else []


def answer(message: Payload) -> Message | None:
    """The pong to a ping."""
    return {"pong": message["ping"].value} if message.has("ping") else None


PUSHES = Pushes(lines, read, answer)
