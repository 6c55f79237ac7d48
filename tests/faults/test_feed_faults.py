"""Whatever venues do wrong, what is told stays true, silence is marked, and all of it heals.

``EMBERMAP_FAULT_SEEDS`` sets how many schedules are tried; each is named by its seed.
"""

import os

import pytest

from apps.exchanges.fake.virtual_loop import run_virtually
from apps.exchanges.live.link import Link
from tests.faults.feed_promises import broken_promises
from tests.faults.feed_schedule import run_wounded, schedule_of

SEEDS = int(os.environ.get("EMBERMAP_FAULT_SEEDS", "20"))
SEED_OF_A_SPIKE = 19


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_holds_without_faults_holds_through_them(seed: int) -> None:
    print(f"The schedule of seed {seed}.")
    run = run_virtually(run_wounded(seed))
    assert len(run.schedule.faults) >= 3
    assert broken_promises(run) == []


def test_a_feed_that_believes_every_price_breaks_its_promises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spikes = [f for f in schedule_of(SEED_OF_A_SPIKE, 0).faults if f.failure == "spike"]
    assert spikes
    monkeypatch.setattr(Link, "_believe", lambda *_: None)
    promises = broken_promises(run_virtually(run_wounded(SEED_OF_A_SPIKE)))
    assert any("leave" in promise for promise in promises)
