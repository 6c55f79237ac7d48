"""What hours add up to: the line from earlier ones, chance beside every value, intervals."""

import numpy as np
import pytest

from apps.accuracy.measures import BLOCK_HOURS, ZONE_FIELDS, Hours, measure
from apps.accuracy.periods import (
    DAY_MS,
    LEAST_DAYS,
    LEAST_HOURS,
    MOST_DAYS,
    MOST_FITTED_DAYS,
    MOST_SCORED_DAYS,
    periods_of,
)
from apps.engine.intervals import Paths
from apps.engine.score import EMBARGO_MS, score

HOUR_MS = 3_600_000


def starts_of(days: float) -> np.ndarray:
    return np.arange(round(days * 24), dtype=np.int64) * HOUR_MS


def hours_of(days: float, seed: int = 1) -> Hours:
    """The map knows half of what moves the logs of what happens; ranges know a tenth."""
    rng = np.random.default_rng(seed)
    starts = starts_of(days)
    known, hidden = rng.normal(0, 1, (2, len(starts), 2))
    realised = np.exp(12 + known + hidden)
    travel = np.exp(0.3 * (known + 2 * rng.normal(0, 1, known.shape))) / 1000
    price = np.full(len(starts), 100.0)
    return Hours(
        starts_ms=starts,
        predicted={name: np.exp(12 + known * share) for name, share in
                   (("exact", 1.0), ("brief", 0.7), ("oi-only", -1.0))},
        realised=realised,
        paths=Paths(price, price * np.exp(travel[:, 1]), price * np.exp(-travel[:, 0]),
                    np.ones(len(starts)), np.ones(len(starts))),
        zones=rng.lognormal(0, 1, (len(starts), 2, len(ZONE_FIELDS))),
    )  # fmt: skip


def test_before_three_weeks_no_line_is_fitted_but_ranks_are_told():
    told = measure(hours_of(LEAST_DAYS - 0.5))
    assert not told["has_line"]
    found = told["sides"]["long"]["exact"]
    assert found["log_r2"] is None
    assert found["spearman"]["value"] > 0.5
    assert told["days"] == pytest.approx(LEAST_DAYS - 0.5)


@pytest.mark.parametrize("days", [LEAST_DAYS, 40, MOST_DAYS, MOST_DAYS + 50])
def test_the_line_never_sees_what_is_scored(days):
    starts = starts_of(days)
    periods = periods_of(starts)
    assert periods.has_line
    last_fitted = starts[periods.fit].max() + HOUR_MS
    assert last_fitted + EMBARGO_MS <= starts[periods.scored].min()
    assert np.ptp(starts[periods.fit]) < MOST_FITTED_DAYS * DAY_MS
    assert np.ptp(starts[periods.scored]) < MOST_SCORED_DAYS * DAY_MS
    assert periods.scored[-1]


def test_many_lost_hours_leave_no_line():
    starts = starts_of(40)
    kept = starts[(starts < LEAST_HOURS * HOUR_MS // 2) | (starts > 30 * DAY_MS)]
    assert not periods_of(kept).has_line
    assert periods_of(starts[:0]).days == 0


def test_values_are_those_of_the_engines_score():
    hours = hours_of(40)
    told, periods = measure(hours), periods_of(hours.starts_ms)
    for side, name in ((0, "long"), (1, "short")):
        for model, usd in hours.predicted.items():
            expected = score(usd[:, side], hours.realised[:, side], periods.fit, periods.scored)
            found = told["sides"][name][model]
            for measured in ("log_r2", "spearman", "top_hit"):
                assert found[measured]["value"] == pytest.approx(getattr(expected, measured))


def test_intervals_hold_their_value_and_come_again():
    told = measure(hours_of(40))
    for model in told["sides"]["long"].values():
        for found in model.values():
            assert found["low"] <= found["value"] + 0.02
            assert found["value"] <= found["high"] + 0.02
    assert told == measure(hours_of(40))
    assert BLOCK_HOURS == 24


def test_the_margin_is_over_the_best_baseline_known_in_advance():
    told = measure(hours_of(40))
    sides = told["sides"]["short"]
    best = max(sides[name]["log_r2"]["value"] for name in ("range", "range_past_volume"))
    found = told["margin"]["short"]["log_r2"]
    assert found["value"] == pytest.approx(sides["exact"]["log_r2"]["value"] - best)
    assert found["low"] > 0


def test_alignment_stands_beside_its_chance():
    hours = hours_of(10)
    totals = dict(zip(ZONE_FIELDS, hours.zones.sum(axis=(0, 1)), strict=True))
    told = measure(hours)["zones"]["both"]
    assert told["alignment"]["value"] == pytest.approx(totals["aligned_usd"] / totals["usd"])
    assert told["chance"]["value"] == pytest.approx(totals["chance_usd"] / totals["usd"])
    assert told["alignment_lift"]["value"] == pytest.approx(
        told["alignment"]["value"] / told["chance"]["value"]
    )
    assert told["lift_20"]["value"] == pytest.approx(totals["hit_20_usd"] / totals["usd"] / 0.2)
    assert told["bits"]["value"] == pytest.approx(totals["bits"] / totals["usd"])


def test_without_liquidations_nothing_is_told_of_zones():
    hours = hours_of(10)
    hours.zones[...] = 0.0
    hours.realised[...] = 0.0
    told = measure(hours)
    assert told["zones"]["both"]["bits"] is None
    assert told["sides"]["long"]["exact"]["log_r2"] is None
