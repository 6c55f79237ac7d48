from itertools import count

import numpy as np

from apps.engine.bench_wire import cases


def test_a_picture_of_a_day_and_an_update_stay_within_their_budgets():
    ticks = count()
    rng, clock = np.random.default_rng(7), lambda: float(next(ticks))
    measured = cases(rng=rng, clock=clock, minutes=2_000)["cases"]
    assert [case["name"] for case in measured] == [
        "full_24h_5m",
        "update_two_columns",
        "full_24h_5m_narrow_bins",
        "update_two_columns_narrow_bins",
    ]
    for case in measured:
        assert case["columns"] == 288
        assert case["bytes"] <= case["budget_bytes"]
        assert case["ok"]
        assert case["seconds"] == 1.0
        assert case["ratio"] < 0.25
