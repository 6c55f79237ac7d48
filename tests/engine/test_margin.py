"""Liquidation prices: the brief's examples, the venues' own, and prints seen in the wild."""

import csv
import gzip
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.margin import bankruptcy_price, liquidation_price
from apps.engine.records import Side


@pytest.mark.parametrize(("leverage", "price"), [(10, 81_000.0), (25, 86_400.0)])
def test_the_simple_formula_gives_the_examples_of_the_brief(leverage: int, price: float) -> None:
    assert liquidation_price(90_000, leverage, 0.004, Side.LONG, formula="brief") == price


@pytest.mark.parametrize(("leverage", "rate", "price"), [(10, 0.004, 81_325), (25, 0.0065, 86_965)])
def test_the_exact_formula_closes_them_earlier(leverage: int, rate: float, price: float) -> None:
    exact = liquidation_price(90_000, leverage, rate, Side.LONG)
    assert exact == pytest.approx(price, abs=1)


def test_a_bybit_long_dies_where_its_help_page_says() -> None:
    price = liquidation_price(20_000, 50, 0.005, Side.LONG, formula="entry")
    assert price == pytest.approx(19_700)


def test_a_dydx_short_dies_where_its_documentation_says() -> None:
    equity, size, entry = 1_000.0, 3.0, 3_000.0
    price = liquidation_price(entry, size * entry / equity, 0.05, Side.SHORT)
    assert price == pytest.approx(3_174.60, abs=0.01)


def test_a_cross_margin_is_the_equity_other_positions_leave() -> None:
    equity, size, entry = 1_000.0 - 175.0, 1.5, 3_000.0
    price = liquidation_price(entry, size * entry / equity, 0.05, Side.SHORT)
    assert price == pytest.approx(3_380.95, abs=0.01)


def test_an_inverse_contract_dies_as_derived_from_its_equity() -> None:
    long = liquidation_price(100.0, 10, 0.005, Side.LONG, kind="inverse")
    short = liquidation_price(100.0, 10, 0.005, Side.SHORT, kind="inverse")
    assert long == pytest.approx(100 * 1.005 / 1.1)
    assert short == pytest.approx(100 * 0.995 / 0.9)


def test_an_unlevered_position_never_dies_on_its_safe_side() -> None:
    assert liquidation_price(100.0, 1, 0.005, Side.LONG) == 0.0
    assert np.isinf(liquidation_price(100.0, 1, 0.005, Side.SHORT, kind="inverse"))


@given(
    leverage=st.floats(1.5, 50),
    rate=st.floats(0, 0.0125),
    fee=st.floats(0, 0.001),
    kind=st.sampled_from(["linear", "inverse"]),
)
def test_equity_equals_maintenance_where_a_position_dies(
    leverage: float, rate: float, fee: float, kind: str
) -> None:
    entry = 100.0
    for side, sign in ((Side.LONG, 1), (Side.SHORT, -1)):
        price = liquidation_price(entry, leverage, rate, side, fee_rate=fee, kind=kind)
        value = price / entry if kind == "linear" else entry / price
        gain = value - 1 if kind == "linear" else 1 - value
        assert 1 / leverage + sign * gain == pytest.approx((rate + fee) * value)


def test_all_arguments_broadcast() -> None:
    prices = liquidation_price(
        np.array([[100.0], [200.0]]), np.array([5.0, 10.0]), 0.004, Side.LONG
    )
    assert prices.shape == (2, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"leverage": 0.5},
        {"leverage": np.nan},
        {"maintenance_margin_rate": -0.1},
        {"maintenance_margin_rate": 1.0},
        {"kind": "quanto"},
        {"formula": "guess"},
        {"side": 2},
    ],
)
def test_impossible_arguments_are_refused(wrong: dict) -> None:
    right = {"leverage": 10, "maintenance_margin_rate": 0.004, "side": Side.LONG}
    with pytest.raises(ValueError, match=r"."):
        liquidation_price(100.0, **{**right, **wrong})


@pytest.mark.parametrize(
    ("symbol", "rate", "side"),
    [
        (symbol, rate, side)
        for symbol, rate in (("BTCUSDT", 0.004), ("ETHUSDT", 0.004), ("SOLUSDT", 0.005))
        for side in Side
    ],
)
def test_prints_lie_one_maintenance_rate_from_bankruptcy(
    symbol: str, rate: float, side: Side, recordings: Path
) -> None:
    seen = _bankruptcy_to_fill(recordings, symbol, side)
    entry = 100.0
    model = liquidation_price(entry, 20, rate, side) / bankruptcy_price(entry, 20, side) - 1
    assert len(seen) >= 15
    assert median(seen) == pytest.approx(model, abs=5e-4)


@pytest.mark.parametrize(
    ("symbol", "documented_bps"), [("BTCUSDT", 39.0), ("ETHUSDT", 37.3), ("SOLUSDT", 48.3)]
)
def test_the_median_print_is_as_far_from_bankruptcy_as_documented(
    symbol: str, documented_bps: float, recordings: Path
) -> None:
    seen = [abs(d) for side in Side for d in _bankruptcy_to_fill(recordings, symbol, side)]
    assert 1e4 * median(seen) == pytest.approx(documented_bps, abs=0.5)


def _bankruptcy_to_fill(recordings: Path, symbol: str, side: Side) -> list[float]:
    with gzip.open(recordings / "liquidation-prints" / "prints.csv.gz", "rt") as file:
        return [
            float(row["fill_price"]) / float(row["bankruptcy_price"]) - 1
            for row in csv.DictReader(file)
            if row["venue"] == "binance"
            and row["symbol"] == symbol
            and row["position_side"] == side.name.lower()
            and row["bankruptcy_price"]
            and row["fill_price"]
        ]


def test_a_side_may_be_given_by_its_word() -> None:
    assert liquidation_price(90_000, 10, 0.0, "long", formula="brief") == pytest.approx(81_000)
    assert liquidation_price(90_000, 10, 0.0, "short", formula="brief") == pytest.approx(99_000)
