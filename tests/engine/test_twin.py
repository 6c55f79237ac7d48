"""The fast walk does what its slow, obvious twin does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.book import Walk, rebuild
from apps.engine.grid import GUARD
from apps.engine.parameters import Parameters, default_parameters
from apps.engine.records import Bars
from tests.engine.reference import BEYOND, SlowVenue, slow_walk
from tests.engine.synthetic import markets, random_bars


def assert_same(walk: Walk, slow: list[SlowVenue]) -> None:
    standing = walk.book.standing
    true = standing.mass * standing.scale[..., None]
    bins = true.shape[-1]
    for index, venue in enumerate(slow):
        expected = np.zeros(true.shape[1:])
        for (side, leverage, place), amount in venue.amounts.items():
            if place is not BEYOND:
                expected[side, leverage, place - venue.base] += amount
        on_grid = true[index, ..., GUARD : bins - GUARD]
        size = max(expected.max(), 1e-9)
        np.testing.assert_allclose(
            on_grid, expected[..., GUARD : bins - GUARD], rtol=1e-9, atol=1e-12 * size
        )
        held = [venue.held(0), venue.held(1)]
        np.testing.assert_allclose(walk.book.standing_base[index], held, rtol=1e-9)
        np.testing.assert_allclose(
            walk.reached[:, index], np.array(venue.reached), rtol=1e-9, atol=1e-9 * sum(held)
        )


def small(model: str) -> Parameters:
    """Settings with which the slow walk is not too slow."""
    return replace(
        default_parameters(model), leverages=(2.0, 10.0, 50.0, 100.0, 125.0), cold_log_range=0.01
    )


@given(bars=markets(), model=st.sampled_from(["exact", "brief", "oi-only"]))
@settings(max_examples=8, deadline=None)
def test_the_fast_walk_equals_the_slow_one(bars: Bars, model: str) -> None:
    parameters = small(model)
    short = bars.between(0, 15)
    assert_same(rebuild(short, parameters), slow_walk(short, parameters))


@pytest.mark.parametrize("volatility", [3e-4, 2e-3, 1e-2, 8e-2])
def test_calm_and_wild_markets_equal_the_slow_walk(volatility: float) -> None:
    bars = random_bars(7, count=25, volatility=volatility, holes=True)
    parameters = small("exact")
    assert_same(rebuild(bars, parameters), slow_walk(bars, parameters))
