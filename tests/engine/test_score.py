"""The score: a line fitted earlier, judged later, beside ranks, top hits and baselines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from apps.engine.intervals import Paths
from apps.engine.score import (
    EMBARGO_MS,
    FLOOR_USD,
    baselines,
    fitted_line,
    score,
    spearman,
    split_at,
    top_hit,
)

HOUR_MS = 3_600_000
dollars = st.floats(0, 1e9, allow_nan=False)
few_dollars = arrays(np.float64, st.integers(8, 40), elements=dollars)


def halves(count: int) -> tuple[np.ndarray, np.ndarray]:
    earlier = np.arange(count) < count // 2
    return earlier, ~earlier


def slow_rank(values: list[float], value: float) -> float:
    below = sum(other < value for other in values)
    equal = sum(other == value for other in values)
    return below + (equal - 1) / 2


def slow_correlation(one: list[float], other: list[float]) -> float:
    n = len(one)
    mean_one, mean_other = sum(one) / n, sum(other) / n
    both = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    spread = sum((a - mean_one) ** 2 for a in one) * sum((b - mean_other) ** 2 for b in other)
    return both / spread**0.5 if spread > 0 else 0.0


def test_a_prediction_that_is_a_power_of_what_happened_scores_one():
    realised = np.geomspace(1, 1e8, 40)
    predicted = 3.0 * (realised + FLOOR_USD) ** 2 - FLOOR_USD
    result = score(predicted, realised, *halves(40))
    assert result.log_r2 == pytest.approx(1)
    assert result.slope == pytest.approx(0.5)
    assert result.spearman == pytest.approx(1)
    assert result.top_hit == 1
    assert (result.fitted, result.scored) == (20, 20)


def test_the_score_of_six_intervals_worked_by_hand():
    # logs of y + 1000 in units of ln 10, from 3: fit (0,0) (1,2) (2,1) gives a=.5, b=.5
    realised = 10.0 ** (3 + np.array([0, 2, 1, 0, 1, 2])) - FLOOR_USD
    predicted = 10.0 ** (3 + np.array([0, 1, 2, 1, 0, 2])) - FLOOR_USD
    result = score(predicted, realised, *halves(6))
    assert result.slope == pytest.approx(0.5)
    # residuals −1, .5, .5 against deviations −1, 0, 1
    assert result.log_r2 == pytest.approx(1 - 1.5 / 2)
    assert result.spearman == pytest.approx(0.5)


def test_a_prediction_that_does_not_vary_falls_back_to_the_earlier_mean():
    realised = np.array([0.0, 0.0, 0.0, 1e6, 2e6, 3e6])
    result = score(np.full(6, 5e5), realised, *halves(6))
    assert result.slope == 0
    assert result.spearman == 0
    assert result.log_r2 < 0


def test_the_line_is_never_fitted_on_what_is_scored():
    rng = np.random.default_rng(7)
    realised, predicted = rng.lognormal(10, 2, (2, 60))
    fit, scored = halves(60)
    before = score(predicted, realised, fit, scored)
    realised[scored] *= 100
    after = score(predicted, realised, fit, scored)
    assert (before.intercept, before.slope) == (after.intercept, after.slope)


def test_intervals_for_two_days_after_the_split_are_left_out():
    starts_ms = np.arange(100, dtype=np.int64) * HOUR_MS
    fit, scored = split_at(starts_ms, 20 * HOUR_MS)
    assert fit.sum() == 20
    assert starts_ms[scored][0] == 20 * HOUR_MS + EMBARGO_MS
    assert not np.any(fit & scored)


def test_the_top_hit_counts_the_largest_twentieth():
    realised = np.arange(100.0)
    predicted = realised.copy()
    predicted[[95, 96]] = 0
    assert top_hit(predicted, realised) == pytest.approx(3 / 5)
    assert top_hit(-realised + 99, realised) == 0


def test_of_equal_amounts_the_earlier_is_the_larger():
    assert top_hit(np.zeros(20), np.r_[1.0, np.zeros(19)]) == 1
    assert top_hit(np.zeros(20), np.r_[np.zeros(19), 1.0]) == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_dollars_that_are_not_dollars_are_refused(bad):
    amounts = np.arange(6.0)
    broken = amounts.copy()
    broken[2] = bad
    with pytest.raises(ValueError, match="predicted dollars"):
        score(broken, amounts, *halves(6))
    with pytest.raises(ValueError, match="realised dollars"):
        score(amounts, broken, *halves(6))


def test_too_little_to_judge_is_refused():
    amounts = np.arange(6.0)
    fit, scored = halves(6)
    with pytest.raises(ValueError, match="fitting period"):
        score(amounts, amounts, np.zeros(6, bool), scored)
    with pytest.raises(ValueError, match="scored period"):
        score(amounts, amounts, fit, np.zeros(6, bool))
    with pytest.raises(ValueError, match="both"):
        score(amounts, amounts, fit, np.ones(6, bool))
    with pytest.raises(ValueError, match="same realised"):
        score(amounts, np.ones(6), fit, scored)


def test_the_baselines_are_range_and_volume_against_each_side():
    paths = Paths(
        open=np.array([100.0, 100.0, np.nan]),
        high=np.array([100.0, 110.0, np.nan]),
        low=np.array([90.0, 100.0, np.nan]),
        volume=np.array([2.0, 4.0, 0.0]),
        past_volume=np.array([3.0, 5.0, 7.0]),
    )
    down, up = np.log(100 / 90), np.log(110 / 100)
    found = baselines(paths, np.array([True, True, False]))
    np.testing.assert_allclose(found.range, [[300 * down, 0], [0, 300 * up], [0, 0]])
    np.testing.assert_allclose(found.range_past_volume, [[300 * down, 0], [0, 500 * up], [0, 0]])
    np.testing.assert_allclose(
        found.range_volume, [[200 * down**1.5, 0], [0, 400 * up**1.5], [0, 0]]
    )


@given(st.data())
def test_ranks_agree_with_a_slow_reference(data):
    size = data.draw(st.integers(3, 30))
    amounts = arrays(np.float64, size, elements=st.integers(0, 6).map(float))
    one, other = data.draw(amounts), data.draw(amounts)
    ranks = [[slow_rank(list(values), v) for v in values] for values in (one, other)]
    assert spearman(one, other) == pytest.approx(slow_correlation(*ranks), abs=1e-12)


@given(arrays(np.float64, st.integers(3, 30), elements=st.integers(0, 1000).map(float)))
def test_ranks_ignore_any_rising_change_of_scale(amounts):
    rng = np.random.default_rng(len(amounts))
    other = rng.permutation(len(amounts)).astype(float)
    assert spearman(np.exp(amounts / 100), other) == pytest.approx(spearman(amounts, other))
    assert spearman(other**3, amounts) == pytest.approx(spearman(other, amounts))
    assert -1 - 1e-9 <= spearman(amounts, other) <= 1 + 1e-9


@given(few_dollars)
def test_the_order_of_intervals_within_a_period_changes_nothing(predicted):
    rng = np.random.default_rng(len(predicted))
    realised = rng.lognormal(10, 2, len(predicted))
    fit, scored = halves(len(predicted))
    order = np.r_[rng.permutation(np.flatnonzero(fit)), rng.permutation(np.flatnonzero(scored))]
    first = score(predicted, realised, fit, scored)
    again = score(predicted[order], realised[order], fit, scored)
    assert again.log_r2 == pytest.approx(first.log_r2, rel=1e-4, abs=1e-4)
    assert again.spearman == pytest.approx(first.spearman, abs=1e-9)


def test_values_that_differ_only_by_rounding_have_no_slope():
    x = np.log(np.full(38, 1.1805881e8) + FLOOR_USD)
    x[::3] = np.nextafter(x[::3], np.inf)
    _, slope = fitted_line(x, np.arange(38.0))
    assert slope == 0


@given(few_dollars)
def test_the_line_agrees_with_a_general_solver(amounts):
    x = np.log(amounts + FLOOR_USD)
    y = np.random.default_rng(len(x)).normal(size=len(x))
    intercept, slope = fitted_line(x, y)
    if np.ptp(x) > 1e-3:
        expected, *_ = np.linalg.lstsq(np.c_[np.ones_like(x), x], y, rcond=None)
        np.testing.assert_allclose([intercept, slope], expected, rtol=1e-5, atol=1e-5)
