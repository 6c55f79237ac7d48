import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.margin import liquidation_price
from apps.engine.records import Side
from apps.engine.sizes import FlatTier, in_proportion, size_for_risk, tier_of
from apps.engine.sizes import liquidation_price as own_liquidation_price
from apps.engine.stops import BadPlan, Refusal

# Binance BTCUSDT as documented: floor, cap, rate, deduction, leverage.
TIERS = [
    FlatTier(0.004, 125.0, 0.0, 300e3, 0.0),
    FlatTier(0.005, 100.0, 300e3, 800e3, 300.0),
    FlatTier(0.0065, 75.0, 800e3, 3e6, 1_500.0),
    FlatTier(0.01, 50.0, 3e6, 12e6, 12_000.0),
]


def size(*, side: Side = Side.LONG, entry: float = 90_000.0, stop: float = 85_400.0, **changes):
    asked = {"risk_usd": 460.0, "leverage": 10.0, "tiers": TIERS} | changes
    return size_for_risk(side=side, entry=entry, stop=stop, **asked)


def test_the_stop_loses_exactly_the_risk():
    told = size()
    assert told.base == pytest.approx(0.1)
    assert told.base * (90_000 - 85_400) == pytest.approx(460)
    assert (told.notional_usd, told.margin_usd) == pytest.approx((9_000, 900))


def test_moving_the_stop_out_of_the_cluster_makes_the_position_smaller():
    inside, beyond = size(stop=86_200.0), size(stop=85_400.0)
    assert beyond.base / inside.base == pytest.approx(3_800 / 4_600)


def test_the_liquidation_price_is_the_exact_one_of_the_tier():
    exact = float(liquidation_price(90_000, 10, 0.004, Side.LONG))
    assert size().liquidation_price == pytest.approx(exact)
    assert not size().is_liquidated_first


def test_twenty_five_times_is_liquidated_before_a_stop_at_85400():
    told = size(leverage=25.0)
    assert told.liquidation_price > 85_400
    assert told.is_liquidated_first
    assert 18 < told.highest_leverage < 19
    just_right = size(leverage=told.highest_leverage)
    assert just_right.liquidation_price == pytest.approx(85_400)


def test_shorts_mirror_longs():
    told = size(side=Side.SHORT, stop=94_600.0, leverage=25.0)
    assert told.base == pytest.approx(0.1)
    assert told.liquidation_price < 94_600
    assert told.is_liquidated_first


def test_tiers_join_without_a_step():
    """At a cap both tiers ask for the same margin, so the price is the same."""
    base = 800e3 / 90_000
    for side in Side:
        below = own_liquidation_price(side, 90_000, base, 10, TIERS[1])
        above = own_liquidation_price(side, 90_000, base, 10, TIERS[2])
        assert below == pytest.approx(above, rel=2e-4)


def test_of_tiers_of_one_size_the_strictest_that_allows_the_leverage_counts():
    assumed = [FlatTier(0.004, 125.0), FlatTier(0.008, 20.0), FlatTier(0.01, 7.0)]
    assert tier_of(1e6, 15.0, assumed).maintenance_margin_rate == 0.008
    assert tier_of(1e6, 125.0, assumed).maintenance_margin_rate == 0.004


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"stop": 95_000.0}, Refusal.STOP_ON_THE_WRONG_SIDE),
        ({"risk_usd": 0.0}, Refusal.NO_RISK),
        ({"risk_usd": -5.0}, Refusal.NO_RISK),
        ({"risk_usd": np.nan}, Refusal.NO_RISK),
        ({"leverage": 0.5}, Refusal.LEVERAGE_TOO_LOW),
        ({"leverage": 126.0}, Refusal.LEVERAGE_BEYOND_THE_TIER),
        ({"risk_usd": 60_000.0, "leverage": 100.0}, Refusal.LEVERAGE_BEYOND_THE_TIER),
        ({"risk_usd": 1e6}, Refusal.TOO_LARGE_FOR_THE_VENUE),
        ({"entry": 0.0}, Refusal.NOT_A_NUMBER),
    ],
)
def test_nonsense_is_refused_in_one_sentence(changes, refusal):
    with pytest.raises(BadPlan) as refused:
        size(**changes)
    assert refused.value.refusal is refusal
    assert str(refused.value).count(".") == 1


def test_a_refused_leverage_comes_with_the_greatest_that_is_allowed():
    with pytest.raises(BadPlan) as refused:
        size(risk_usd=60_000.0, leverage=100.0)
    assert refused.value.limit == 75.0


def test_risk_is_shared_out_in_proportion_to_the_clusters():
    """The brief's 340 millions between 84,000 and 86,000, beside one half as deep."""
    assert in_proportion(510.0, [340e6, 170e6]) == pytest.approx([340, 170])
    assert in_proportion(510.0, [0.0, 0.0]) == pytest.approx([0, 0])
    with pytest.raises(BadPlan, match="risk"):
        in_proportion(0.0, [1.0])
    with pytest.raises(BadPlan, match="numbers"):
        in_proportion(1.0, [-1.0])


@given(
    stop=st.floats(0.5, 0.995),
    leverage=st.floats(1.0, 125.0),
    risk=st.floats(1.0, 1_000.0),
    side=st.sampled_from(Side),
)
def test_the_highest_leverage_is_where_stop_and_liquidation_meet(stop, leverage, risk, side):
    at = 100 * stop if side is Side.LONG else 200 - 100 * stop
    told = size_for_risk(
        side=side, entry=100.0, stop=at, risk_usd=risk, leverage=leverage,
        tiers=[FlatTier(0.005, 125.0)],
    )  # fmt: skip
    assert told.is_liquidated_first == (leverage > told.highest_leverage * (1 + 1e-9)) or (
        leverage == pytest.approx(told.highest_leverage)
    )
    assert 1 <= told.highest_leverage <= 125
