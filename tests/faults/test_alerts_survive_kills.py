"""Whatever is killed while rules fire: no event is lost, and none is seen twice."""

import os

from tests.faults.alert_schedule import live_through, stage

SEEDS = int(os.environ.get("EMBERMAP_KILL_SEEDS", "20"))
REDELIVERED_WITHIN_S = 15.0
FIRST = int(os.environ.get("EMBERMAP_KILL_FIRST", "1"))


def test_no_kill_loses_an_event_or_shows_one_twice() -> None:
    with stage() as running:
        outcome = live_through(running, range(FIRST, FIRST + SEEDS))
    print(outcome)
    assert outcome.events > SEEDS
    assert outcome.lost == []
    assert outcome.seen_twice == []
    assert outcome.extra_sends <= outcome.sender_kills
    assert outcome.slowest_redelivery_s <= REDELIVERED_WITHIN_S
