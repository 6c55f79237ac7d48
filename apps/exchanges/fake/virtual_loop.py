"""An event loop whose time jumps: what would be waited for is over at once.

Sockets are real. Whatever lies in them is read before time moves on, and time never moves while a
thread works, so an hour of a feed beside its venues takes as long as its computing.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any

LONGEST_JUMP_S = 0.25  # what is on its way in loopback is seen before anybody loses patience
LONGEST_WAIT_S = 1.0  # for a thread, before looking again


class VirtualLoop(asyncio.SelectorEventLoop):
    """``time`` is virtual seconds since the loop was made."""

    def __init__(self) -> None:
        self.working = 0  # threads
        self._now_s = 0.0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Virtual seconds."""
        return self._now_s

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._now_s += min(seconds, LONGEST_JUMP_S)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Time stands still until the thread is done."""
        self.working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._one_less)
        return future

    def _one_less(self, _: asyncio.Future[Any]) -> None:
        self.working -= 1


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if (events := super().select(0)) or timeout == 0:
            return events
        if self._loop.working or timeout is None:
            return super().select(LONGEST_WAIT_S)
        self._loop.jump(timeout)
        return events


def run_virtually[T](work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` returns, in a loop of virtual time."""
    return asyncio.run(work, loop_factory=VirtualLoop)
