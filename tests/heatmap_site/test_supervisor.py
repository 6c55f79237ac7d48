"""Children are restarted, stopped in order, and never outlive the supervisor."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from heatmap_site.supervisor.child import LONGEST_LINE, delay_after, ending
from heatmap_site.supervisor.processes import Process
from heatmap_site.supervisor.run_folder import Refused
from heatmap_site.supervisor.stages import Stage, Supervisor

DEADLINE_S = 30
TELLS_ITS_END = """
import signal, sys, time
def stop(*_):
    print("told to stop", flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("up", child.pid, flush=True)
time.sleep(60)
"""


def script(name: str, source: str, grace_s: float = DEADLINE_S) -> Process:
    return Process(name, (sys.executable, "-u", "-c", source), grace_s)


async def at_once() -> None:
    """Ready from the start."""


class Run:
    """A supervisor running in the background, and everything that was logged."""

    def __init__(self, folder: Path, *stages: Stage) -> None:
        self.lines: list[tuple[str, str]] = []
        self.supervisor = Supervisor(
            environment=dict(os.environ),
            folder=folder,
            log=lambda name, line: self.lines.append((name, line)),
        )
        self.task = asyncio.create_task(self.supervisor.run(stages))

    async def until(self, question: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not question():
                await asyncio.sleep(0.01)

    async def stopped(self) -> None:
        self.supervisor.stop()
        await asyncio.wait_for(self.task, DEADLINE_S)

    def said(self, line: str) -> list[str]:
        """Who said that line, in order."""
        return [name for name, told in self.lines if told == line]


def test_restarts_wait_longer_each_time_up_to_15_seconds() -> None:
    waits = [delay_after(0, 0)]
    for _ in range(5):
        waits.append(delay_after(waits[-1], 2))
    assert waits == [1, 2, 4, 8, 15, 15]


def test_after_a_steady_life_the_wait_is_short_again() -> None:
    assert delay_after(15, 60) == 1


def test_an_ending_is_told_in_words() -> None:
    assert ending(3) == "ended with status 3"
    assert ending(-signal.SIGKILL) == "was ended by SIGKILL"


async def test_a_child_that_ends_is_started_again(tmp_path: Path) -> None:
    source = "import pathlib, sys; pathlib.Path('starts').open('a').write('x'); sys.exit(3)"
    run = Run(tmp_path, Stage((script("brief", source),), at_once))
    await run.until(lambda: len(run.said("ended with status 3; starting again in 1 s")) == 1)
    await run.until(lambda: len(run.said("ended with status 3; starting again in 2 s")) == 1)
    await run.stopped()
    assert (tmp_path / "starts").read_text() == "xx"


async def test_every_line_is_logged_under_its_childs_name(tmp_path: Path) -> None:
    source = "import sys; print('to out'); sys.stderr.write('to err\\n'); input()"
    run = Run(tmp_path, Stage((script("talker", source),), at_once))
    await run.until(lambda: run.said("to err") == ["talker"])
    await run.stopped()
    assert run.said("to out") == ["talker"]


async def test_an_absurdly_long_line_silences_nobody(tmp_path: Path) -> None:
    source = f"print('x' * {3 * LONGEST_LINE}); print('still here'); import time; time.sleep(60)"
    run = Run(tmp_path, Stage((script("talker", source),), at_once))
    await run.until(lambda: run.said("still here") == ["talker"])
    await run.stopped()
    assert max(len(line) for _, line in run.lines) <= LONGEST_LINE


async def test_the_first_stage_stops_last(tmp_path: Path) -> None:
    ready = asyncio.Event()
    run = Run(
        tmp_path,
        Stage((script("ground", TELLS_ITS_END),), ready.wait),
        Stage((script("left", TELLS_ITS_END), script("right", TELLS_ITS_END)), at_once),
    )
    await run.until(lambda: run.said("up") == ["ground"])
    ready.set()
    await run.until(lambda: sorted(run.said("up")) == ["ground", "left", "right"])
    await run.stopped()
    assert sorted(run.said("told to stop")[:2]) == ["left", "right"]
    assert run.said("told to stop")[2:] == ["ground"]


async def test_a_child_that_ignores_the_request_is_killed_with_its_own_children(
    tmp_path: Path,
) -> None:
    run = Run(tmp_path, Stage((script("stubborn", STUBBORN, grace_s=0.1),), at_once))
    await run.until(lambda: any(line.startswith("up ") for _, line in run.lines))
    grandchild = int(run.lines[0][1].split()[1])
    await run.stopped()
    assert run.said("did not stop in time and is killed") == ["stubborn"]
    await run.until(lambda: not is_alive(grandchild))


async def test_a_second_request_does_not_wait_for_the_grace(tmp_path: Path) -> None:
    run = Run(tmp_path, Stage((script("stubborn", STUBBORN, grace_s=3600),), at_once))
    await run.until(lambda: any(line.startswith("up ") for _, line in run.lines))
    run.supervisor.stop()
    await run.stopped()


async def test_what_a_killed_child_leaves_behind_is_killed_too(tmp_path: Path) -> None:
    run = Run(tmp_path, Stage((script("stubborn", STUBBORN, grace_s=0.1),), at_once))
    await run.until(lambda: any(line.startswith("up ") for _, line in run.lines))
    grandchild = psutil.Process(int(run.lines[0][1].split()[1]))
    grandchild.parent().kill()
    await run.until(lambda: not is_alive(grandchild.pid))
    await run.until(lambda: sum(line.startswith("up ") for _, line in run.lines) == 2)
    await run.stopped()


async def test_a_stage_that_never_gets_ready_gives_up_with_its_sentence(tmp_path: Path) -> None:
    never = asyncio.Event()
    stage = Stage((script("ground", TELLS_ITS_END),), never.wait, 0.1, "It did not start.")
    run = Run(tmp_path, stage)
    with pytest.raises(Refused, match=r"^It did not start\.$"):
        await asyncio.wait_for(run.task, DEADLINE_S)


async def test_a_stop_while_waiting_for_a_stage_stops_what_was_started(tmp_path: Path) -> None:
    never = asyncio.Event()
    run = Run(tmp_path, Stage((script("ground", TELLS_ITS_END),), never.wait))
    await run.until(lambda: run.said("up") == ["ground"])
    await run.stopped()
    assert run.said("told to stop") == ["ground"]


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
