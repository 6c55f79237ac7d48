"""Asynchronous work asked for by synchronous callers, and given up when it takes too long."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

GRACE_S = 0.3

type Work = Callable[[], Coroutine[Any, Any, None]]


class Apart:
    """Work in a loop and thread of its own, for at most ``most_s`` seconds.

    It is cancelled then, but its thread may stay behind for a while: looking up a name can hang
    for longer than anybody waits.
    """

    def __init__(self, work: Work, *, most_s: float) -> None:
        self._work, self._most_s = work, most_s
        self._failures: list[BaseException] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._thread = threading.Thread(target=self._run, name="venues", daemon=True)
        self._thread.start()

    def is_over(self, *, within_s: float) -> bool:
        """Whether it has ended, soon at least. What the work raised is raised here."""
        self._thread.join(within_s)
        if self._failures:
            raise self._failures[0]
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Cancel it, if it still runs; nobody waits."""
        if self._loop and self._task and self._thread.is_alive():
            try:
                self._loop.call_soon_threadsafe(self._task.cancel)
            except RuntimeError:  # it has ended this very moment
                return

    def _run(self) -> None:
        try:
            asyncio.run(self._within())
        except (TimeoutError, asyncio.CancelledError):
            return
        except BaseException as failure:
            self._failures.append(failure)

    async def _within(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        async with asyncio.timeout(self._most_s):
            await self._work()


def run_apart(work: Work, *, most_s: float) -> None:
    """Wait for work that is done apart, but no longer than that; what it raises is raised here."""
    Apart(work, most_s=most_s).is_over(within_s=most_s + GRACE_S)
