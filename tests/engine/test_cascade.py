"""The chain through the book: worked by hand, by laws, and beside a slow twin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.cascade import (
    BELIEFS,
    FURTHEST,
    STEP,
    Beliefs,
    Chain,
    Spark,
    Unknown,
    arrival,
    chain,
    typical_depth,
)
from apps.engine.depth import Depth
from apps.engine.map_curves import Curves
from apps.engine.records import Cluster, Side

PRICE = 100.0
CERTAIN = Beliefs(Unknown(1.0, 0.0), Unknown(1.0, 0.0), refill=0.0)
EVEN_BOOK = Depth(PRICE, 10.0, np.full(50, 1e6), np.full(50, 1e6))  # 10 M per percent


def curves_with(*levels: tuple[float, float]) -> Curves:
    """Dollars at single distances from the price, the same on both sides."""
    away = np.arange(0, 0.2, STEP)
    usd = np.zeros(len(away))
    for distance, dollars in levels:
        usd[round(distance / STEP) :] += dollars
    price = np.concatenate((PRICE * (1 - away[:0:-1]), PRICE * (1 + away)))
    nothing = np.zeros(len(away) - 1)
    return Curves(
        price, np.concatenate((usd[:0:-1], [0], nothing)), np.concatenate((nothing, usd)), PRICE
    )


def run(curves: Curves, order_usd: float, side: Side = Side.LONG, **changes) -> Chain:
    settings = {"beliefs": CERTAIN} | changes
    return chain(curves, EVEN_BOOK, side, Spark(order_usd), **settings)


def cluster_at(distance: float, width: float) -> Cluster:
    peak = PRICE * (1 + distance)
    side = Side.SHORT if distance > 0 else Side.LONG
    return Cluster(side, peak - width / 2, peak + width / 2, peak, 1e6, distance, 0.1)


@pytest.mark.parametrize("side", Side)
def test_an_order_alone_goes_as_far_as_the_book_lets_it(side):
    told = run(curves_with(), 5e6, side)
    assert told.reach.typical == pytest.approx(0.005)
    assert (told.reach.low, told.reach.high) == pytest.approx((0.005, 0.005))
    assert told.forced_usd.typical == 0.0


@pytest.mark.parametrize("side", Side)
def test_the_first_cluster_pushes_the_price_into_the_second(side):
    stacked = curves_with((0.004, 8e6), (0.012, 20e6), (0.05, 99e6))
    told = run(stacked, 5e6, side)
    assert told.reach.typical == pytest.approx(0.033, abs=2 * STEP)  # 5 + 8 + 20 M
    assert told.forced_usd.typical == pytest.approx(28e6)


def test_a_chain_stops_before_a_cluster_that_it_does_not_reach():
    told = run(curves_with((0.004, 8e6), (0.014, 20e6)), 5e6)
    assert told.reach.typical == pytest.approx(0.013, abs=2 * STEP)
    assert told.forced_usd.typical == pytest.approx(8e6)


def test_more_fuel_than_book_runs_to_the_end_and_leaves_the_book():
    told = run(curves_with((0.002, 1e9)), 3e6)
    assert told.reach.typical == pytest.approx(FURTHEST)
    assert told.leaves_book == 1.0


def test_orders_that_makers_take_up_do_not_press():
    stacked = curves_with((0.004, 8e6))
    half = run(stacked, 5e6, beliefs=replace(CERTAIN, refill=0.5))
    assert half.reach.typical == pytest.approx(0.009, abs=2 * STEP)
    assert half.forced_usd.typical == pytest.approx(8e6)


def test_a_price_that_has_arrived_sells_what_lay_before_the_peak():
    near, peak = 0.01, 0.02
    curves = curves_with((0.012, 4e6), (0.03, 50e6))
    spark = arrival(cluster_at(-peak, width=2 * (peak - near) * PRICE), PRICE)
    assert (spark.lit_from, spark.start) == pytest.approx((near, peak))
    told = chain(curves, EVEN_BOOK, Side.LONG, spark, beliefs=CERTAIN)
    assert told.reach.typical == pytest.approx(0.024, abs=2 * STEP)


def test_uncertainty_is_a_range_around_and_chances_fall_with_distance():
    curves = curves_with(*((0.002 * i, 0.9e6) for i in range(1, 60)))
    stack = tuple(cluster_at(-d, 0.1) for d in (0.004, 0.01, 0.02, 0.06))
    told = run(curves, 5e6, beliefs=SHAKY, clusters=stack)
    assert told.reach.low < told.reach.typical < told.reach.high
    assert told.forced_usd.low < told.forced_usd.typical < told.forced_usd.high
    assert told.chances == tuple(sorted(told.chances, reverse=True))
    assert 0 < told.chances[1] < 1


SHAKY = Beliefs(Unknown(1.0, 0.5), Unknown(1.0, 0.3), refill=0.2)


def test_a_book_nobody_saw_is_assumed_from_open_interest():
    depth = typical_depth(PRICE, 1e9)
    assert depth.usd_within(Side.LONG, 0.01) == pytest.approx(10e6)
    assert not chain(
        curves_with(), depth, Side.LONG, Spark(1e6), beliefs=BELIEFS, is_depth_known=False
    ).is_depth_known


@pytest.mark.parametrize(
    "spark", [Spark(-1.0), Spark(np.nan), Spark(0.0, lit_from=0.02, start=0.01), Spark(np.inf)]
)
def test_an_impossible_spark_is_refused(spark):
    with pytest.raises(ValueError, match="a spark"):
        chain(curves_with(), EVEN_BOOK, Side.LONG, spark)


amounts = st.lists(st.floats(0, 5e6), min_size=40, max_size=40)


@settings(max_examples=60, deadline=None)
@given(fuel=amounts, book=amounts, order_usd=st.floats(0, 3e7))
def test_the_slow_twin_agrees(fuel, book, order_usd):
    """Step by step outward: does what was sold by now outweigh what rests up to here?"""
    levels = [(0.001 * (i + 1), usd) for i, usd in enumerate(fuel)]
    depth = Depth(PRICE, 10.0, np.array(book), np.array(book))
    told = chain(curves_with(*levels), depth, Side.LONG, Spark(order_usd), beliefs=CERTAIN)
    reached, away = 0.0, 0.0
    curves = curves_with(*levels)
    while away < FURTHEST:
        sold = order_usd + float(curves.usd_at(Side.LONG, PRICE * (1 - away)))
        beyond = max(away - 0.04, 0) * 1000 * np.mean(book[-5:])
        if sold <= float(depth.usd_within(Side.LONG, away)) + beyond:
            break
        reached, away = away, away + STEP
    assert told.reach.typical == pytest.approx(min(reached, FURTHEST), abs=2.1 * STEP)


@settings(max_examples=30, deadline=None)
@given(fuel=amounts, order_usd=st.floats(1e5, 3e7), times=st.floats(0.1, 10))
def test_only_the_proportions_of_fuel_order_and_book_matter(fuel, order_usd, times):
    levels = [(0.001 * (i + 1), usd) for i, usd in enumerate(fuel)]
    scaled = [(distance, times * usd) for distance, usd in levels]
    plain = run(curves_with(*levels), order_usd, beliefs=SHAKY)
    thick = Depth(PRICE, 10.0, times * EVEN_BOOK.bid_usd, times * EVEN_BOOK.ask_usd)
    spark = Spark(times * order_usd)
    other = chain(curves_with(*scaled), thick, Side.LONG, spark, beliefs=SHAKY)
    assert other.reach.typical == pytest.approx(plain.reach.typical, rel=1e-6)
    assert other.forced_usd.high == pytest.approx(times * plain.forced_usd.high, rel=1e-6)


def test_a_thicker_book_ends_every_chain_sooner():
    curves = curves_with(*((0.002 * i, 1.5e6) for i in range(1, 60)))
    reaches = [
        chain(
            curves, Depth(PRICE, 10.0, k * EVEN_BOOK.bid_usd, EVEN_BOOK.ask_usd), Side.LONG,
            Spark(5e6), beliefs=SHAKY,
        ).reach
        for k in (0.5, 1.0, 2.0, 4.0)
    ]  # fmt: skip
    highs = [reach.high for reach in reaches]
    assert highs == sorted(highs, reverse=True)
    assert highs[0] > highs[-1]
