"""Opens and closes: both sides change by what open interest changes by."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.flow import estimated_taker_delta, estimated_volume, gross_flow

amounts = st.floats(0, 1e6)
changes = st.floats(-1e6, 1e6)
shares = st.floats(0, 1)


@given(volume=amounts, taker=changes, change=changes, turnover=shares, pull=shares)
def test_both_sides_change_by_the_change_of_open_interest(
    volume: float, taker: float, change: float, turnover: float, pull: float
) -> None:
    opens, closes = flow(volume, taker, change, turnover, pull)
    np.testing.assert_allclose(opens - closes, change, atol=1e-9 * max(volume, abs(change), 1))
    assert np.all(opens >= 0)
    assert np.all(closes >= 0)


def test_turnover_reprices_the_book_while_open_interest_stands_still() -> None:
    opens, closes = flow(100.0, 0.0, 0.0, 0.3, 0.5)
    np.testing.assert_allclose(opens, 15.0)
    np.testing.assert_allclose(closes, 15.0)


def test_taker_buying_turns_over_longs_faster_than_shorts() -> None:
    opens, closes = flow(100.0, 50.0, 0.0, 0.3, 0.5)
    assert opens[0] > opens[1]
    assert closes[0] > closes[1]
    assert opens.sum() == closes.sum()


def test_without_turnover_only_open_interest_moves_positions() -> None:
    opens, closes = flow(100.0, 20.0, 7.0, 0.0, 0.5)
    assert opens.tolist() == [7.0, 7.0]
    assert closes.tolist() == [0.0, 0.0]
    opens, closes = flow(100.0, 20.0, -7.0, 0.0, 0.5)
    assert opens.tolist() == [0.0, 0.0]
    assert closes.tolist() == [7.0, 7.0]


def test_nothing_traded_moves_nothing() -> None:
    opens, closes = flow(0.0, 0.0, 0.0, 0.3, 0.5)
    assert not opens.any()
    assert not closes.any()


def test_a_missing_volume_is_estimated_from_what_is_known() -> None:
    known = estimated_volume(np.array(-30.0), np.array(5.0), np.array(0.002), np.array(1000.0))
    unknown = estimated_volume(np.array(np.nan), np.array(5.0), np.array(0.002), np.array(1000.0))
    assert known == pytest.approx(30 + 10 + 3)
    assert unknown == pytest.approx(10 + 3)


def test_a_missing_taker_flow_follows_the_return() -> None:
    volume, log_range = np.full(3, 10.0), np.array([0.01, 0.01, 0.0])
    guessed = estimated_taker_delta(volume, np.array([0.01, -0.005, 0.0]), log_range)
    np.testing.assert_allclose(guessed, [2.0, -1.0, 0.0])


def flow(volume: float, taker: float, change: float, turnover: float, pull: float):
    values = (np.array(value) for value in (volume, taker, change))
    return gross_flow(*values, turnover=turnover, taker_pull=pull)
