"""A venue that answers whatever a test tells it to, and counts how often it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from apps.exchanges.live.budget import LIMITS, Budget
from apps.exchanges.live.transport import Rest

type Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class VirtualTime:
    """Seconds that pass only when somebody waits."""

    now_s: float = 1000.0
    waits_s: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass, and let others run."""
        self.waits_s.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)


@dataclass
class VenueOfOne:
    """One address; ``answers`` are given in turn, the last one for ever."""

    answers: list[Answer]
    asked: list[str] = field(default_factory=list)
    root: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The next answer."""
        self.asked.append(request.path_qs)
        return await (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(request)


def says(
    body: str | bytes = "{}", status: int = 200, headers: dict[str, str] | None = None
) -> Answer:
    """An answer that never changes."""

    async def answer(request: web.Request) -> web.StreamResponse:
        content = body.encode() if isinstance(body, str) else body
        return web.Response(body=content, status=status, headers=headers)

    return answer


@asynccontextmanager
async def venue_that(*answers: Answer) -> AsyncIterator[VenueOfOne]:
    """Serve on loopback."""
    venue = VenueOfOne(list(answers))
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", venue.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    venue.root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield venue
    finally:
        await runner.cleanup()


@asynccontextmanager
async def asking(
    venue: VenueOfOne, time: VirtualTime | None = None, *, timeout_s: float = 5.0
) -> AsyncIterator[Rest]:
    """Ask it as if it were Bybit."""
    time = time or VirtualTime()
    budget = Budget(LIMITS["bybit"], clock=time, sleep=time.sleep)
    async with aiohttp.ClientSession() as session:
        yield Rest("bybit", session, budget, clock=time, root=venue.root, timeout_s=timeout_s)
