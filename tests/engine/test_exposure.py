"""What each leverage lost to the price is what the walk swept, told apart."""

from collections import defaultdict

import numpy as np
import pytest

from apps.engine.book import rebuild
from apps.engine.exposure import swept_by_leverage
from apps.engine.parameters import default_parameters
from apps.engine.records import Side
from tests.engine.reference import SlowVenue, slow_walk
from tests.engine.synthetic import random_bars
from tests.engine.test_twin import small


@pytest.mark.parametrize("volatility", [2e-3, 2e-2])
def test_each_leverage_loses_what_the_slow_walk_takes_from_it(
    monkeypatch: pytest.MonkeyPatch, volatility: float
) -> None:
    taken = defaultdict(float)  # by venue, bar, side and leverage
    sweep = SlowVenue.sweep

    def watched(self: SlowVenue, side: Side, level: float) -> float:
        for (of, leverage, place), amount in self.amounts.items():
            if of == side:
                at = self.name, len(self.reached) - 1, int(side), leverage
                taken[at] += amount * self.passed(side, place, level)
        return sweep(self, side, level)

    monkeypatch.setattr(SlowVenue, "sweep", watched)
    bars, parameters = random_bars(11, count=25, volatility=volatility), small("exact")
    slow_walk(bars, parameters)
    walk, swept = swept_by_leverage(bars, parameters)

    expected = np.zeros_like(swept)
    for (venue, bar, side, leverage), base in taken.items():
        place = walk.venues.index(venue)
        expected[bar, place, side, leverage] = base * bars.close[place, bar]
    assert expected.max() > 0
    np.testing.assert_allclose(swept, expected, rtol=1e-6, atol=1e-9 * expected.max())


def test_a_leverage_whose_positions_lie_far_away_loses_nothing_at_all() -> None:
    """Not even what rounding leaves over: a fit would take it for the only explanation."""
    bars = random_bars(13, count=2_000, volatility=3e-4)
    _, swept = swept_by_leverage(bars, default_parameters())
    far, near = swept[..., :3], swept[..., -4:]  # up to 5×; 50× and more
    assert (far == 0).all()
    assert near.sum() > 0


def test_leverages_sum_to_what_the_plain_walk_reached() -> None:
    """Over many blocks, with readings missing and grids moving."""
    bars = random_bars(12, count=3_000, volatility=4e-3, holes=True)
    walk, swept = swept_by_leverage(bars, default_parameters())
    plain = rebuild(bars, default_parameters())
    assert walk.end_ms == plain.end_ms
    np.testing.assert_array_equal(walk.reached, plain.reached)
    np.testing.assert_allclose(swept.sum(axis=-1), plain.reached_usd, rtol=1e-9, atol=1e-6)
    assert np.isfinite(swept).all()
    assert (swept >= 0).all()
