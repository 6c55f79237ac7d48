"""A whole site in a folder of its own, started as a user starts it."""

import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from heatmap_site.environment import ROOT
from tests.postgres import free_port
from tests.suite import clean_environment
from tests.waiting import wait_until

SMALL_MARKET = "simulated?days=1"
ROLES = {
    "redis": "unixsocket:",
    "collect": " collect",
    "worker": " worker -Q engine,scores ",
    "sender": " worker -Q delivery ",
    "beat": " beat ",
    "web": " daphne ",
}


@dataclass(frozen=True)
class RunningSite:
    """The runner's process, its folder (data and log) and its port."""

    runner: subprocess.Popen[bytes]
    folder: Path
    port: int
    log_name: str = "log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / self.log_name).read_text(errors="replace")

    def status(self, path: str = "/") -> int:
        """The HTTP status of a page; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def processes(self) -> list[psutil.Process]:
        """Every process below the runner."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.runner.pid).children(recursive=True)
        return []

    def child(self, role: str) -> psutil.Process | None:
        """The runner's own child of that role, if it is there."""
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.runner.pid).children():
                with suppress(psutil.NoSuchProcess):
                    if ROLES[role] in " ".join([*child.cmdline(), ""]):
                        return child
        return None

    def wait_for_child(self, role: str, *, other_than: int = 0) -> psutil.Process:
        """The child of that role, once it is not (any more) the process ``other_than``."""

        def newcomer() -> psutil.Process | None:
            child = self.child(role)
            return child if child and child.pid != other_than else None

        return wait_until(newcomer, f"a new {role} process; the log says:\n{self.log[-2000:]}")

    def wait_until_ready(self) -> None:
        """Until the runner has told its address; an ``AssertionError`` if it gave up instead."""
        wait_until(
            lambda: "ready at" in self.log or self.runner.poll() is not None,
            "the site to be ready",
            deadline_s=120,
        )
        assert self.runner.poll() is None, self.log

    def wait_for_picture(self) -> None:
        """Until everything works and the first picture has been published."""
        wait_until(lambda: self.status("/readyz") == 200, "the first picture", deadline_s=120)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """The runner's exit status after a signal."""
        with suppress(ProcessLookupError):
            self.runner.send_signal(with_signal)
        try:
            return self.runner.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.runner.kill()
            raise


@contextmanager
def running_site(
    *,
    feed: str = SMALL_MARKET,
    folder: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[RunningSite]:
    """A site that is ready; its folder is removed afterwards unless it was given."""
    place = folder or Path(tempfile.mkdtemp(prefix="embermap-site-"))
    site = start(place, feed, settings or {})
    try:
        site.wait_until_ready()
        yield site
    finally:
        site.stop()
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def start(folder: Path, feed: str, settings: Mapping[str, str], *, log: str = "log") -> RunningSite:
    """The site that lives in ``folder``, just started."""
    port = free_port()
    with open(folder / log, "wb") as output:
        runner = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--feed", feed, "--port", str(port)],
            cwd=ROOT,
            env=clean_environment(folder) | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return RunningSite(runner, folder, port, log)


def still_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended."""
    return [
        process
        for process in processes
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]
