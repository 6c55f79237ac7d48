"""Bright zones against liquidations: hits, lift, alignment with its area, bits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from apps.engine.zones import (
    ALIGNED_AREA,
    AREAS,
    LEAST_BINS,
    TOLERANCE_BINS,
    UNIFORM_SHARE,
    ZoneSums,
    bits_over_uniform,
    brightest,
    dilated_zones,
    zone_sums,
)

sizes = st.integers(LEAST_BINS, 40)
shown = sizes.flatmap(lambda n: arrays(np.float64, n, elements=st.integers(0, 9).map(float)))
areas = st.sampled_from(AREAS)


def slow_zones(values: list[float], area: float, tolerance: int) -> set[int]:
    """The covered bins, adding one bin after another."""
    covered: set[int] = set()
    for best in sorted(range(len(values)), key=lambda i: (-values[i], i)):
        if len(covered) >= area * len(values) - 1e-9:
            break
        covered |= {i for i in range(len(values)) if abs(i - best) <= tolerance}
    return covered


def slow_hit(values: list[float], happened: list[float], area: float) -> float:
    """The mean over all orders of equal bins is what taking them alike gives."""
    left, hit = area * len(values), 0.0
    for level in sorted(set(values), reverse=True):
        same = [i for i, value in enumerate(values) if value == level]
        share = min(1.0, max(0.0, left / len(same)))
        hit += share * sum(happened[i] for i in same)
        left -= len(same)
    return hit


@given(shown, areas)
def test_the_brightest_cover_their_area_exactly(values, area):
    taken = brightest(values, area)
    assert taken.sum() == pytest.approx(area * len(values))
    assert taken.min() >= 0
    assert taken.max() <= 1


@given(shown, st.randoms(use_true_random=False))
def test_sums_agree_with_a_slow_reference(values, random):
    happened = np.array([random.choice([0.0, 1.0, 5.0, 20.0]) for _ in values])
    sums = zone_sums(values, happened)
    if happened.sum() == 0:
        assert sums == ZoneSums()
        return
    told = list(values), list(happened)
    hits = (sums.hit_10_usd, sums.hit_20_usd, sums.hit_30_usd)
    assert hits == pytest.approx([slow_hit(*told, area) for area in AREAS])
    covered = slow_zones(list(values), ALIGNED_AREA, TOLERANCE_BINS)
    assert sums.aligned_usd == pytest.approx(sum(happened[i] for i in covered))
    assert sums.chance_usd == pytest.approx(happened.sum() * len(covered) / len(values))
    total = values.sum()
    even = 1 / len(values)
    bits = sum(
        y * math.log2(((1 - UNIFORM_SHARE) * (v / total if total else even) + UNIFORM_SHARE * even)
                      / even)
        for v, y in zip(values, happened, strict=True)
    )  # fmt: skip
    assert sums.bits == pytest.approx(bits)


@given(shown)
def test_a_map_without_contrast_is_as_good_as_chance(values):
    happened = values + 1
    sums = zone_sums(np.ones(len(values)), happened)
    assert sums.hit_10_usd == pytest.approx(0.1 * sums.usd)
    assert sums.hit_30_usd == pytest.approx(0.3 * sums.usd)
    assert sums.bits == pytest.approx(0, abs=1e-9)


@given(shown, st.floats(0.01, 100))
def test_brighter_all_over_changes_nothing(values, factor):
    happened = np.arange(len(values), dtype=float)
    one, other = zone_sums(values, happened), zone_sums(values * factor, happened)
    assert one.hit_20_usd == pytest.approx(other.hit_20_usd)
    assert one.aligned_usd == pytest.approx(other.aligned_usd)
    assert one.bits == pytest.approx(other.bits)


@given(shown)
def test_the_map_that_shows_what_happens_gains_most(values):
    happened = values + 1.0
    right = zone_sums(happened, happened)
    wrong = zone_sums(happened[::-1], happened)
    assert right.bits >= wrong.bits - 1e-6
    assert right.hit_10_usd >= wrong.hit_10_usd - 1e-9


@given(shown, areas)
def test_dilated_zones_cover_at_least_their_area(values, area):
    covered = dilated_zones(values, area, TOLERANCE_BINS)
    assert set(np.flatnonzero(covered)) == slow_zones(list(values), area, TOLERANCE_BINS)
    assert covered.mean() >= area - 1e-9


def test_bits_are_bounded_where_the_map_was_dark():
    values = np.array([0.0, 0, 0, 0, 8, 0, 0, 0])
    bits = bits_over_uniform(values)
    assert bits.min() == pytest.approx(math.log2(UNIFORM_SHARE))
    assert bits[4] == pytest.approx(math.log2(0.99 * 8 + 0.01))


def test_hours_add_up():
    rng = np.random.default_rng(5)
    hours = [zone_sums(*rng.lognormal(size=(2, 12))) for _ in range(3)]
    total = sum(hours, ZoneSums())
    assert total.usd == pytest.approx(sum(hour.usd for hour in hours))
    assert total.bits == pytest.approx(sum(hour.bits for hour in hours))


def test_a_short_way_and_a_quiet_hour_say_nothing():
    assert zone_sums(np.ones(LEAST_BINS - 1), np.ones(LEAST_BINS - 1)) == ZoneSums()
    assert zone_sums(np.ones(9), np.zeros(9)) == ZoneSums()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_dollars_that_are_not_dollars_are_refused(bad):
    broken = np.ones(9)
    broken[3] = bad
    with pytest.raises(ValueError, match="finite"):
        zone_sums(broken, np.ones(9))
    with pytest.raises(ValueError, match="finite"):
        zone_sums(np.ones(9), broken)
