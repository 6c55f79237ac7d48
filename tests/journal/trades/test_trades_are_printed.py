"""Results, prices and months as a reader sees them."""

from datetime import date
from decimal import Decimal

import pytest

from apps.journal.templatetags import trades
from apps.journal.trades.curve import HEIGHT, POINTS, curve_of
from apps.journal.trades.months import month_of, neighbours

D = Decimal


@pytest.mark.parametrize(("usd", "printed"), [
    ("0", "US$0.00"), ("12.345", "+US$12.35"), ("-56.7", "−US$56.70"), ("1234.5", "+US$1,234"),
    ("-123456", "−US$123K"), ("9994000", "+US$9.99M"), (None, "–"),
])  # fmt: skip
def test_a_gain_has_a_sign_and_as_many_digits_as_matter(usd, printed):
    assert trades.gain(None if usd is None else D(usd), "USD") == printed


@pytest.mark.parametrize(("value", "unit", "printed", "small"), [
    ("1234.5", "money", "+US$1,234", "+1.2K"), ("-56.7", "money", "−US$56.70", "−57"),
    ("0.01234", "percent", "+1.23\u00a0%", "+1.2"), ("-1.5", "r", "−1.50\u00a0R", "−1.50"),
])  # fmt: skip
def test_a_result_is_printed_in_its_unit_also_where_there_is_little_room(
    value, unit, printed, small
):
    assert trades.result(D(value), unit, "USD") == printed
    assert trades.small_result(D(value), unit, "USD") == small


@pytest.mark.parametrize(("number", "printed"), [
    ("81054.5", "81,054.5"), ("0.00001234", "0.00001234"), ("100", "100"), ("-0.50", "−0.5"),
    ("1234567.891", "1,234,567.89"), (None, "–"),
])  # fmt: skip
def test_a_price_has_its_digits_and_no_more(number, printed):
    assert trades.plain(None if number is None else D(number)) == printed


@pytest.mark.parametrize(("number", "printed"), [
    (None, "no loss yet"), ("1.254", "1.25"), ("1e30", ">\u00a0999"), ("0", "0.00"),
])  # fmt: skip
def test_a_profit_factor_without_a_loss_is_said_in_words(number, printed):
    assert trades.factor(None if number is None else D(number)) == printed


def test_a_months_neighbours_end_where_the_calendar_ends():
    assert neighbours(date(2026, 1, 1)) == (date(2025, 12, 1), date(2026, 2, 1))
    assert neighbours(date(2009, 1, 1))[0] is neighbours(date(2099, 12, 1))[1] is None
    for told in ("", "2026-00", "0000-01", "9999-12", "2026-1", "٢٠٢٦-01", "x"):
        assert month_of(told, date(2026, 5, 9)) == date(2026, 5, 1)


def test_a_curve_is_thinned_and_keeps_its_extremes():
    results = [D(1), D(-1)] * 2000 + [D(50), D(-90)]
    curve = curve_of(results)
    points = [tuple(map(float, point.split(","))) for point in curve.points.split()]
    assert len(points) <= POINTS + 2
    assert (curve.highest, curve.lowest) == (D(50), D(-40))
    assert min(y for _, y in points) == 8.0
    assert max(y for _, y in points) == HEIGHT - 8.0
    assert points == sorted(points, key=lambda point: point[0])
    assert curve_of([D(1)]) is None
    assert "nan" not in curve_of([D(0), D(0)]).points
