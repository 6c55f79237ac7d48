"""The bell curve of leverage, its spikes, and what opens to keep it standing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.leverage import (
    LEVERAGES,
    bracket_of,
    closing_rates,
    opening_weights,
    standing_weights,
)
from apps.engine.parameters import VENUES, default_parameters
from apps.engine.terms import work_out

GRID = np.array(LEVERAGES)


@given(mean=st.floats(4.0, 30.0))
def test_the_mean_of_the_curve_is_the_venues(mean: float) -> None:
    weights = standing_weights(GRID, mean, 125.0)
    assert weights @ GRID == pytest.approx(mean, rel=1e-6)
    assert weights.sum() == pytest.approx(1.0)
    assert np.all(weights >= 0)


def test_the_default_curve_is_the_one_of_the_model_note() -> None:
    grid = np.array([1, 2, 3, 5, 7, 10, 12.5, 15, 20, 25, 33, 40, 50, 75, 100, 125])
    noted = [0.023, 0.104, 0.164, 0.185, 0.055, 0.142, 0.031, 0.035, 0.110, 0.062, 0.021, 0.014,
             0.032, 0.011, 0.006, 0.004]  # fmt: skip
    np.testing.assert_allclose(standing_weights(grid, 12.9, 125.0), noted, atol=0.012)


def test_nothing_stands_above_what_a_venue_offers() -> None:
    weights = standing_weights(GRID, 5.0, 40.0)
    assert np.all(weights[GRID > 40] == 0)
    assert weights @ GRID == pytest.approx(5.0)


def test_an_unreachable_mean_takes_the_nearest_curve() -> None:
    weights = standing_weights(GRID, 500.0, 125.0)
    assert np.all(np.isfinite(weights))
    assert weights @ GRID > 30


def test_what_opens_is_more_levered_than_what_stands() -> None:
    standing = standing_weights(GRID, 12.4, 125.0)
    opening = opening_weights(standing, closing_rates(GRID, 1.25))
    assert opening @ GRID > standing @ GRID
    assert opening.sum() == pytest.approx(1.0)


def test_brackets_hold_their_upper_edge() -> None:
    assert bracket_of(np.array([1, 5, 7, 10, 12.5, 25, 33, 50, 75.0])).tolist() == [
        0, 0, 1, 1, 2, 2, 3, 3, 4,
    ]  # fmt: skip


def test_a_venue_without_any_allowed_leverage_is_refused() -> None:
    with pytest.raises(ValueError, match="no leverage"):
        standing_weights(GRID, 5.0, 0.5)


def test_every_venue_has_a_curve_and_prices_on_the_right_side() -> None:
    names = tuple(name for name, _ in VENUES)
    terms = work_out((*names, "unheard-of"), default_parameters())
    np.testing.assert_allclose(terms.standing.sum(axis=1), 1.0)
    np.testing.assert_allclose(terms.taps.sum(axis=-1), 1.0)
    assert np.all(terms.offset[:, 0] < 0)
    assert np.all(terms.offset[:, 1] > 0)
    assert np.all(terms.nearest < 0)


def test_footprints_lie_on_average_where_the_formula_says() -> None:
    terms = work_out(("binance",), default_parameters())
    taps = terms.taps.reshape(*terms.shift.shape, -1)
    mean = terms.shift + (taps * np.arange(taps.shape[-1])).sum(axis=-1)
    np.testing.assert_allclose(mean, terms.offset, rtol=1e-12)
