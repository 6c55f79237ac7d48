"""Hyperliquid's pushes: candles, contexts and trades. It has no public feed of liquidations."""

from apps.exchanges.hyperliquid import parse
from apps.exchanges.live.lines import Line, Pushes, Told
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments

URL = "wss://api.hyperliquid.xyz/ws"


def lines(instruments: Instruments, now_ms: int) -> list[Line]:
    """One socket, asked for one subscription after the other."""
    wanted = [
        {"type": kind, "coin": coin, **more}
        for coin in instruments
        for kind, more in (("trades", {}), ("candle", {"interval": "1m"}), ("activeAssetCtx", {}))
    ]
    asks = tuple({"method": "subscribe", "subscription": one} for one in wanted)
    return [Line(URL, ("candles", "marks", "trades"), asks, {"method": "ping"})]


def read(message: object, instruments: Instruments, *, now_ms: int) -> list[Told]:
    """Every message names its channel."""
    push = Payload(parse.VENUE, message)
    channel = push.text("channel")
    if channel == "error":
        push.accept("channel", reason="data")
    if channel == "trades":
        return [*parse.parse_trade_push(message, instruments)]
    if channel == "candle":
        return [*parse.parse_candle_push(message, instruments, now_ms=now_ms)]
    if channel == "activeAssetCtx":
        return [
            *parse.parse_open_interest_push(message, instruments, now_ms=now_ms),
            *parse.parse_mark_push(message, instruments, now_ms=now_ms),
        ]
    return []


PUSHES = Pushes(lines, read)
