"""Closed bars never change, open ones do, and neither order nor repetition matters."""

from dataclasses import replace
from itertools import permutations

import pytest

from apps.exchanges.records import LiquidationRow
from apps.markets import services
from apps.markets.models import Instrument, Liquidation, Market, MinuteBar
from tests.markets.conftest import BEGIN_MS, BINANCE, MINUTE_MS

LIQUIDATION = LiquidationRow("binance-btcusdt", BEGIN_MS, "long", 1.5, 150.0, 100.0, "full", "a")


def test_instruments_are_made_once_and_share_their_market(btc):
    services.ensure_instruments([BINANCE])
    assert Instrument.objects.count() == 2
    assert (Market.objects.get().name, btc.venues()) == ("Bitcoin", ("binance", "hyperliquid"))


def test_a_bar_told_twice_is_stored_once(btc, bar):
    services.store_rows([bar(1), bar(1)])
    services.store_rows([bar(1), bar(2)])
    assert MinuteBar.objects.count() == 2


def test_an_open_bar_is_replaced_by_what_is_told_later(btc, bar):
    services.store_rows([bar(1, close=100.1, closed=False)])
    services.store_rows([bar(1, close=100.2, closed=False)])
    assert MinuteBar.objects.get().close == 100.2


def test_a_closed_bar_replaces_the_open_one(btc, bar):
    services.store_rows([bar(1, close=100.1, closed=False)])
    services.store_rows([bar(1, close=100.2)])
    stored = MinuteBar.objects.get()
    assert (stored.close, stored.closed) == (100.2, True)


def test_a_closed_bar_never_changes(btc, bar):
    services.store_rows([bar(1, close=100.1)])
    services.store_rows([bar(1, close=100.2), bar(1, close=100.3, closed=False)])
    assert MinuteBar.objects.get().close == 100.1


def test_rows_may_come_in_any_order(btc, bar):
    rows = [bar(1), bar(2), bar(2, close=100.2, closed=False), bar(3, venue="hyperliquid")]
    seen = set()
    for order in permutations(rows):
        MinuteBar.objects.all().delete()
        for row in order:
            services.store_rows([row])
        seen.add(tuple(MinuteBar.objects.order_by("end_ms").values_list("end_ms", "close")))
    assert len(seen) == 1


def test_a_missing_reading_stays_missing(btc, bar):
    services.store_rows([bar(1, volume=None, open_interest=None)])
    stored = MinuteBar.objects.get()
    assert (stored.volume, stored.open_interest, stored.mark_low) == (None, None, None)


def test_a_liquidation_told_twice_is_stored_once(btc):
    services.store_rows([LIQUIDATION, LIQUIDATION])
    services.store_rows([LIQUIDATION])
    assert Liquidation.objects.get().usd == 150.0


def test_two_equal_liquidations_with_names_of_their_own_are_both_stored(btc):
    services.store_rows([LIQUIDATION, replace(LIQUIDATION, native_id="b")])
    assert Liquidation.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"close": float("nan")},
        {"high": float("inf")},
        {"low": 0.0},
        {"low": -1.0},
        {"high": 100.2},
        {"low": 100.2},
        {"open_interest": -1.0},
        {"volume": float("nan")},
        {"taker_delta": float("inf")},
        {"mark_low": 99.0},
        {"mark_low": 99.0, "mark_high": 98.0},
        {"close": 1e308, "high": 1e308},
    ],
)
def test_an_impossible_bar_is_left_out_and_the_others_stay(btc, bar, changes):
    services.store_rows([bar(1, **changes), bar(2)])
    assert MinuteBar.objects.get().end_ms == BEGIN_MS + 2 * MINUTE_MS


def test_an_unannounced_instrument_is_refused(btc, bar):
    with pytest.raises(KeyError):
        services.store_rows([replace(bar(1), instrument="okx-btc")])


def test_a_bar_is_late_only_where_its_time_was_settled(btc, bar):
    services.store_rows([bar(1)])
    services.settle(market=btc, until_ms=BEGIN_MS + 2 * MINUTE_MS)
    services.store_rows([bar(3)])
    btc.refresh_from_db()
    assert btc.revision == 0
    services.store_rows([bar(2)])
    btc.refresh_from_db()
    assert btc.revision == 1


def test_repeating_a_settled_bar_is_no_revision(btc, bar):
    services.store_rows([bar(1)])
    services.settle(market=btc, until_ms=BEGIN_MS + 2 * MINUTE_MS)
    services.store_rows([bar(1), bar(2, closed=False)])
    btc.refresh_from_db()
    assert btc.revision == 0


def test_settling_never_goes_back(btc):
    services.settle(market=btc, until_ms=2_000)
    services.settle(market=btc, until_ms=1_000)
    btc.refresh_from_db()
    assert btc.settled_ms == 2_000
