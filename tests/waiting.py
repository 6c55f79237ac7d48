"""Waiting for something that another process does: ask often, give up late, say for what."""

import time
from collections.abc import Callable


def wait_until[T](question: Callable[[], T], what: str, deadline_s: float = 60.0) -> T:
    """The first truthy answer; ``TimeoutError`` naming ``what`` when there is none in time."""
    until_s = time.monotonic() + deadline_s
    while not (answer := question()):
        if time.monotonic() > until_s:
            raise TimeoutError(f"waited {deadline_s:g} s for {what}")
        time.sleep(0.05)
    return answer
