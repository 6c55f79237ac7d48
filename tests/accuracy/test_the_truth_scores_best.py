"""On a market whose positions are known the measures say what they should.

Random zones are as good as chance, and no other settings foretell as much as the true ones.
"""

import numpy as np
import pytest

from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import VenueTerms, default_parameters
from apps.engine.zones import ZoneSums, zone_sums
from tests.accuracy.true_market import (
    VENUE,
    TrueMarket,
    judged,
    settings,
    shares,
    true_market,
    ways,
)

GRID = np.array(LEVERAGES)
DRAWS = 10
WRONG = {
    "every leverage alike": np.ones(len(GRID)),
    "low leverage only": (GRID <= 5) * 1.0,
    "high leverage only": (GRID >= 50) * 1.0,
    "the menu of public maps": (GRID == 10) * 0.3 + (GRID == 25) * 0.35 + (GRID == 50) * 0.25
    + (GRID == 100) * 0.1,
}  # fmt: skip


@pytest.fixture(scope="module")
def market() -> TrueMarket:
    return true_market(5, days=20, positions=2000)


def test_random_zones_score_a_lift_of_one(market):
    rng = np.random.default_rng(1)
    known, total = list(ways(market)), ZoneSums()
    for _ in range(DRAWS):
        for way in known:
            total += zone_sums(rng.random(len(way.usd)), way.usd)
    lifts = [
        total.hit_10_usd / total.usd / 0.1,
        total.hit_20_usd / total.usd / 0.2,
        total.hit_30_usd / total.usd / 0.3,
        total.aligned_usd / total.chance_usd,
    ]
    assert lifts == pytest.approx([1.0] * 4, abs=0.05)
    assert total.bits < 0


def test_the_true_settings_gain_most(market):
    true = judged(market, market.parameters)
    terms = market.parameters.terms_of(VENUE)
    wrong = {
        name: settings(name, VenueTerms(12.4, 125.0, terms.maintenance, standing=shares(weights)))
        for name, weights in WRONG.items()
    }
    wrong["reversed"] = settings(
        "reversed", VenueTerms(12.4, 125.0, terms.maintenance, standing=terms.standing[::-1])
    )
    wrong["the brief's formula"] = default_parameters("brief")
    gains = {name: judged(market, told).bits for name, told in wrong.items()}
    assert true.bits / true.usd > 0.1
    assert true.hit_20_usd / true.usd > 1.3 * 0.2
    assert max(gains.values()) < true.bits, gains
