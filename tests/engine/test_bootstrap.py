"""The bootstrap: whole blocks, the same for the same seed, and about as wide as it should be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.bootstrap import block_draw, bootstrap


@given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 9))
def test_a_draw_is_made_of_neighbours(count, block, seed):
    drawn = block_draw(count, block, np.random.default_rng(seed))
    used = max(min(block, count // 2), 1)
    assert len(drawn) == count
    assert drawn.min() >= 0
    assert drawn.max() < count
    inside = np.arange(1, count) % used != 0
    assert np.all(np.diff(drawn)[inside] == 1)


def test_the_same_seed_draws_the_same():
    def mean(rows):
        return {"mean": float(rows.mean())}

    one = bootstrap(mean, 100, 10, np.random.default_rng(3))
    assert one == bootstrap(mean, 100, 10, np.random.default_rng(3))
    assert one != bootstrap(mean, 100, 10, np.random.default_rng(4))


def test_what_never_varies_has_no_width():
    found = bootstrap(lambda rows: {"n": float(len(rows))}, 50, 5, np.random.default_rng(1))
    assert (found["n"].low, found["n"].high) == (50, 50)


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    values = np.random.default_rng(2).normal(size=900)
    found = bootstrap(
        lambda rows: {"mean": float(values[rows].mean())}, 900, 1, np.random.default_rng(1), 1000
    )["mean"]
    assert found.high - found.low == pytest.approx(2 * 1.96 / 30, rel=0.12)
    assert found.low < values.mean() < found.high


def test_days_that_are_alike_make_it_wider():
    values = np.repeat(np.random.default_rng(2).normal(size=40), 24)

    def mean(rows):
        return {"mean": float(values[rows].mean())}

    hourly = bootstrap(mean, 960, 1, np.random.default_rng(1))["mean"]
    daily = bootstrap(mean, 960, 24, np.random.default_rng(1))["mean"]
    assert daily.high - daily.low > 3 * (hourly.high - hourly.low)


def test_what_cannot_be_said_has_no_interval():
    found = bootstrap(lambda rows: {"never": np.nan, "some": 1.0}, 9, 3, np.random.default_rng(1))
    assert list(found) == ["some"]
    assert bootstrap(lambda rows: {"mean": 0.0}, 0, 3, np.random.default_rng(1)) == {}
