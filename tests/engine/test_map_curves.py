from dataclasses import replace

import numpy as np
import pytest

from apps.engine.map_curves import curves_of, max_pain
from apps.engine.records import Picture, PriceGrid, Side

GRID = PriceGrid(base=160, count=80, step=0.5, is_log=False)  # 80 to 120


def picture_of(long_usd: np.ndarray, short_usd: np.ndarray, price: float = 100.0) -> Picture:
    return Picture(
        grid=GRID,
        end_ms=np.array([60_000]),
        cadence_ms=60_000,
        long_usd=long_usd[None],
        short_usd=short_usd[None],
        candles=np.full((1, 4), price),
        price=price,
        parameters_version="test",
    )


def level(price: float, usd: float) -> np.ndarray:
    column = np.zeros(GRID.count)
    column[int((price - 80) / 0.5)] = usd
    return column


EVEN = picture_of(np.full(GRID.count, 10.0), np.full(GRID.count, 20.0))


def test_totals_grow_away_from_the_price_and_are_nothing_on_the_other_side():
    curves = curves_of(EVEN)
    assert curves.usd_at(Side.LONG, [100.0, 99.0, 80.0, 110.0]) == pytest.approx([0, 20, 400, 0])
    assert curves.usd_at(Side.SHORT, [100.0, 101.0, 120.0, 90.0]) == pytest.approx([0, 40, 800, 0])


def test_a_bin_that_holds_the_price_counts_for_its_part():
    curves = curves_of(replace(EVEN, price=100.2))
    assert curves.long_usd.max() == pytest.approx(10 * 20.2 / 0.5)
    assert curves.short_usd.max() == pytest.approx(20 * 19.8 / 0.5)


def test_how_large_a_move_reaches_an_amount():
    curves = curves_of(EVEN)
    assert curves.price_reaching(Side.LONG, [20.0, 100.0]) == pytest.approx([99.0, 95.0])
    assert curves.move_reaching(Side.SHORT, [0.0, 40.0, 800.0]) == pytest.approx([0, 0.01, 0.20])


def test_what_the_map_does_not_hold_is_never_reached():
    curves = curves_of(EVEN)
    assert curves.price_reaching(Side.LONG, 401.0) == 0.0
    assert curves.price_reaching(Side.SHORT, 801.0) == np.inf
    assert curves.move_reaching(Side.LONG, 401.0) == np.inf
    nothing = curves_of(picture_of(np.zeros(GRID.count), np.zeros(GRID.count)))
    assert nothing.move_reaching(Side.LONG, [0.0, 1.0]) == pytest.approx([0.0, np.inf])


def test_amounts_and_prices_are_each_others_inverse():
    rng = np.random.default_rng(4)
    picture = picture_of(rng.exponential(1e6, GRID.count), rng.exponential(1e6, GRID.count))
    curves = curves_of(picture)
    for side, prices in ((Side.LONG, np.linspace(81, 99, 7)), (Side.SHORT, np.linspace(101, 119))):
        assert curves.price_reaching(side, curves.usd_at(side, prices)) == pytest.approx(prices)


def test_max_pain_is_the_densest_level_of_a_side_the_larger_first():
    picture = picture_of(level(95.0, 3e6) + level(90.0, 1e6), level(104.0, 2e6) + level(110.0, 9e6))
    pain = max_pain(picture)
    assert [p.side for p in pain] == [Side.SHORT, Side.LONG]
    assert [p.price for p in pain] == pytest.approx([110.25, 95.25])
    assert pain[1].distance == pytest.approx(-0.0475)


def test_a_side_without_heat_has_no_max_pain():
    picture = picture_of(level(95.0, 3e6), np.zeros(GRID.count))
    assert [p.side for p in max_pain(picture)] == [Side.LONG]
