"""Asynchronous work asked for by synchronous callers, and given up when it takes too long."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

GRACE_S = 0.3


def run_apart(work: Callable[[], Coroutine[Any, Any, None]], *, most_s: float) -> bool:
    """Run ``work`` in a loop and thread of its own; False if it was not done after ``most_s``.

    ``work`` is cancelled then, but its thread may stay behind for a while: looking up a name can
    hang for longer than anybody waits. What ``work`` raises is raised here.
    """
    failures: list[BaseException] = []
    is_done = threading.Event()

    def run() -> None:
        try:
            asyncio.run(_within(work, most_s))
        except TimeoutError:
            return
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=run, name="venues", daemon=True)
    thread.start()
    thread.join(most_s + GRACE_S)
    if failures:
        raise failures[0]
    return is_done.is_set()


async def _within(work: Callable[[], Coroutine[Any, Any, None]], most_s: float) -> None:
    async with asyncio.timeout(most_s):
        await work()
