"""A collector killed while it writes loses no closed bar and writes none twice."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.live.fake_host import FakeHost, now_ms
from apps.exchanges.readings import MINUTE_MS
from heatmap_site.environment import ROOT
from tests.suite import clean_environment
from tests.waiting import wait_until

MARKETS = 1  # eight instruments
HISTORY_MS = 20 * MINUTE_MS
KILLS = 4
LONGEST_LIFE_S = 2.0  # after the first row of a run
PATIENCE_S = 240.0
NAMES = ("open", "high", "low", "close", "volume")


@dataclass
class Collecting:
    """``manage.py collect`` over a folder, started as often as it is killed."""

    folder: Path
    feed: str

    def environment(self) -> dict[str, str]:
        return clean_environment(self.folder) | {"EMBERMAP_FEED": self.feed}

    def manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

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
        file = self.folder / "data" / "embermap.sqlite3"
        with closing(sqlite3.connect(file, timeout=30)) as database:
            return database.execute(query).fetchall()

    def heard(self) -> tuple[int, int]:
        """What changes whenever something is written."""
        ((count, newest),) = self.rows(
            "SELECT count(*), coalesce(max(id), 0) FROM markets_minutebar"
        )
        return count, newest


@pytest.fixture
def market() -> FakeMarket:
    return FakeMarket(seed=7, first_ms=now_ms() - HISTORY_MS, markets=MARKETS)


@pytest.fixture
def collecting(market: FakeMarket, tmp_path: Path) -> Iterator[Collecting]:
    host = FakeHost(market).start()
    collecting = Collecting(tmp_path, f"fake?url={host.root}")
    subprocess.run(
        collecting.manage("migrate", "--verbosity", "0"),
        env=collecting.environment(),
        check=True,
        timeout=PATIENCE_S,
    )
    yield collecting
    host.stop()


def test_killed_at_any_moment_it_goes_on_without_a_hole_and_without_a_double(
    collecting: Collecting, market: FakeMarket
) -> None:
    seed = int(os.environ.get("EMBERMAP_KILL_SEED", time.time_ns() % 1000))
    print(f"The kills of seed {seed}.")
    random = Random(seed)
    for _ in range(KILLS):
        before = collecting.heard()
        with collecting.running() as process:
            wait_until(lambda b=before: collecting.heard() != b, "a row", PATIENCE_S)
            time.sleep(random.uniform(0, LONGEST_LIFE_S))
            process.send_signal(signal.SIGKILL)
            process.wait(60)
    until_ms = now_ms() // MINUTE_MS * MINUTE_MS
    with collecting.running() as process:
        wait_until(lambda: reached_ms(collecting) >= until_ms, "every venue", PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    for venue in market.universe.infos:
        told = collecting.rows(
            f"SELECT end_ms, {', '.join(NAMES)} FROM markets_minutebar b"
            " JOIN markets_instrument i ON i.id = b.instrument_id"
            f" WHERE closed AND slug = '{venue.slug}' ORDER BY end_ms"
        )
        instrument = next(i for i in market.instruments(venue.venue) if i.slug == venue.slug)
        first_ms = market.first_ms + MINUTE_MS
        true = market.bars(instrument, market.first_ms, until_ms - MINUTE_MS, now_ms())
        assert [row[0] for row in told if row[0] <= until_ms] == [bar.end_ms for bar in true]
        assert told[0][0] == first_ms
        for row, bar in zip(told, true, strict=False):
            assert list(row[1:]) == pytest.approx([getattr(bar, name) for name in NAMES])
    dead = collecting.rows("SELECT instrument_id, ts_ms, side, size_base FROM markets_liquidation")
    assert len(dead) == len({(*row[:3], round(row[3], 9)) for row in dead})


def reached_ms(collecting: Collecting) -> int:
    """The end of the last closed bar of the venue that has least."""
    found = collecting.rows(
        "SELECT max(end_ms) FROM markets_minutebar WHERE closed GROUP BY instrument_id"
    )
    return min(end_ms for (end_ms,) in found)
