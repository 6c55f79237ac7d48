"""The benchmark runs, measures what it says, and never judges by the clock."""

from itertools import count

import numpy as np

from apps.engine import bench


def test_every_case_has_a_time_a_yardstick_and_their_ratio() -> None:
    ticks = count()
    told = bench.cases(rng=np.random.default_rng(7), clock=lambda: float(next(ticks)), minutes=60)
    assert [case["name"] for case in told["cases"]] == [
        "rebuild_7d_1m_one_venue",
        "rebuild_7d_1m_eight_venues",
        "advance_one_minute_eight_venues",
        "refresh_100_markets",
    ]
    for case in told["cases"]:
        assert case["seconds"] == case["yardstick_seconds"] == case["ratio"] == 1.0
        assert case["yardstick"]


def test_a_refresh_makes_an_update() -> None:
    bars = bench.random_walk_bars(np.random.default_rng(7), venues=2, minutes=120)
    walk = bench.rebuild(bars.between(0, 100), bench.default_parameters())
    picture = bench.draw_view(walk, bench.DAY)
    assert bench._refresh(*bench._opened(walk, picture, bars.between(100, 101)))
