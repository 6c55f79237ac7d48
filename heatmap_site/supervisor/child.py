"""One process kept alive: started, listened to, started again, and stopped with its offspring."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from heatmap_site.supervisor.parent_death import follower_of
from heatmap_site.supervisor.processes import Process

Log = Callable[[str, str], None]

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 15.0
STEADY_S = 30.0
LONGEST_LINE = 1 << 20


def delay_after(previous_s: float, lived_s: float) -> float:
    """Seconds to wait before the next start: 1, 2, 4 … 15, and 1 again after a steady life."""
    if not previous_s or lived_s >= STEADY_S:
        return FIRST_DELAY_S
    return min(previous_s * 2, LONGEST_DELAY_S)


def ending(status: int) -> str:
    """How a process ended, in words."""
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"


class Child:
    """Runs ``process`` again and again until ``stop``; needs a running event loop."""

    def __init__(
        self, process: Process, *, environment: Mapping[str, str], folder: Path, log: Log
    ) -> None:
        self.process = process
        self.environment = environment
        self.folder = folder
        self.log = log
        self.pid: int | None = None
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._keep_alive(), name=process.name)

    async def stop(self, hurry: asyncio.Event) -> None:
        """SIGTERM, then SIGKILL for the whole group when the grace is over or ``hurry`` is set."""
        self._stopping.set()
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        impatience = asyncio.create_task(hurry.wait())
        await asyncio.wait(
            {self._task, impatience},
            timeout=self.process.grace_s,
            return_when=asyncio.FIRST_COMPLETED,
        )
        impatience.cancel()
        if not self._task.done():
            self.log(self.process.name, "did not stop in time and is killed")
            kill_group(self.pid)
            await self._task

    async def _keep_alive(self) -> None:
        clock = asyncio.get_running_loop().time
        delay_s = 0.0
        while not self._stopping.is_set():
            began_s = clock()
            status = await self._run_once()
            if self._stopping.is_set():
                return
            delay_s = delay_after(delay_s, clock() - began_s)
            self.log(self.process.name, f"{ending(status)}; starting again in {delay_s:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s)

    async def _run_once(self) -> int:
        """Run to the end, passing its lines on; nothing of its group outlives it."""
        output, its_end = os.pipe()
        try:
            running = await asyncio.create_subprocess_exec(
                *self.process.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=its_end,
                stderr=its_end,
                env=self.environment,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=follower_of(os.getpid()),
            )
        finally:
            os.close(its_end)
        self.pid = running.pid
        listening = asyncio.create_task(self._pass_on(output))
        status = await running.wait()
        self.pid = None
        kill_group(running.pid)
        await asyncio.wait({listening}, timeout=1)
        listening.cancel()
        return status

    async def _pass_on(self, output: int) -> None:
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(output, "rb")
        )
        try:
            while line := await next_line(reader):
                self.log(self.process.name, line.decode(errors="replace").rstrip())
        finally:
            transport.close()


async def next_line(reader: asyncio.StreamReader) -> bytes:
    """The next line with its end, or a note about one that is absurdly long; empty at the end."""
    try:
        return await reader.readline()
    except ValueError:
        return b"(a line of more than a megabyte was left out)\n"


def kill_group(pid: int | None) -> None:
    """Kill what is left of the group that ``pid`` led."""
    if pid:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
