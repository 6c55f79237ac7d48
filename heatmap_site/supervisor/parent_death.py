"""Linux can end a process the moment its parent dies; elsewhere this does nothing.

It is what leaves no orphan behind when the runner itself is killed with SIGKILL. Celery's pool
processes ask for the same by themselves.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def follower_of(parent_pid: int) -> Callable[[], None]:
    """What a child runs between fork and exec to be killed when ``parent_pid`` ends."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def before_exec() -> None:
        if libc:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent_pid:
                os._exit(1)

    return before_exec
