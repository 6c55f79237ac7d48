"""Bars gathered into half-hours and hours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.intervals import interval_starts, paths_by_interval, sum_by_interval

MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS
HALF_MS = 30 * MINUTE_MS


def ends(count: int, step_ms: int = QUARTER_MS) -> np.ndarray:
    return (np.arange(count, dtype=np.int64) + 1) * step_ms


def test_a_bar_belongs_to_the_interval_in_which_it_ended():
    starts_ms = np.array([0, HALF_MS])
    sums = sum_by_interval(np.array([1.0, 2.0, 4.0, 8.0]), ends(4), starts_ms, HALF_MS)
    assert sums.tolist() == [3, 12]


def test_sides_are_summed_apart():
    amounts = np.arange(8.0).reshape(4, 2)
    sums = sum_by_interval(amounts, ends(4), np.array([0, HALF_MS]), HALF_MS)
    assert sums.tolist() == [[2, 4], [10, 12]]


def test_bars_outside_every_interval_are_left_out():
    starts_ms = np.array([HALF_MS, 4 * HALF_MS])
    sums = sum_by_interval(np.ones(12), ends(12), starts_ms, HALF_MS)
    assert sums.tolist() == [2, 2]


def test_only_whole_intervals_are_listed():
    assert interval_starts(0, 2 * HALF_MS, HALF_MS).tolist() == [0, HALF_MS]
    assert interval_starts(1, 3 * HALF_MS - 1, HALF_MS).tolist() == [HALF_MS]
    assert interval_starts(1, HALF_MS, HALF_MS).tolist() == []


def test_a_path_opens_with_its_first_bar_and_spans_the_extremes():
    prices = np.array([10.0, 11.0, 12.0, np.nan])
    paths = paths_by_interval(
        ends(4), prices, prices + 2, prices - 3, np.ones(4), np.array([0, HALF_MS]), HALF_MS
    )
    assert paths.open.tolist() == [10, 12]
    assert paths.high.tolist() == [13, 14]
    assert paths.low.tolist() == [7, 9]
    assert paths.volume.tolist() == [2, 2]


def test_an_interval_without_bars_has_no_price_and_no_volume():
    prices = np.full(2, 10.0)
    paths = paths_by_interval(
        ends(2), prices, prices, prices, prices, np.array([0, 5 * HALF_MS]), HALF_MS
    )
    assert np.isnan([paths.open[1], paths.high[1], paths.low[1]]).all()
    assert paths.volume[1] == 0


def test_past_volume_is_the_pace_of_the_day_before_and_never_sees_the_interval():
    count = 4 * 24 * 2
    volume = np.where(np.arange(count) < count // 2, 3.0, 5.0)
    prices = np.ones(count)
    starts_ms = np.array([86_400_000, 2 * 86_400_000 - HALF_MS])
    paths = paths_by_interval(ends(count), prices, prices, prices, volume, starts_ms, HALF_MS)
    assert paths.past_volume[0] == pytest.approx(2 * 3)
    assert paths.past_volume[1] == pytest.approx(2 * (94 * 5 + 2 * 3) / 96)
    volume[-2:] = 1e9
    again = paths_by_interval(ends(count), prices, prices, prices, volume, starts_ms, HALF_MS)
    assert again.past_volume.tolist() == paths.past_volume.tolist()


def test_the_pace_is_taken_over_what_there_is_when_history_is_short():
    prices = np.ones(8)
    paths = paths_by_interval(
        ends(8), prices, prices, prices, prices, np.array([0, 3 * HALF_MS]), HALF_MS
    )
    assert paths.past_volume.tolist() == [0, pytest.approx(2)]


@given(st.lists(st.integers(0, 400), unique=True, max_size=60), st.integers(1, 40))
def test_sums_agree_with_a_slow_reference(minutes, length):
    end_ms = np.array(sorted(minutes), dtype=np.int64) * MINUTE_MS
    amounts = np.arange(1.0, len(end_ms) + 1)
    starts_ms = np.arange(0, 400, length + 3, dtype=np.int64) * MINUTE_MS
    expected = [
        sum(a for a, e in zip(amounts, end_ms, strict=True) if s < e <= s + length * MINUTE_MS)
        for s in starts_ms
    ]
    assert sum_by_interval(amounts, end_ms, starts_ms, length * MINUTE_MS).tolist() == expected
