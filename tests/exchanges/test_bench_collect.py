"""``bench collect`` tells how late news is and how much of every limit was used."""

from apps.exchanges import bench_collect
from apps.exchanges.live.budget import MOST_SHARE
from apps.exchanges.simulated.tables import VENUE_NAMES


def test_delays_and_budgets_of_eight_venues_are_told_beside_their_goals() -> None:
    told = bench_collect.cases(rng=None, clock=None, markets=1, minutes=1.6)
    cases = {case["name"]: case for case in told["cases"]}
    assert told["instruments"] == len(VENUE_NAMES)
    delays = [cases[f"event_to_row_{name}"]["seconds"] for name in ("p50", "p95", "max")]
    assert delays == sorted(delays)
    assert delays[0] > 0
    assert delays[-1] <= bench_collect.GOAL_S
    for venue in VENUE_NAMES:
        assert 0 < cases[f"budget_{venue}"]["value"] <= MOST_SHARE
    assert all(case["ratio"] > 0 and case["yardstick"] for case in told["cases"])
