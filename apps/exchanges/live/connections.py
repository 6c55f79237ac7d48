"""Sessions: one per venue, so that one that hangs takes no connection from another."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

MOST_CONNECTIONS = 12
WHO_WE_ARE = {"User-Agent": "embermap"}


@asynccontextmanager
async def sessions(venues: Iterable[str]) -> AsyncIterator[dict[str, aiohttp.ClientSession]]:
    """A session for each venue, closed at the end; proxies of the environment are honoured."""
    async with AsyncExitStack() as stack:
        opened = {}
        for venue in venues:
            connector = aiohttp.TCPConnector(limit=MOST_CONNECTIONS)
            session = aiohttp.ClientSession(connector=connector, headers=WHO_WE_ARE, trust_env=True)
            opened[venue] = await stack.enter_async_context(session)
        yield opened
