"""Starts processes stage by stage and stops them in the opposite order."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from heatmap_site.supervisor.child import Child, Log
from heatmap_site.supervisor.processes import Process
from heatmap_site.supervisor.run_folder import Refused


@dataclass(frozen=True)
class Stage:
    """Processes that start together; the next stage waits until ``ready`` returns.

    With a ``patience_s`` the run is given up, saying ``refusal``, when that takes longer.
    """

    processes: tuple[Process, ...]
    ready: Callable[[], Awaitable[None]]
    patience_s: float | None = None
    refusal: str = ""


class Supervisor:
    """Keeps the stages' processes alive until ``stop`` is called; a second call hurries."""

    def __init__(self, *, environment: Mapping[str, str], folder: Path, log: Log) -> None:
        self.environment = environment
        self.folder = folder
        self.log = log
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()

    def stop(self) -> None:
        (self._hurry if self._stop.is_set() else self._stop).set()

    async def run(self, stages: tuple[Stage, ...]) -> None:
        """Return after ``stop``, with no process left; ``Refused`` if a stage never gets ready."""
        started: list[list[Child]] = []
        try:
            for stage in stages:
                started.append([self._start(process) for process in stage.processes])
                await self._wait_for(stage)
            await self._stop.wait()
        finally:
            for children in reversed(started):
                await asyncio.gather(*(child.stop(self._hurry) for child in children))

    def _start(self, process: Process) -> Child:
        return Child(process, environment=self.environment, folder=self.folder, log=self.log)

    async def _wait_for(self, stage: Stage) -> None:
        """Until the stage is ready or we are stopped, whichever comes first."""
        ready = asyncio.ensure_future(stage.ready())
        stopped = asyncio.ensure_future(self._stop.wait())
        try:
            done, _ = await asyncio.wait(
                {ready, stopped}, timeout=stage.patience_s, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                raise Refused(stage.refusal)
            if ready in done:
                ready.result()
        finally:
            for waiting in (ready, stopped):
                waiting.cancel()
                with suppress(asyncio.CancelledError):
                    await waiting
