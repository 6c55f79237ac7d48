"""Binance's pushes: forced orders and marks. Addresses without ``/market`` stay silent."""

from apps.exchanges.binance import parse
from apps.exchanges.live.lines import Line, Pushes, Told
from apps.exchanges.numbers import BadPayload
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments

URL = "wss://fstream.binance.com/market/stream?streams="
TOPICS = ("forceOrder", "markPrice@1s")


def lines(instruments: Instruments, now_ms: int) -> list[Line]:
    """All topics in one address; marks come every second and show that the line lives."""
    names = (f"{symbol.lower()}@{topic}" for symbol in instruments for topic in TOPICS)
    return [Line(URL + "/".join(names), ("liquidations", "marks"))]


def read(message: object, instruments: Instruments, *, now_ms: int) -> list[Told]:
    """Events are wrapped with the name of their stream."""
    push = Payload(parse.VENUE, message)
    if push.has("code"):
        raise BadPayload(f"{push} refuses: {push['code'].value}.")
    if not push.has("stream"):
        return []
    if "forceOrder" in push.text("stream"):
        return [*parse.parse_liquidation_push(message, instruments)]
    return [*parse.parse_mark_push(message, instruments)]


PUSHES = Pushes(lines, read)
