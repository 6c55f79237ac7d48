"""Bright zones and dark ones as far away: which does the price reach within a day?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accuracy.models import ZoneTrial
from apps.accuracy.reaching import HORIZON_MS, Path, Zone, has_dark, reaching
from apps.accuracy.services import score_market
from apps.accuracy.trials import judge_trials
from apps.exchanges.records import LiquidationRow
from tests.accuracy.conftest import BEGIN_MS, HOUR_MS

MINUTE_MS = 60_000
PRICE = 100.0
BELOW, ABOVE = Zone("long", 97.0, 98.0, PRICE), Zone("short", 102.0, 103.0, PRICE)


def path_of(lows: list[float], highs: list[float], *, missing: tuple[int, ...] = ()) -> Path:
    """Hourly bars from instant 0 on."""
    kept = [n for n in range(len(lows)) if n not in missing]
    ends = (np.array(kept, dtype=np.int64) + 1) * HOUR_MS
    return Path(ends, np.full(len(kept), HOUR_MS), np.array(lows)[kept], np.array(highs)[kept])


def slow(zone: Zone, lows: list[float], highs: list[float]) -> tuple[int | None, int | None]:
    """Hour by hour."""
    bright = dark = None
    dark_low, dark_high = PRICE**2 / zone.high, PRICE**2 / zone.low
    for hour, (low, high) in enumerate(zip(lows[:24], highs[:24], strict=True), start=1):
        comes_down, comes_up = low <= (zone.high if zone.is_below else dark_high), high >= (
            dark_low if zone.is_below else zone.low
        )  # fmt: skip
        to_bright, to_dark = (comes_down, comes_up) if zone.is_below else (comes_up, comes_down)
        bright = bright or (hour * HOUR_MS if to_bright else None)
        dark = dark or (hour * HOUR_MS if to_dark else None)
    return bright, dark


@given(st.lists(st.tuples(st.floats(94, 100), st.floats(100, 106)), min_size=24, max_size=40),
       st.sampled_from([BELOW, ABOVE]))  # fmt: skip
def test_a_trial_ends_as_a_slow_judge_says(bars, zone):
    lows, highs = (list(values) for values in zip(*bars, strict=True))
    found = reaching(zone, 0, path_of(lows, highs))
    assert (found.reached_ms, found.dark_reached_ms) == slow(zone, lows, highs)
    assert found.is_final
    assert found.covered_ms == HORIZON_MS


@given(st.lists(st.tuples(st.floats(94, 100), st.floats(100, 106)), min_size=24, max_size=24))
def test_the_mirror_of_a_market_swaps_bright_and_dark(bars):
    lows, highs = (list(values) for values in zip(*bars, strict=True))
    down = reaching(BELOW, 0, path_of(lows, highs))
    mirror = Zone("short", *BELOW.mirrored, PRICE)
    up = reaching(mirror, 0, path_of(lows, highs))
    assert (down.reached_ms, down.dark_reached_ms) == (up.dark_reached_ms, up.reached_ms)


def test_nothing_is_known_behind_a_hole():
    lows, highs = [99.0] * 5 + [90.0] * 30, [101.0] * 35
    found = reaching(BELOW, 0, path_of(lows, highs, missing=(4,)))
    assert (found.reached_ms, found.is_final, found.is_gapped) == (None, False, True)
    assert found.covered_ms == 4 * HOUR_MS
    assert reaching(BELOW, 0, path_of(lows, highs)).reached_ms == 6 * HOUR_MS


def test_a_day_that_is_not_over_is_not_decided():
    found = reaching(BELOW, 0, path_of([99.0] * 23, [101.0] * 23))
    assert (found.is_final, found.is_gapped) == (False, False)
    assert reaching(BELOW, 0, path_of([], [])).covered_ms == 0


def test_what_happens_after_a_day_does_not_count():
    found = reaching(BELOW, 0, path_of([99.0] * 24 + [90.0], [101.0] * 25))
    assert (found.reached_ms, found.is_final) == (None, True)


def test_a_dark_zone_is_as_far_and_as_wide_and_not_bright():
    low, high = BELOW.mirrored
    assert np.log(low / PRICE) == pytest.approx(np.log(PRICE / BELOW.high))
    assert np.log(high / low) == pytest.approx(np.log(BELOW.high / BELOW.low))
    assert has_dark(BELOW, [BELOW])
    assert not has_dark(BELOW, [BELOW, ABOVE])


def test_the_zones_of_every_hour_are_tried_once_a_day_and_judged(simulated):
    simulated.live_through(70)
    simulated.score()
    trials = list(ZoneTrial.objects.all())
    decided = [trial for trial in trials if trial.is_final]
    assert decided
    assert all(trial.at_ms >= BEGIN_MS + 25 * HOUR_MS for trial in trials)
    assert any(trial.reached_ms for trial in decided)
    assert any(not trial.reached_ms for trial in decided)
    for trial in trials:
        same = [other for other in trials
                if other.pk != trial.pk and other.side == trial.side
                and abs(other.at_ms - trial.at_ms) < HORIZON_MS
                and other.low < trial.high and trial.low < other.high]  # fmt: skip
        assert same == []
    before = list(ZoneTrial.objects.values())
    judge_trials(simulated.market, simulated.feed, now_ms=simulated.now_ms)
    score_market(market=simulated.market, now_ms=simulated.now_ms)
    assert list(ZoneTrial.objects.values()) == before


def test_zones_are_tried_where_nobody_tells_liquidations(simulated):
    simulated.live_through(
        30, lambda rows: [row for row in rows if not isinstance(row, LiquidationRow)]
    )
    simulated.score()
    assert ZoneTrial.objects.exists()
