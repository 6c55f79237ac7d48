"""The fake exchange: one server on loopback that eight venues share.

    async with FakeExchange(FakeMarket(first_ms=...), clock) as exchange:
        exchange.url("bybit")         # http://127.0.0.1:PORT/bybit
        exchange.stream_url("bybit")  # ws://127.0.0.1:PORT/bybit

Every venue's genuine paths follow its name. ``clock`` is the time of the data, epoch milliseconds,
and may run at any speed; ``wall`` is that of limits and idle connections, the same unless told.
"""

import asyncio
import json
import time
from collections.abc import Callable
from email.utils import formatdate
from functools import partial

from aiohttp import web

from apps.exchanges.fake.asking import Ask, BadParameter, BadSymbol
from apps.exchanges.fake.breaking import (
    HTML,
    STATUSES,
    WORDLESS,
    first_of,
    mangled,
    skew_ms,
)
from apps.exchanges.fake.faults import Fault, FaultSchedule
from apps.exchanges.fake.limits import Budget, Verdict
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.sockets import Sockets
from apps.exchanges.fake.spoiling import spoiled
from apps.exchanges.fake.venues import VENUES

LOOPBACK = "127.0.0.1"
LONGEST_BODY = 64_000  # bytes from a client
LONGEST_HANG_S = 60.0
HANG_STEP_S = 0.05
PUSH_EVERY_S = 0.25


class FakeExchange:
    """Eight venues on one port of loopback; an asynchronous context manager."""

    def __init__(
        self,
        market: FakeMarket,
        clock: Callable[[], int],
        *,
        wall: Callable[[], int] | None = None,
        faults: FaultSchedule | None = None,
        push_every_s: float | None = PUSH_EVERY_S,
    ) -> None:
        """Without ``push_every_s`` streams move only when ``push`` is called."""
        self.market, self.clock, self.wall = market, clock, wall or clock
        self.faults = faults or FaultSchedule()
        self.port = 0
        self.unknown: list[str] = []  # paths that were asked for and are not there
        self._push_every_s = push_every_s
        self._budgets = {venue: Budget(venue) for venue in VENUES}
        self._sockets = Sockets(market, clock, self.wall, lambda: self.faults)
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._pushing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "FakeExchange":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on a free port of loopback, or on the one given."""
        await asyncio.to_thread(self.market.reach, self.clock())
        app = web.Application(client_max_size=LONGEST_BODY)
        for name, venue in VENUES.items():
            for route in venue.routes:
                answer = partial(self._answer, name, route)
                app.router.add_route(route.method, f"/{name}{route.path}", answer)
            app.router.add_route("*", f"/{name}/{{rest:.*}}", partial(self._other, name))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        if self._push_every_s is not None:
            self._pushing = asyncio.create_task(self._push_for_ever(self._push_every_s))

    async def stop(self) -> None:
        """Close every connection and the port."""
        self._stopping.set()
        if self._pushing is not None:
            self._pushing.cancel()
            await asyncio.gather(self._pushing, return_exceptions=True)
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, venue: str) -> str:
        """Where a venue's paths begin."""
        return f"http://{LOOPBACK}:{self.port}/{venue}"

    def stream_url(self, venue: str) -> str:
        """Where the paths of a venue's streams begin."""
        return f"ws://{LOOPBACK}:{self.port}/{venue}"

    def push(self) -> None:
        """Tell every subscriber what has happened since the last push."""
        self._sockets.push()

    def budget_report(self) -> dict[str, dict[str, object]]:
        """By venue: requests, refusals, connections, and how near each limit was come to."""
        opened = self._sockets.opened
        return {
            venue: budget.report() | {"connections": opened.get(venue, 0)}
            for venue, budget in self._budgets.items()
        }

    async def _push_for_ever(self, every_s: float) -> None:
        while True:
            await asyncio.sleep(every_s)
            self.push()

    async def _answer(self, venue: str, route: Route, request: web.Request) -> web.StreamResponse:
        now_ms = self.clock()
        faults = self.faults.active(venue, "rest", now_ms, route.kind)
        params = dict(request.query) | dict(request.match_info) | await _body(request)
        stamp_ms = now_ms + skew_ms(faults)
        ask = Ask(venue, spoiled(self.market, faults), now_ms, stamp_ms, params)
        if verdict := self._charge(venue, route, ask):
            return _json(ask, verdict.status, VENUES[venue].too_many, _stay_away(verdict))
        if fault := first_of(faults, *STATUSES):
            return _failed(ask, fault)
        if fault := first_of(faults, "hang", "half_open", "disconnect"):
            return await self._never(request, fault)
        status, body = _answered(venue, route, ask)
        response = _json(ask, status, body, self._headers(venue))
        if fault := first_of(faults, *WORDLESS):
            response.body = mangled(response.body, fault)
            response.content_type = "text/html" if fault.failure == "html" else "application/json"
        return response

    async def _other(self, venue: str, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._sockets.serve(request, venue, VENUES[venue].stream)
        if len(self.unknown) < 1000:
            self.unknown.append(request.path)
        return web.json_response({"error": "not found"}, status=404)

    def _charge(self, venue: str, route: Route, ask: Ask) -> Verdict | None:
        try:
            cost = route.price(ask)
        except BadParameter:
            cost = 1
        for name in route.limits:
            if verdict := self._budgets[venue].charge(self.wall(), name, route.path, cost):
                return verdict
        return None

    def _headers(self, venue: str) -> dict[str, str]:
        if venue != "binance":
            return {}
        return {"X-MBX-USED-WEIGHT-1M": str(self._budgets[venue].used("weight"))}

    async def _never(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """No answer at all, or the beginning of one; in the end the connection is cut."""
        if fault.failure == "half_open":
            response = web.StreamResponse(headers={"Content-Length": "100000"})
            await response.prepare(request)
            await response.write(b'{"data":[')
        if fault.failure != "disconnect":
            await self._hang(fault)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _hang(self, fault: Fault) -> None:
        until_s = time.monotonic() + LONGEST_HANG_S
        while self.clock() < fault.ends_ms and time.monotonic() < until_s:
            try:
                await asyncio.wait_for(self._stopping.wait(), HANG_STEP_S)
            except TimeoutError:
                continue
            return


def _answered(venue: str, route: Route, ask: Ask) -> tuple[int, object]:
    try:
        return 200, route.answer(ask)
    except (BadSymbol, BadParameter) as error:
        return VENUES[venue].refusal(error)


async def _body(request: web.Request) -> dict[str, str]:
    """What a posted body asks, an inner ``req`` beside the rest."""
    if request.method != "POST":
        return {}
    try:
        value = json.loads(await request.text())
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    inner = value.pop("req", {})
    asked = value | (inner if isinstance(inner, dict) else {})
    return {key: str(part) for key, part in asked.items() if isinstance(part, str | int)}


def _json(ask: Ask, status: int, body: object, headers: dict[str, str]) -> web.Response:
    """JSON, dated by the venue's clock; bare text stays bare."""
    dated = {"Date": formatdate(ask.stamp_ms / 1000, usegmt=True), **headers}
    if isinstance(body, str):
        return web.Response(status=status, text=body, headers=dated)
    text = json.dumps(body, separators=(",", ":"))
    return web.Response(
        status=status, body=text.encode(), content_type="application/json", headers=dated
    )


def _failed(ask: Ask, fault: Fault) -> web.Response:
    if fault.failure == "rate_limited":
        after = {"Retry-After": str(max(1, round(fault.strength)))}
        return _json(ask, 429, VENUES[ask.venue].too_many, after)
    return web.Response(
        status=STATUSES[fault.failure], body=HTML.encode(), content_type="text/html"
    )


def _stay_away(verdict: Verdict) -> dict[str, str]:
    return {"Retry-After": str(verdict.retry_after_s)}
