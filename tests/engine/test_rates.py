"""Wilson's interval."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.rates import Z, wilson


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rates_that_the_count_does_not_contradict(counted):
    hits, count = counted
    low, high = wilson(hits, count)
    assert 0 <= low <= hits / count <= high <= 1
    for bound in (low, high):
        if 0 < bound < 1:
            away = abs(hits / count - bound) / (bound * (1 - bound) / count) ** 0.5
            assert away == pytest.approx(Z, rel=1e-6)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_hits_and_misses_mirror(counted):
    hits, count = counted
    low, high = wilson(hits, count)
    assert wilson(count - hits, count) == pytest.approx((1 - high, 1 - low))


def test_without_a_trial_everything_is_possible():
    assert wilson(0, 0) == (0.0, 1.0)


def slow_wilson(hits: int, count: int) -> tuple[float, float]:
    with localcontext(prec=40):
        z, n, p = Decimal("1.959963984540054"), Decimal(count), Decimal(hits) / Decimal(count)
        middle = p + z * z / (2 * n)
        half = z * ((p * (1 - p) + z * z / (4 * n)) / n).sqrt()
        scale = 1 + z * z / n
        return float((middle - half) / scale), float((middle + half) / scale)


def test_the_interval_is_the_slow_one_for_every_small_count():
    for count in range(1, 80):
        for hits in range(count + 1):
            assert wilson(hits, count) == pytest.approx(slow_wilson(hits, count), abs=1e-12)
