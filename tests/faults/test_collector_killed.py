"""A collector killed while it writes loses no closed bar and writes none twice."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.live.fake_host import FakeHost, now_ms
from apps.exchanges.readings import MINUTE_MS
from tests.faults.collecting import PATIENCE_S, Collecting
from tests.waiting import wait_until

MARKETS = 1  # eight instruments
HISTORY_MS = 20 * MINUTE_MS
KILLS = 4
LONGEST_LIFE_S = 2.0  # after the first row of a run
NAMES = ("open", "high", "low", "close", "volume")


@pytest.fixture
def market() -> FakeMarket:
    return FakeMarket(seed=7, first_ms=now_ms() - HISTORY_MS, markets=MARKETS)


@pytest.fixture
def collecting(market: FakeMarket, tmp_path: Path) -> Iterator[Collecting]:
    host = FakeHost(market).start()
    collecting = Collecting(tmp_path, f"fake?url={host.root}")
    collecting.migrate()
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
