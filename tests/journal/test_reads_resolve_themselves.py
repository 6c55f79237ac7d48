"""A read is resolved by prices and liquidations alone, exactly as a slow judge would do it."""

from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest

from apps.journal.chance import chance_of
from apps.journal.outcome import NO_PRINTS, Terms, resolve
from tests.journal.generated import make_bars, make_dead, make_terms, path_of, prints_of
from tests.journal.reference import HOUR_MS, MINUTE_MS, Bar, judge

BEGIN_MS = 1_780_000_200_000
READ = Terms(BEGIN_MS, 4 * HOUR_MS, "long", price=100.0, low=97.0, high=98.0)


def minutes(*prices: float, begin_ms: int = BEGIN_MS) -> list[Bar]:
    """Bars of one minute each that only touch these prices."""
    return [
        Bar(begin_ms + i * MINUTE_MS, begin_ms + (i + 1) * MINUTE_MS, price, price, price, True)
        for i, price in enumerate(prices)
    ]


def as_told(terms: Terms, bars: list[Bar], dead: list = ()) -> dict:
    return asdict(resolve(terms, path_of(bars), prints_of(list(dead))))


def test_five_hundred_generated_reads_resolve_as_a_slow_judge_resolves_them():
    kinds = Counter()
    for seed in range(500):
        rng = np.random.default_rng(seed)
        bars = make_bars(rng)
        terms, dead = make_terms(rng, bars), make_dead(rng, bars)
        told, expected = as_told(terms, bars, dead), judge(terms, bars, dead)
        assert told == expected, seed
        kinds[told["state"], told["is_final"], told["is_gapped"]] += 1
        kinds[told["plan_state"]] += 1
    assert {state for state, *_ in (k for k in kinds if isinstance(k, tuple))} == {
        "open", "reached", "missed"
    }  # fmt: skip
    assert min(kinds[name] for name in ("stopped", "target", "time", "unfilled", "waiting")) > 3
    assert kinds["open", False, True] > 3


@pytest.mark.parametrize("seed", range(40))
def test_what_is_final_never_changes_and_what_is_reached_stays_reached(seed):
    rng = np.random.default_rng(1000 + seed)
    bars = make_bars(rng)
    terms, dead = make_terms(rng, bars), make_dead(rng, bars)
    before = None
    for end in range(1, len(bars), 37):
        told = as_told(terms, bars[:end], dead)
        if before and before["is_final"]:
            same = set(told) - {"covered_ms", "by_mark"}
            assert {n: told[n] for n in same} == {n: before[n] for n in same}
        if before and before["state"] == "reached":
            assert told["reached_ms"] == before["reached_ms"]
        before = told


def test_bars_that_come_late_heal_the_answer():
    bars = minutes(*[100.0] * 10, 97.5, *[99.0] * 80)
    holed = bars[:5] + bars[6:]
    assert as_told(READ, holed)["state"] == "open"
    assert as_told(READ, holed)["is_gapped"]
    healed = as_told(READ, bars)
    assert (healed["state"], healed["reached_ms"]) == ("reached", bars[10].end_ms)


def test_a_hole_before_the_deadline_is_never_a_miss():
    bars = minutes(*[100.0] * 400)
    assert as_told(READ, bars)["state"] == "missed"
    assert as_told(READ, bars[:100] + bars[101:])["state"] == "open"


def test_without_new_bars_a_read_stays_open_however_much_time_passes():
    told = as_told(READ, minutes(*[100.0] * 239))
    assert (told["state"], told["is_final"]) == ("open", False)


def test_the_minute_in_which_a_read_was_made_belongs_to_nobody():
    bars = minutes(97.5, *[100.0] * 300)
    assert as_told(replace(READ, at_ms=BEGIN_MS + 1), bars)["state"] == "missed"
    assert as_told(READ, bars)["state"] == "reached"


def test_shorts_above_mirror_longs_below():
    bars = minutes(*[100.0] * 10, 97.5, 96.0, *[99.0] * 80)
    mirrored = [replace_bar(bar) for bar in bars]
    below = as_told(replace(READ, next_price=96.5), bars)
    above = as_told(
        replace(READ, side="short", price=1 / 100, low=1 / 98, high=1 / 97, next_price=1 / 96.5),
        mirrored,
    )
    assert above["reached_ms"] == below["reached_ms"]
    assert above["ran_on_ms"] == below["ran_on_ms"] == bars[11].end_ms
    assert below["overshoot"] == pytest.approx(1 - 96 / 97)
    assert above["overshoot"] == pytest.approx(97 / 96 - 1)


def replace_bar(bar: Bar) -> Bar:
    return Bar(bar.begin_ms, bar.end_ms, 1 / bar.high, 1 / bar.low, 1 / bar.close, bar.is_mark)


def test_no_bars_at_all_say_nothing():
    told = resolve(replace(READ, entry=99.0), path_of([]), NO_PRINTS)
    assert (told.state, told.plan_state, told.covered_ms) == ("open", "waiting", READ.at_ms)


def test_the_chance_is_the_share_of_earlier_moments_after_which_the_price_went_there():
    falls_every_other_hour = [100.0 if (i // 60) % 2 else 98.0 for i in range(3000)]
    before = path_of(minutes(*falls_every_other_hour))
    assert chance_of(-0.01, HOUR_MS, before) == pytest.approx(0.5, abs=0.05)
    assert chance_of(-0.05, HOUR_MS, before) == 0.0
    assert chance_of(-0.01, HOUR_MS, path_of([])) is None
    assert chance_of(-0.01, 49 * HOUR_MS, before) is None
