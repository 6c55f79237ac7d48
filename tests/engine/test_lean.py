"""Traders lean against a move: how far price has moved away, and what that does to entries."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from apps.engine.lean import FARTHEST, Habit, lean_of, unknown_habit
from apps.engine.opening import leant
from apps.engine.parameters import default_parameters
from apps.engine.records import GRID_STEP
from apps.engine.terms import work_out

MINUTE_MS = 60_000
START_MS = 1_750_000_000_000
TERMS = work_out(("binance",), default_parameters())
LEVERAGES = np.array(default_parameters().leverages)

moves = arrays(np.float64, st.integers(2, 200), elements=st.floats(-0.02, 0.02))


def leans(log_prices: np.ndarray) -> np.ndarray:
    price = np.asarray(log_prices)[:, None] / GRID_STEP
    end_ms = START_MS + MINUTE_MS * np.arange(1, len(price) + 1)
    return lean_of(price, np.array([np.nan]), end_ms, START_MS, unknown_habit(1))[0][:, 0]


def mean_leverage(lean: float) -> tuple[float, float]:
    """Of what is opened at a lean: longs, shorts."""
    weights = leant(np.array([[lean]]), TERMS)[0, 0]
    return tuple((weights * LEVERAGES).sum(axis=-1))


def test_a_price_that_rests_leans_nowhere() -> None:
    np.testing.assert_allclose(leans(np.full(500, 11.0)), 0.0, atol=1e-9)


def test_a_rise_leans_up_and_a_fall_as_far_down() -> None:
    rise = np.linspace(0, 0.05, 300)
    np.testing.assert_allclose(leans(11 + rise), -leans(11 - rise), atol=1e-9)
    assert leans(11 + rise)[-1] == FARTHEST


@given(moves)
def test_no_move_leans_further_than_the_limit(steps: np.ndarray) -> None:
    lean = leans(11 + np.cumsum(steps))
    assert np.all(np.isfinite(lean))
    assert np.abs(lean).max() <= FARTHEST


@given(moves, st.data())
def test_leans_told_in_two_parts_are_those_told_at_once(steps: np.ndarray, data) -> None:
    price = (11 + np.cumsum(steps))[:, None] / GRID_STEP
    end_ms = START_MS + MINUTE_MS * np.arange(1, len(price) + 1)
    cut = data.draw(st.integers(1, len(price) - 1))
    nothing = np.array([np.nan]), START_MS, unknown_habit(1)
    whole, _ = lean_of(price, nothing[0], end_ms, *nothing[1:])
    first, habit = lean_of(price[:cut], nothing[0], end_ms[:cut], *nothing[1:])
    then, _ = lean_of(price[cut:], price[cut - 1], end_ms[cut:], int(end_ms[cut - 1]), habit)
    np.testing.assert_allclose(np.concatenate([first, then]), whole, rtol=1e-9, atol=1e-9)


def test_before_its_first_close_a_venue_leans_nowhere_and_remembers_nothing() -> None:
    price = np.array([[np.nan, 11.0], [11.0, 11.1]]) / GRID_STEP
    end_ms = START_MS + MINUTE_MS * np.arange(1, 3)
    lean, habit = lean_of(price, np.full(2, np.nan), end_ms, START_MS, unknown_habit(2))
    assert lean[:, 0].tolist() == [0.0, 0.0]
    assert lean[1, 1] > 0
    assert isinstance(habit, Habit)
    assert habit.mean[0] == pytest.approx(11.0)


def test_after_a_fall_longs_open_with_more_leverage_and_shorts_with_less() -> None:
    usual, fallen, risen = mean_leverage(0), mean_leverage(-1), mean_leverage(1)
    assert fallen[0] > usual[0] > risen[0]
    assert fallen[1] < usual[1] < risen[1]


def test_what_is_opened_is_shared_out_whole_whatever_the_lean() -> None:
    weights = leant(np.linspace(-FARTHEST, FARTHEST, 7)[:, None], TERMS)
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, rtol=1e-12)
    assert weights.min() >= 0
