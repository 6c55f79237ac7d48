"""From rows to the engine's arrays."""

import numpy as np

from apps.markets import services
from apps.markets.bars import load_bars
from tests.markets.conftest import BEGIN_MS, HYPERLIQUID, MINUTE_MS


def test_venues_share_one_time_axis_with_gaps_as_nan(btc, bar):
    services.store_rows([bar(1), bar(3), bar(2, venue="hyperliquid", close=100.2)])
    bars = load_bars(btc, since_ms=0)
    assert bars.venues == ("binance", "hyperliquid")
    assert (bars.end_ms - BEGIN_MS).tolist() == [MINUTE_MS, 2 * MINUTE_MS, 3 * MINUTE_MS]
    np.testing.assert_array_equal(bars.close, [[100.5, np.nan, 100.5], [np.nan, 100.2, np.nan]])


def test_a_missing_reading_is_nan(btc, bar):
    services.store_rows([bar(1, volume=None)])
    bars = load_bars(btc, since_ms=0)
    assert np.isnan(bars.volume[0, 0])
    assert bars.open_interest[0, 0] == 1000.0


def test_the_beginning_is_left_out_and_the_end_included(btc, bar):
    services.store_rows([bar(minute) for minute in range(5)])
    bars = load_bars(btc, since_ms=BEGIN_MS + MINUTE_MS, until_ms=BEGIN_MS + 3 * MINUTE_MS)
    assert ((bars.end_ms - BEGIN_MS) // MINUTE_MS).tolist() == [2, 3]


def test_open_bars_are_left_out_on_request(btc, bar):
    services.store_rows([bar(1), bar(2, closed=False)])
    assert len(load_bars(btc, since_ms=0)) == 2
    assert len(load_bars(btc, since_ms=0, closed_only=True)) == 1


def test_no_rows_give_empty_arrays_of_every_venue(btc):
    bars = load_bars(btc, since_ms=0)
    assert (len(bars), bars.close.shape) == (0, (2, 0))


def test_a_second_instrument_of_a_venue_does_not_count(btc, bar):
    twin = HYPERLIQUID.__class__("hyperliquid", "BTC2", "BTC", "USD")
    services.ensure_instruments([twin])
    services.store_rows([bar(1, venue="hyperliquid")])
    assert load_bars(btc, since_ms=0).venues == ("binance", "hyperliquid")
    assert load_bars(btc, since_ms=0).close[1, 0] == 100.5
