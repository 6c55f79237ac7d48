"""The fake exchange beside the feed that reads it: a server in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Self

from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.records import BadFeed

DAY_MS = 86_400_000
START_S = 60.0


def now_ms() -> int:
    """The wall clock."""
    return int(time.time() * 1000)


def market_begins_ms(wall_ms: int) -> int:
    """The midnight before the last one, so that a restart tells the same market again."""
    return wall_ms // DAY_MS * DAY_MS - DAY_MS


class FakeHost:
    """A fake exchange that serves until the process or ``stop`` ends it."""

    def __init__(self, market: FakeMarket, clock: Callable[[], int] = now_ms) -> None:
        self._market, self._clock = market, clock
        self._loop = asyncio.new_event_loop()
        self._exchange = FakeExchange(market, clock)
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake", daemon=True)

    def start(self) -> Self:
        """Listen on a free port; ``root`` is known afterwards."""
        self._thread.start()
        starting = asyncio.run_coroutine_threadsafe(self._exchange.start(), self._loop)
        try:
            starting.result(START_S)
        except (OSError, TimeoutError) as error:
            raise BadFeed(f"The fake exchange could not be started: {error}.") from error
        return self

    @property
    def root(self) -> str:
        """Where the venues' paths begin."""
        return f"http://127.0.0.1:{self._exchange.port}"

    def stop(self) -> None:
        """Close the port and end the thread."""
        asyncio.run_coroutine_threadsafe(self._exchange.stop(), self._loop).result(START_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S)
        self._loop.close()
