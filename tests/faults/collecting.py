"""The collector as a process of its own, over a folder of its own."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from heatmap_site.environment import ROOT
from tests.suite import clean_environment

PATIENCE_S = 240.0


@dataclass
class Collecting:
    """``manage.py collect`` over a folder, started as often as it is killed."""

    folder: Path
    feed: str
    more: dict[str, str] = field(default_factory=dict)  # of the environment

    @property
    def log(self) -> str:
        """What every run has said."""
        return (self.folder / "log").read_text(errors="replace")

    def environment(self) -> dict[str, str]:
        """Ours and nobody's settings."""
        return clean_environment(self.folder) | {"EMBERMAP_FEED": self.feed} | self.more

    def manage(self, *arguments: str) -> list[str]:
        """A command line."""
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def migrate(self) -> None:
        """Make the tables."""
        subprocess.run(
            self.manage("migrate", "--verbosity", "0"),
            env=self.environment(),
            check=True,
            timeout=PATIENCE_S,
        )

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Killed at the end, however the end comes."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                self.manage("collect"), env=self.environment(), stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(60)

    def rows(self, query: str) -> list[tuple]:
        """What the database holds."""
        file = self.folder / "data" / "embermap.sqlite3"
        with closing(sqlite3.connect(file, timeout=30)) as database:
            return database.execute(query).fetchall()

    def heard(self) -> tuple[int, int]:
        """What changes whenever something is written."""
        ((count, newest),) = self.rows(
            "SELECT count(*), coalesce(max(id), 0) FROM markets_minutebar"
        )
        return count, newest
