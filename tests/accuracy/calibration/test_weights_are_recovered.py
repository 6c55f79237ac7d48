"""On sixty simulated days the fit finds the leverage that traders really chose."""

import os

import numpy as np
import pytest

from apps.engine.calibrate import by_group, fit_shares, resampled_fits
from apps.engine.fit_trial import split_days, try_on
from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import default_parameters
from apps.engine.records import FloatArray
from apps.markets.leverage_sets import bell_curve
from tests.accuracy.calibration.simulated_evidence import (
    evidence_of,
    simulated_market,
    true_shares,
)

DAYS = 60
SEEDS = range(1, 1 + int(os.environ.get("EMBERMAP_CALIBRATION_SEEDS", "1")))
WITHIN = 0.06  # the largest error of any group
LEVERAGE = np.array(LEVERAGES)


def error(shares: FloatArray, truth: FloatArray) -> FloatArray:
    return np.abs(by_group(LEVERAGE, shares) - by_group(LEVERAGE, truth))


@pytest.mark.parametrize("seed", SEEDS)
def test_sixty_days_recover_every_group_within_six_hundredths(seed: int) -> None:
    """The shipped shares are near the truth themselves, so a wrong start must come nearer too.

    What is fitted to the earlier days also foretells the later ones better than what is shipped.
    """
    traded, told = simulated_market(seed, days=DAYS)
    shipped = bell_curve(default_parameters(), "bybit")
    evidence, truth = evidence_of(told, default_parameters(), shipped), true_shares(traded)

    assert len(np.unique(evidence.day)) == DAYS
    assert error(fit_shares(evidence, shipped), truth).max() < WITHIN

    wrong = shipped.copy()
    levered = (LEVERAGE > 5) & (shipped > 0)
    wrong[levered] = shipped[levered].mean()
    found = fit_shares(evidence, wrong)
    assert error(wrong, truth).max() > 0.09
    assert error(found, truth).mean() < 0.75 * error(wrong, truth).mean()

    earlier, later = split_days(evidence)
    candidate = fit_shares(earlier, shipped)
    assert try_on(later, earlier, shipped, candidate, np.random.default_rng(seed)).is_won
    assert not try_on(later, earlier, candidate, shipped, np.random.default_rng(seed)).is_won

    spread = by_group(
        LEVERAGE, resampled_fits(evidence, shipped, np.random.default_rng(seed), draws=20)
    ).std(axis=0)
    assert (spread < WITHIN).all()
    assert (spread > 0).all()
