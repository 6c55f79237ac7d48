"""Clusters keep their names while bins jitter, and each thing that happens is told once."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from apps.engine.following import (
    CONFIRM_LOOKS,
    PATIENCE_MS,
    Change,
    Following,
    Kind,
    begin,
    follow,
)
from apps.engine.records import Cluster, Side

MINUTE_MS = 60_000
PRICE = 60_000.0


def cluster(peak: float, usd: float = 1e8, side: Side = Side.LONG, width: float = 200.0) -> Cluster:
    """A zone around ``peak``, as the engine finds it with the price at 60,000."""
    low, high = peak - width / 2, peak + width / 2
    return Cluster(side, low, high, peak, usd, peak / PRICE - 1, 0.1)


def looks(
    sights: Iterable[list[Cluster]],
    *,
    following: Following | None = None,
    low: float = PRICE,
    high: float = PRICE,
) -> tuple[Following, list[Change]]:
    """Follow one look a minute."""
    following = following or begin([], at_ms=0)
    told: list[Change] = []
    for found in sights:
        at_ms = following.at_ms + MINUTE_MS
        following, changes = follow(following, found, at_ms=at_ms, low=low, high=high)
        told += changes
    return following, told


def kinds(told: list[Change]) -> list[Kind]:
    return [change.kind for change in told]


def test_what_is_there_at_the_beginning_has_not_formed() -> None:
    following = begin([cluster(57_000)], at_ms=0)
    _, told = looks([[cluster(57_000)]] * 10, following=following)
    assert told == []


def test_a_cluster_that_lasts_forms_once() -> None:
    following, told = looks([[cluster(57_000)]] * 10)
    assert kinds(told) == [Kind.FORMED]
    assert [c.name for c in following.standing] == [told[0].cluster.name]


def test_a_flash_of_fewer_looks_tells_nothing() -> None:
    sights = [[cluster(57_000)]] * (CONFIRM_LOOKS - 1) + [[]] * 20
    assert looks(sights)[1] == []


def test_a_cluster_that_is_hidden_for_a_moment_has_not_vanished() -> None:
    sights = [[cluster(57_000)]] * 5 + [[]] * (PATIENCE_MS // MINUTE_MS - 1) + [[cluster(57_000)]]
    assert kinds(looks(sights)[1]) == [Kind.FORMED]


def test_a_cluster_that_stays_away_vanishes_once() -> None:
    assert kinds(looks([[cluster(57_000)]] * 5 + [[]] * 30)[1]) == [Kind.FORMED, Kind.VANISHED]


def test_what_comes_back_to_its_place_keeps_its_name_and_has_not_formed_again() -> None:
    following, told = looks([[cluster(57_000)]] * 5 + [[]] * 20 + [[cluster(57_050)]] * 5)
    assert kinds(told) == [Kind.FORMED, Kind.VANISHED]
    assert following.standing[0].name == told[0].cluster.name


def test_the_price_at_the_densest_bin_sweeps_and_the_rest_is_nothing_new() -> None:
    following, _ = looks([[cluster(57_000)]] * 5)
    following, told = looks([[cluster(56_950)]], following=following, low=56_990)
    assert kinds(told) == [Kind.SWEPT]
    assert told[0].cluster.usd == 1e8
    assert looks([[cluster(56_930)]] * 10, following=following)[1] == []


def test_a_price_that_stops_at_the_edge_sweeps_nothing() -> None:
    following, _ = looks([[cluster(57_000)]] * 5)
    assert looks([[cluster(57_000)]] * 5, following=following, low=57_010)[1] == []


def test_growth_is_told_in_steps_and_breathing_is_not() -> None:
    following, _ = looks([[cluster(57_000)]] * 5)
    breathing = [[cluster(57_000, usd)] for usd in (1e8, 1.2e8, 0.8e8) * 10]
    following, told = looks(breathing, following=following)
    assert told == []
    _, told = looks([[cluster(57_000, usd)] for usd in (1.3e8, 1.4e8, 0.9e8)], following=following)
    assert [(c.kind, c.before_usd) for c in told] == [(Kind.GREW, 1e8), (Kind.SHRANK, 1.3e8)]


def test_the_larger_part_of_a_split_keeps_the_name_and_neither_has_formed() -> None:
    following, told = looks([[cluster(57_000, width=600)]] * 5)
    name = told[0].cluster.name
    parts = [cluster(56_850, 7e7, width=300), cluster(57_200, 5e7, width=150)]
    following, told = looks([parts] * 10, following=following)
    assert Kind.FORMED not in kinds(told)
    assert {c.name: c.peak for c in following.standing}[name] == 56_850


def test_a_long_and_a_short_at_one_price_are_two() -> None:
    both = [cluster(57_000), cluster(57_000, side=Side.SHORT)]
    assert len({change.cluster.name for change in looks([both] * 5)[1]}) == 2


peaks = st.lists(
    st.integers(0, 15).map(lambda step: 52_000.0 + 400 * step), unique=True, max_size=6
)
sizes = st.floats(1e6, 1e9)


@given(peaks, st.randoms(use_true_random=False))
def test_jitter_of_bins_and_sizes_never_tells_anything_but_that_they_formed(peaks, random) -> None:
    sights = [
        [
            cluster(peak + random.uniform(-30, 30), 1e8 * random.uniform(0.95, 1.05))
            for peak in random.sample(peaks, len(peaks))
        ]
        for _ in range(30)
    ]
    following, told = looks(sights)
    assert kinds(told) == [Kind.FORMED] * len(peaks)
    assert len(following.clusters) == len(peaks)


@given(st.lists(st.lists(st.tuples(peaks.flatmap(st.just), sizes), max_size=1), max_size=25))
def test_no_cluster_ends_twice_without_standing_in_between(world) -> None:
    sights = [[cluster(p, usd) for peaks, usd in look for p in peaks] for look in world]
    following, told = looks(sights)
    names = [c.name for c in following.clusters]
    assert len(names) == len(set(names))
    for name in {change.cluster.name for change in told}:
        story = [c.kind for c in told if c.cluster.name == name]
        assert story.count(Kind.FORMED) <= 1
        assert all(
            not (a is Kind.VANISHED and b is Kind.VANISHED)
            for a, b in zip(story, story[1:], strict=False)
        ) or story.count(Kind.VANISHED) * (PATIENCE_MS // MINUTE_MS) <= len(sights)


@given(peaks, st.floats(0.2, 5))
def test_dollars_are_only_scaled(peaks, factor) -> None:
    sights = [[cluster(p) for p in peaks]] * 5
    scaled = [[cluster(p, 1e8 * factor) for p in peaks]] * 5
    assert kinds(looks(sights)[1]) == kinds(looks(scaled)[1])
