"""What the site is made of: one line per process."""

import sys
from dataclasses import dataclass
from pathlib import Path

from heatmap_site.environment import ROOT


@dataclass(frozen=True)
class Process:
    """A command to keep running; ``grace_s`` is how long it may take to stop."""

    name: str
    command: tuple[str, ...]
    grace_s: float = 8.0


def manage(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, str(ROOT / "manage.py"), *arguments)


def celery(*arguments: str) -> tuple[str, ...]:
    """Quiet: no banner, and no warning about root, which matters only to pickled tasks."""
    python = (sys.executable, "-W", "ignore:You're running the worker with superuser")
    return (*python, "-m", "celery", "-q", "-A", "heatmap_site", *arguments)


def site_processes(host: str, port: int, run_folder: Path) -> tuple[Process, ...]:
    """Collector, worker, sender, beat and web; each can also be started alone, on other hosts."""
    schedule = str(run_folder / "beat.db")
    web = ("-b", host, "-p", str(port), "-v", "0", "--no-server-name")
    return (
        Process("collect", manage("collect")),
        Process(
            "worker",
            celery("worker", "-Q", "engine,scores", "-c", "1", "-l", "WARNING")
            + ("--without-gossip", "--without-mingle"),
        ),
        Process(
            "sender",
            celery("worker", "-Q", "delivery", "-P", "solo", "-n", "sender@%h", "-l", "WARNING")
            + ("--without-gossip", "--without-mingle"),
            grace_s=12.0,
        ),
        Process("beat", celery("beat", "-s", schedule, "--pidfile=", "-l", "WARNING")),
        Process("web", (sys.executable, "-m", "daphne", *web, "heatmap_site.asgi:application")),
    )
