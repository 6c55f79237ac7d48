"""How prices, amounts and distances are written."""

import pytest

from apps.heatmaps.templatetags.amounts import (
    ago,
    change,
    distance,
    is_lopsided,
    notional,
    part_of,
    part_of_both,
    price,
    ratio,
)


@pytest.fixture(autouse=True)
def _round_rate(settings) -> None:
    settings.FX_USDSGD = 1.25


@pytest.mark.parametrize(
    ("usd", "currency", "text"),
    [
        (64_000, "SGD", "S$80,000"),
        (64_000, "USD", "US$64,000"),
        (80.0, "SGD", "S$100.00"),
        (0.1, "USD", "US$0.1000"),
    ],
)
def test_prices_have_as_many_decimals_as_they_need(usd: float, currency: str, text: str) -> None:
    assert price(usd, currency) == text


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (241e6, "US$241M"),
        (1.741e9, "US$1.74B"),
        (9.8e6, "US$9.80M"),
        (999.96e6, "US$1.00B"),
        (12_300, "US$12K"),
        (640, "US$640"),
        (0, "US$0"),
    ],
)
def test_amounts_have_two_or_three_digits(usd: float, text: str) -> None:
    assert notional(usd, "USD") == text


def test_distances_carry_a_proper_minus_and_a_space() -> None:
    assert distance(0.04) == "+4.0\u00a0%"
    assert distance(-0.0327, 2) == "\u22123.27\u00a0%"


def test_a_change_is_an_arrow_and_a_number() -> None:
    assert change(-0.019) == "▼\u00a01.90\u00a0%"
    assert change(None) == ""


def test_asymmetry_is_said_in_words() -> None:
    assert ratio(1.6) == "1.6\u00a0:\u00a01 longs"
    assert ratio(0.5) == "2.0\u00a0:\u00a01 shorts"
    assert ratio(None) == "longs only"
    assert ratio(0.0) == "shorts only"


def test_bars_stay_visible_and_inside() -> None:
    assert part_of(1, 1000) == "2.0"
    assert part_of(5, 0) == "0.0"
    assert part_of_both(1, 0) == "98.0"
    assert part_of_both(0, 0) == "50.0"
    assert is_lopsided(9, 1)
    assert not is_lopsided(5, 5)


def test_ages_are_told_in_the_largest_fitting_unit() -> None:
    assert ago(2) == "2\u00a0s"
    assert ago(180) == "3\u00a0min"
    assert ago(None) == "never"
