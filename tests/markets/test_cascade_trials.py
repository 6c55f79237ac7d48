"""The chain's foretold reach against what a matching engine does, on markets it never saw."""

import numpy as np
import pytest

from apps.markets import bench_cascade
from apps.markets.cascade_trials import trials


@pytest.fixture(scope="module")
def judged() -> dict[str, dict[str, float]]:
    told = bench_cascade.cases(rng=np.random.default_rng(1), clock=lambda: 0.0)
    return {case["name"]: case for case in told["cases"]}


def test_two_hundred_shocks_are_ranked_and_the_range_holds(judged):
    assert judged["rank_correlation"]["trials"] == 200
    assert judged["rank_correlation"]["value"] >= 0.8
    assert judged["range_coverage"]["value"] >= 0.8


def test_the_chain_beats_clusters_over_depth_and_the_book_alone(judged):
    rank = judged["rank_correlation"]
    assert rank["value"] > rank["yardstick_value"] + 0.1
    alone = judged["rank_correlation_beside_the_book_alone"]
    assert alone["value"] > alone["yardstick_value"]
    error = judged["log_error"]
    assert error["value"] < error["yardstick_value"]


def test_the_same_seed_has_the_same_shocks():
    first, second = (list(trials(3, count=2)) for _ in range(2))
    assert first == second
    assert first[0].outcome != first[1].outcome
