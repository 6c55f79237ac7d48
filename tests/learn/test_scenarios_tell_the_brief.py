"""The three trades happen at the brief's prices and with its dollars, the same every time."""

import numpy as np
import pytest

from apps.engine.records import Cluster, Side
from apps.exchanges.simulated.scripted import tell
from apps.learn.scenarios import (
    BEFORE_MIN,
    FEBRUARY,
    JANUARY,
    MARCH,
    SCENARIOS,
    SGD_PER_USD,
    Scenario,
)
from apps.learn.staging import CADENCE_MIN, Staged, frame_of, stage, usd_between, zones_of

CLOSE = 0.05  # what figures may differ from the brief's
NEAR = 0.004  # what prices may, which is stricter


def sgd(usd: float) -> float:
    return usd * SGD_PER_USD


def of_side(staged: Staged, side: str) -> list[Cluster]:
    """The clusters of a side at the decision, nearest first."""
    return [c for c in zones_of(staged, staged.decided) if c.side == Side(side)]


def minute_of(series: np.ndarray) -> int:
    """The first minute after the decision at which something is true."""
    return int(series[BEFORE_MIN:].argmax())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.slug)
def test_the_decision_is_made_at_the_price_of_the_brief(scenario: Scenario) -> None:
    staged = stage(scenario)
    assert sgd(staged.as_of(staged.decided).price) == pytest.approx(scenario.price, rel=NEAR)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.slug)
def test_the_engine_finds_the_clusters_where_the_brief_saw_them(scenario: Scenario) -> None:
    found = of_side(stage(scenario), scenario.side)[: len(scenario.zones)]
    for cluster, told in zip(found, scenario.zones, strict=True):
        assert sgd(cluster.low) == pytest.approx(told.low, rel=NEAR)
        assert sgd(cluster.high) == pytest.approx(told.high, rel=NEAR)


def test_both_january_clusters_hold_620_million_dollars() -> None:
    staged = stage(JANUARY)
    zones = [(123_000, 125_500), (119_000, 121_000)]
    inside = [usd_between(staged, low / SGD_PER_USD, high / SGD_PER_USD) for low, high in zones]
    assert sgd(sum(inside)) == pytest.approx(620e6, rel=CLOSE)
    assert sgd(sum(c.usd for c in of_side(staged, "long")[:2])) == pytest.approx(620e6, rel=CLOSE)


def test_the_january_clusters_are_stacked_within_seven_percent() -> None:
    staged = stage(JANUARY)
    lower = of_side(staged, "long")[1]
    assert lower.high / staged.as_of(staged.decided).price - 1 > -0.07


def test_the_cascade_takes_22_minutes_and_the_short_less_than_four_hours() -> None:
    low = sgd(tell(JANUARY.script).low)
    first, last = minute_of(low <= 125_201), minute_of(low <= 119_801)
    assert (JANUARY.decided_at.hour * 60 + JANUARY.decided_at.minute + first) % 1440 == 3 * 60 + 40
    assert last - first == 22
    assert low[BEFORE_MIN:].min() == pytest.approx(119_800, rel=1e-6)
    trade = JANUARY.trade
    assert minute_of(low <= trade.target) - trade.entry_minute < 4 * 60


def test_forced_buying_in_february_is_180_million_within_45_minutes() -> None:
    story = tell(FEBRUARY.script)
    first = BEFORE_MIN + minute_of(sgd(story.high) >= 5_099)
    assert sgd(story.liquidated_usd[first : first + 46].sum()) == pytest.approx(180e6, rel=CLOSE)
    assert sgd(story.high.max()) == pytest.approx(5_340, rel=1e-6)
    assert sgd(story.close[-1]) < 5_340 * 0.99


def test_there_is_hardly_a_long_below_the_price_in_february() -> None:
    staged = stage(FEBRUARY)
    column = staged.picture.long_usd[staged.decided].sum()
    shorts = staged.picture.short_usd[staged.decided].sum()
    assert column < 0.2 * shorts


def test_the_march_price_turns_before_the_cluster_and_comes_back_within_six_hours() -> None:
    story = tell(MARCH.script)
    low = sgd(story.low[BEFORE_MIN:])
    assert low.min() == pytest.approx(131_800, rel=1e-6)
    assert low.min() > 131_000
    back = minute_of(sgd(story.close) >= 135_999)
    assert 0 < back - int(low.argmin()) < 6 * 60
    forced = story.liquidated_usd[BEFORE_MIN:].sum()
    assert sgd(forced) < 0.15 * MARCH.zones[0].sgd


def test_spot_buying_meets_the_fall_in_march() -> None:
    story = tell(MARCH.script)
    low = BEFORE_MIN + int(story.low[BEFORE_MIN:].argmin())
    assert story.spot_usd[low - 30 : low + 30].sum() > story.liquidated_usd[BEFORE_MIN:low].sum()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.slug)
def test_the_trades_of_the_brief_end_as_it_says(scenario: Scenario) -> None:
    story, trade = tell(scenario.script), scenario.trade
    start = BEFORE_MIN + trade.entry_minute
    assert sgd(story.close[start]) == pytest.approx(trade.entry, rel=1e-6)
    high, low = sgd(story.high[start + 1 :]), sgd(story.low[start + 1 :])
    is_long = trade.side == "long"
    won = (high >= trade.target) if is_long else (low <= trade.target)
    lost = (low <= trade.stop) if is_long else (high >= trade.stop)
    is_won = won.any() and (not lost.any() or won.argmax() < lost.argmax())
    assert is_won == (scenario is not MARCH)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.slug)
def test_a_scenario_is_the_same_every_time_and_small(scenario: Scenario) -> None:
    once = frame_of(scenario)
    frame_of.cache_clear()
    stage.cache_clear()
    assert frame_of(scenario) == once
    assert len(once) <= 300_000


def test_a_column_is_what_a_map_drawn_at_its_instant_shows() -> None:
    staged = stage(JANUARY)
    then = staged.as_of(staged.decided)
    assert len(then.end_ms) == staged.decided + 1
    assert then.end_ms[-1] == JANUARY.decided_ms
    assert len(staged.picture.end_ms) - len(then.end_ms) == JANUARY.after_min // CADENCE_MIN
