"""The eight venues side by side: their routes, refusals and streams."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from apps.exchanges.fake import (
    binance,
    binance_stream,
    bitget,
    bitget_statistics,
    bitget_stream,
    bybit,
    bybit_stream,
    dydx,
    dydx_stream,
    gate,
    gate_statistics,
    gate_stream,
    htx,
    htx_statistics,
    htx_stream,
    hyperliquid,
    hyperliquid_stream,
    okx,
    okx_statistics,
    okx_stream,
)
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.streaming import Stream

TOO_MANY: dict[str, object] = {
    "binance": {"code": -1003, "msg": "Too many requests; current limit is 2400 per minute."},
    "bybit": {"retCode": 10018, "retMsg": "403, access too frequent. Please try it later."},
    "okx": {"code": "50011", "msg": "Too Many Requests", "data": []},
    "dydx": {"errors": [{"msg": "Too many requests"}]},
    "bitget": {"code": "429", "msg": "Too Many Requests", "data": None},
    "gate": {"label": "TOO_MANY_REQUESTS", "message": "Request Rate limit Exceeded"},
    "htx": {"status": "error", "err_code": 1032, "err_msg": "The number of requests is too high."},
    "hyperliquid": None,
}


@dataclass(frozen=True, slots=True)
class Venue:
    """How one venue is spoken to."""

    routes: tuple[Route, ...]
    refusal: Callable[[Exception], tuple[int, object]]
    too_many: object
    stream: Stream


def _venue(name: str, stream: ModuleType, *replies: ModuleType) -> Venue:
    routes = tuple(route for module in replies for route in module.ROUTES)
    return Venue(routes, replies[0].refusal, TOO_MANY[name], stream.STREAM)


VENUES: dict[str, Venue] = {
    "binance": _venue("binance", binance_stream, binance),
    "bybit": _venue("bybit", bybit_stream, bybit),
    "okx": _venue("okx", okx_stream, okx, okx_statistics),
    "dydx": _venue("dydx", dydx_stream, dydx),
    "bitget": _venue("bitget", bitget_stream, bitget, bitget_statistics),
    "gate": _venue("gate", gate_stream, gate, gate_statistics),
    "htx": _venue("htx", htx_stream, htx, htx_statistics),
    "hyperliquid": _venue("hyperliquid", hyperliquid_stream, hyperliquid),
}
