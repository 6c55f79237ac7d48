"""Amounts are converted at the newest stored rate, whose date and source are said."""

from datetime import date

import pytest
from django.test import Client

from apps.exchanges.rates import DailyRates
from apps.markets.currency import forget_rates, known_rates, rate_to, store_rates
from apps.markets.models import ExchangeRate, Market

pytestmark = pytest.mark.django_db
TOLD = DailyRates(date(2026, 11, 20), {"SGD": 1.29, "EUR": 0.86}, "ECB")
LATER = DailyRates(date(2026, 11, 21), {"SGD": 1.31}, "currency-api")


@pytest.fixture(autouse=True)
def looked_up() -> None:
    forget_rates()


def test_without_any_rate_the_settings_say_it_and_that_is_said() -> None:
    rate = rate_to("SGD")
    assert (rate.per_usd, rate.is_fixed) == (1.286, True)
    assert rate.sentence == "US$1 = S$1.286: fixed rate from the settings."
    assert list(known_rates()) == ["SGD", "USD"]


def test_the_newest_rate_of_each_currency_counts() -> None:
    store_rates(TOLD, fetched_ms=1)
    store_rates(LATER, fetched_ms=2)
    assert {currency: rate.per_usd for currency, rate in known_rates().items()} == {
        "SGD": 1.31, "USD": 1.0, "EUR": 0.86,
    }  # fmt: skip
    assert (rate_to("EUR").day, rate_to("EUR").source) == (date(2026, 11, 20), "ECB")


def test_an_old_rate_says_that_it_is() -> None:
    store_rates(TOLD, fetched_ms=1)
    rate = rate_to("SGD")
    assert not rate.is_stale(date(2026, 11, 25))
    assert rate.is_stale(date(2026, 11, 26))
    assert "20 Nov 2026 (ECB)" in rate.sentence


def test_a_second_source_of_a_day_replaces_the_first() -> None:
    store_rates(TOLD, fetched_ms=1)
    store_rates(DailyRates(TOLD.day, {"SGD": 1.30}, "Frankfurter (ECB)"), fetched_ms=2)
    row = ExchangeRate.objects.get(currency="SGD")
    assert (row.per_usd, row.source, row.fetched_ms) == (1.30, "Frankfurter (ECB)", 2)


def test_a_page_in_another_currency_has_its_rate(client: Client, btc: Market) -> None:
    store_rates(TOLD, fetched_ms=1)
    page = client.get("/m/btc/?cur=EUR").content.decode()
    assert 'data-currency="EUR"' in page
    assert 'data-fx="0.86"' in page


def test_a_currency_nobody_tells_falls_back_to_the_usual_one(client: Client, btc: Market) -> None:
    page = client.get("/m/btc/?cur=JPY").content.decode()
    assert 'data-currency="SGD"' in page
    assert 'data-fx="1.286"' in page
