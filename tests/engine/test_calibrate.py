"""The fit of leverage obeys its laws, whatever the evidence."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.calibrate import (
    GROUPS,
    Evidence,
    by_group,
    fit_shares,
    forgetting,
    penalised_likelihood,
    resampled_fits,
    scales_of,
)
from apps.engine.fit_trial import split_days, try_on
from apps.engine.leverage import LEVERAGES

L = 6
PRIOR = np.array([0.3, 0.25, 0.2, 0.15, 0.1, 0.0])


def some_evidence(seed: int, *, days: int = 20, truth: np.ndarray | None = None) -> Evidence:
    """Sparse exposure in two groups of unknown scale; the first leverage is never reached."""
    rng = np.random.default_rng(seed)
    cells = days * 24
    reached = rng.lognormal(10, 1.5, (cells, L)) * (rng.random((cells, L)) < 0.4)
    reached[:, 0] = 0.0
    group = np.arange(cells) % 2
    shares = PRIOR if truth is None else truth
    mean = (reached @ shares) * np.array([0.7, 0.2])[group]
    return Evidence(reached, mean * rng.gamma(2.0, 0.5, cells), group, np.arange(cells) // 24)


seeds = st.integers(0, 10_000)


@given(seeds)
def test_shares_are_never_negative_and_sum_to_one(seed: int) -> None:
    shares = fit_shares(some_evidence(seed), PRIOR)
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1.0)
    assert shares[-1] == 0.0  # what a venue does not offer stays nothing


@given(seeds)
def test_no_round_lowers_the_penalised_likelihood(seed: int) -> None:
    evidence = some_evidence(seed, days=4)
    shares, known = PRIOR, [penalised_likelihood(evidence, PRIOR, PRIOR)]
    for rounds in range(1, 15):
        shares = fitted_for(evidence, rounds)
        known.append(penalised_likelihood(evidence, shares, PRIOR))
    assert (np.diff(known) >= -1e-12).all()


def fitted_for(evidence: Evidence, rounds: int) -> np.ndarray:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("apps.engine.calibrate.MOST_ROUNDS", rounds)
        return fit_shares(evidence, PRIOR)


@given(seeds)
def test_the_order_of_days_means_nothing(seed: int) -> None:
    evidence = some_evidence(seed, days=6)
    order = np.random.default_rng(seed).permutation(6)
    shuffled = replace(evidence, day=order[evidence.day])
    mixed = shuffled.of(np.argsort(shuffled.day, kind="stable"))
    assert fit_shares(mixed, PRIOR) == pytest.approx(fit_shares(evidence, PRIOR), abs=1e-9)


@given(seeds, st.floats(1e-3, 1e3))
def test_dollars_of_another_size_give_the_same_shares(seed: int, factor: float) -> None:
    evidence = some_evidence(seed, days=6)
    scaled = replace(evidence, realised=evidence.realised * factor)
    assert fit_shares(scaled, PRIOR) == pytest.approx(fit_shares(evidence, PRIOR), abs=1e-9)


@given(seeds)
def test_without_evidence_the_prior_stands(seed: int) -> None:
    evidence = some_evidence(seed, days=4)
    silent = replace(evidence, realised=np.zeros(len(evidence)))
    unreached = replace(evidence, exposure=np.zeros_like(evidence.exposure))
    for nothing in (silent, unreached, evidence.of(np.zeros(len(evidence), dtype=bool))):
        assert fit_shares(nothing, PRIOR) == pytest.approx(PRIOR)


def test_a_leverage_that_no_price_reached_keeps_its_share() -> None:
    truth = np.array([0.3, 0.05, 0.1, 0.2, 0.35, 0.0])
    shares = fit_shares(some_evidence(3, days=60, truth=truth), PRIOR)
    assert shares[0] == pytest.approx(PRIOR[0], abs=1e-3)
    assert shares == pytest.approx(truth, abs=0.05)


def test_a_cell_counted_twice_is_two_cells() -> None:
    evidence = some_evidence(4, days=3)
    doubled = evidence.of(np.repeat(np.arange(len(evidence)), 2))
    weight = np.full(len(evidence), 2.0)
    assert fit_shares(evidence, PRIOR, weight=weight) == pytest.approx(fit_shares(doubled, PRIOR))


def test_what_is_sixty_days_old_counts_half() -> None:
    assert forgetting(np.array([0, 60, 120])) == pytest.approx([0.25, 0.5, 1.0])


def test_scales_are_realised_dollars_per_expected_one() -> None:
    evidence = some_evidence(5, days=200)
    assert scales_of(evidence, PRIOR) == pytest.approx([0.7, 0.2], rel=0.1)


def test_the_engines_leverages_fall_into_five_groups() -> None:
    leverages = np.array(LEVERAGES)
    members = by_group(leverages, np.eye(len(leverages)))
    told = {name: leverages[members[:, i] > 0].tolist() for i, name in enumerate(GROUPS)}
    assert told == {
        "≤ 5×": [2, 3, 5], "7–10×": [7, 10], "15–25×": [15, 20, 25], "33–50×": [33, 50],
        "≥ 75×": [75, 100, 125],
    }  # fmt: skip


def test_resampled_days_spread_less_when_there_are_more() -> None:
    few, many = (
        resampled_fits(some_evidence(6, days=d), PRIOR, np.random.default_rng(1), draws=30)
        for d in (4, 64)
    )
    assert many.std(axis=0)[1:-1].mean() < few.std(axis=0)[1:-1].mean()


TRUTH = np.array([0.3, 0.02, 0.03, 0.25, 0.4, 0.0])


def test_the_true_shares_win_on_later_days_and_wrong_ones_do_not() -> None:
    earlier, later = split_days(some_evidence(7, days=40, truth=TRUTH))
    won = try_on(later, earlier, PRIOR, TRUTH, np.random.default_rng(0))
    lost = try_on(later, earlier, TRUTH, PRIOR, np.random.default_rng(0))
    assert won.is_won
    assert won.gain_low < won.gain
    assert not lost.is_won
    assert lost.gain == pytest.approx(-won.gain)


def test_equal_sets_gain_nothing_and_do_not_win() -> None:
    earlier, later = split_days(some_evidence(8))
    trial = try_on(later, earlier, PRIOR, PRIOR, np.random.default_rng(0))
    assert (trial.gain, trial.is_won) == (0.0, False)


def test_two_days_lie_between_what_is_fitted_and_what_is_judged() -> None:
    earlier, later = split_days(some_evidence(9, days=20))
    assert (earlier.day.max(), later.day.min(), later.day.max()) == (12, 15, 19)


def test_days_without_liquidations_cannot_be_judged_by() -> None:
    earlier, later = split_days(some_evidence(10))
    silent = replace(later, realised=np.zeros(len(later)))
    with pytest.raises(ValueError, match="too little"):
        try_on(silent, earlier, PRIOR, TRUTH, np.random.default_rng(0))
