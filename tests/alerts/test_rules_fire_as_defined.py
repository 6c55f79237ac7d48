"""What fires is what the slow reference says, live and looked back on, and never on bad data."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.alerts.evaluation import terms_of
from apps.alerts.history import fill_in, recall_scenes
from apps.alerts.judging import Terms
from apps.alerts.models import Firing, RuleState, SceneHour, Stream
from apps.alerts.preview import moments_of, preview_of, triggers_of
from apps.alerts.rules import save_rule
from apps.alerts.scenes import MINUTE_MS, Scene, Spot, pack, unpack
from apps.alerts.selections import selection_from_key
from apps.engine.records import Side
from apps.heatmaps.looks import look_of
from apps.heatmaps.services import newest_snapshot
from apps.markets.models import Feed, Liquidation
from tests.alerts import reference

BEGIN_MS = 1_780_000_200_000
RULES = (
    Terms("near", within=0.02),
    Terms("near", side=Side.LONG, within=0.01, usd=5e7, every_ms=30 * MINUTE_MS),
    Terms("formed", within=0.05),
    Terms("formed", side=Side.SHORT, within=0.15, usd=4e7),
    Terms("grew", usd=8e7),
    Terms("grew", measure="percent", level=0.38, within=0.1),
    Terms("grew", measure="brightness", level=0.9),
    Terms("shrank", level=0.4, usd=2e7),
    Terms("swept"),
    Terms("swept", side=Side.SHORT, usd=6e7),
    Terms("cascade", level=2),
    Terms("cascade", side=Side.LONG, level=3, usd=1e8),
    Terms("asymmetry", level=1.5),
    Terms("asymmetry", side=Side.SHORT, level=1.2, every_ms=60 * MINUTE_MS),
    Terms("realised", usd=2e6),
    Terms("realised", side=Side.LONG, usd=1e6, window_min=15),
    Terms("stale"),
    Terms("stale", venues=("bybit",)),
)


def made_up(seed: int, minutes: int = 160) -> list[Scene]:
    """A market of wandering clusters, prices and faults."""
    rng = np.random.default_rng(seed)
    price, at_ms, scenes = 60_000.0, BEGIN_MS, []
    peaks = rng.uniform(56_000, 64_000, size=8)
    usd = rng.uniform(1e7, 1.5e8, size=8)
    for _ in range(minutes):
        at_ms += MINUTE_MS * (15 if rng.random() < 0.01 else 1)
        move = rng.normal(0, 90)
        low, high = price + min(move, 0) - 20, price + max(move, 0) + 20
        price += move
        usd = np.clip(usd * np.exp(rng.normal(0, 0.12, size=8)), 1e6, 4e8)
        peaks = peaks + rng.normal(0, 15, size=8)
        spots = []
        for peak, size in zip(peaks, usd, strict=True):
            if rng.random() > 0.06 and abs(peak - price) > 150:
                side = Side.SHORT if peak > price else Side.LONG
                spots.append(Spot(side, peak - 120, peak + 120, peak, size, 0.1, rng.random()))
        silent = tuple(v for v in ("binance", "bybit") if rng.random() < 0.04)
        sums = tuple(map(tuple, rng.gamma(1, 1e6, size=(3, 2)).tolist()))
        both = (float(usd[:4].sum()), float(usd[4:].sum()))
        scenes.append(
            Scene(at_ms, price, low, high, *both, sums, tuple(spots), silent,
                  is_whole=not silent and rng.random() > 0.03)
        )  # fmt: skip
    return scenes


@pytest.mark.parametrize("terms", RULES, ids=lambda terms: f"{terms.kind}-{terms.level:g}")
def test_every_kind_fires_when_the_reference_does(terms: Terms) -> None:
    told = 0
    for seed in range(3):
        scenes = made_up(seed)
        fired = [trigger.at_ms for trigger in triggers_of(terms, moments_of(scenes))]
        assert fired == reference.firings(terms, scenes)
        told += len(fired)
    assert told, "a kind that never fires here is not tested"


@given(st.integers(0, 10_000), st.sampled_from(RULES), st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_no_rule_fires_on_a_minute_that_is_not_whole(seed: int, terms: Terms, data) -> None:
    scenes = made_up(seed, minutes=80)
    fired = {trigger.at_ms for trigger in triggers_of(terms, moments_of(scenes))}
    if terms.kind == "stale":
        assert fired <= {scene.at_ms for scene in scenes if scene.silent}
    else:
        assert fired <= {scene.at_ms for scene in scenes if scene.is_whole}


@given(st.integers(0, 10_000), st.sampled_from([t for t in RULES if t.kind != "stale"]))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_fires_in_the_first_minute_after_a_gap(seed: int, terms: Terms) -> None:
    scenes = made_up(seed, minutes=80)
    whole = [scene for scene in scenes if scene.is_whole]
    first_again = {b.at_ms for a, b in pairwise(whole) if b.at_ms - a.at_ms > 10 * MINUTE_MS}
    assert not first_again & {trigger.at_ms for trigger in triggers_of(terms, moments_of(scenes))}


@given(st.integers(0, 10_000), st.sampled_from(RULES), st.sampled_from([5, 30, 120]))
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_at_most_one_every_so_many_minutes(seed: int, terms: Terms, minutes: int) -> None:
    limited = replace(terms, every_ms=minutes * MINUTE_MS)
    fired = [
        trigger.at_ms for trigger in triggers_of(limited, moments_of(made_up(seed, minutes=120)))
    ]
    assert all(b - a >= minutes * MINUTE_MS for a, b in pairwise(fired))


def test_scenes_are_kept_as_they_were() -> None:
    scenes = made_up(1, minutes=20)
    assert unpack(pack(scenes)) == scenes


SENTENCES = (
    {"kind": "near", "within": 0.02},
    {"kind": "formed", "within": 0.15},
    {"kind": "grew", "usd": 3e7},
    {"kind": "shrank", "level": 0.2},
    {"kind": "swept"},
    {"kind": "cascade", "level": 2},
    {"kind": "asymmetry", "level": 1.05},
    {"kind": "realised", "usd": 1e6, "window_min": 15},
    {"kind": "near", "within": 0.03, "brackets": [3, 4]},
    {"kind": "near", "within": 0.03, "venues": ["binance"], "side": "long", "every_min": 10},
)


def live_through(world, minutes: Iterator[int]) -> None:
    """Let minutes pass, some real liquidations in them, each published as it ends."""
    instrument = world.market.instruments.get(venue="binance")
    for minute in minutes:
        world.live_until(minute)
        if minute % 9 == 0:
            Liquidation.objects.create(
                instrument=instrument, ts_ms=world.now_ms - 30_000, side="long", size_base=9.0,
                usd=5e5 * (1 + minute % 4), completeness="full",
            )  # fmt: skip
        world.publish()


def test_what_fired_live_is_what_the_preview_and_the_reference_say(world, make_rule) -> None:
    made = [save_rule(make_rule(**words)) for words in SENTENCES]
    live_through(world, iter(range(60)))
    assert Firing.objects.exists()
    for rule in made:
        terms = terms_of(rule)
        stream = Stream.objects.get(market=world.market, selection=rule.selection)
        scenes = list(recall_scenes(stream, since_ms=0))
        fired = list(rule.firings.order_by("at_ms").values_list("at_ms", flat=True))
        seen = preview_of(terms, [world.market], selection_from_key(rule.selection))
        assert fired == [trigger.at_ms for trigger in seen.triggers]
        assert fired == reference.firings(terms, scenes)


def test_the_past_worked_out_from_the_tape_is_the_past_that_was_lived(world, make_rule) -> None:
    live_through(world, iter(range(30)))
    stream = Stream.objects.get()
    lived = list(recall_scenes(stream, since_ms=0))
    SceneHour.objects.all().delete()
    look = look_of(world.market, newest_snapshot(world.market))
    while fill_in(stream, look):
        pass
    again = {scene.at_ms: scene for scene in recall_scenes(stream, since_ms=0)}
    assert len(again) > 250
    assert [again[scene.at_ms] for scene in lived[1:]] == lived[1:]


def test_a_worker_that_was_away_catches_up_on_every_minute(world, make_rule) -> None:
    rule = make_rule(within=0.03)
    live_through(world, iter(range(40)))
    world.live_until(75)
    world.publish()
    scenes = list(recall_scenes(Stream.objects.get(), since_ms=0))
    assert [b.at_ms - a.at_ms for a, b in pairwise(scenes)] == [MINUTE_MS] * 75
    fired = list(rule.firings.order_by("at_ms").values_list("at_ms", flat=True))
    assert fired == reference.firings(terms_of(rule), scenes)


def test_nothing_fires_across_a_change_of_feed(world, make_rule) -> None:
    rule = make_rule(within=0.15)
    live_through(world, iter(range(10)))
    before = rule.firings.count()
    old = world.feed
    world.feed = Feed.objects.create(
        kind="simulated", label="another", source="other", state="running",
        anchor_data_ms=world.now_ms, anchor_wall_ms=world.now_ms,
    )  # fmt: skip
    old.delete()
    live_through(world, iter(range(10, 12)))
    assert rule.firings.count() == before
    assert RuleState.objects.get(rule=rule).held


def test_a_silent_market_tells_its_own_rule_and_lets_the_others_wait(world, make_rule) -> None:
    stale, near = make_rule(kind="stale"), make_rule(within=0.15)
    live_through(world, iter(range(5)))
    before = near.firings.count()
    world.minute += 30
    world.publish()
    assert [f.detail["venue"] for f in stale.firings.all()] == ["hyperliquid"]
    assert near.firings.count() == before
    assert not Firing.objects.filter(kind="silent").exists()


def test_whoever_has_no_rule_for_silence_is_told_once_that_alerts_wait(world, make_rule) -> None:
    make_rule(within=0.15), make_rule(within=0.1)
    live_through(world, iter(range(5)))
    world.minute += 30
    world.publish()
    assert Firing.objects.filter(kind="silent").count() == 1
