"""Takers, funding and open interest of a market, and its realised liquidations."""

from collections.abc import Callable

import numpy as np
import pytest

from apps.exchanges.records import BarRow, InstrumentInfo, LiquidationRow
from apps.markets import services
from apps.markets.flow import load_flow
from apps.markets.models import HOUR_MS, Market
from apps.markets.prints import load_prints
from tests.markets.conftest import BEGIN_MS, BINANCE, HYPERLIQUID, MINUTE_MS

type MakeBar = Callable[..., BarRow]
FIVE_MS = 5 * MINUTE_MS
FROM_MS = BEGIN_MS // FIVE_MS * FIVE_MS
OFFSET = (BEGIN_MS - FROM_MS) // MINUTE_MS


def test_takers_of_all_venues_add_up_and_accumulate(btc: Market, bar: MakeBar) -> None:
    rows = [bar(m - OFFSET, close=100.0, taker_delta=1.0) for m in range(1, 11)]
    rows += [bar(7 - OFFSET, venue="hyperliquid", close=100.0, taker_delta=-20.0)]
    services.store_rows(rows)
    flow = load_flow(btc, FROM_MS, FROM_MS + 2 * FIVE_MS, FIVE_MS)
    assert ((flow.end_ms - FROM_MS) // FIVE_MS).tolist() == [1, 2]
    assert flow.taker_delta_usd.tolist() == [500.0, -1500.0]
    assert flow.cvd_usd.tolist() == [500.0, -1000.0]


def test_an_interval_nobody_spoke_of_is_unknown_not_zero(btc: Market, bar: MakeBar) -> None:
    services.store_rows([bar(1 - OFFSET, close=100.0), bar(11 - OFFSET, close=100.0)])
    flow = load_flow(btc, FROM_MS, FROM_MS + 3 * FIVE_MS, FIVE_MS)
    assert np.isnan(flow.taker_delta_usd).tolist() == [False, True, False]
    assert flow.cvd_usd.tolist() == [100.0, 100.0, 200.0]


def test_open_interest_is_the_last_told_of_every_venue(btc: Market, bar: MakeBar) -> None:
    rows = [bar(1 - OFFSET, close=100.0, open_interest=10.0)]
    rows += [
        bar(m - OFFSET, venue="hyperliquid", close=100.0, open_interest=5.0 + m) for m in (2, 7)
    ]
    services.store_rows(rows)
    flow = load_flow(btc, FROM_MS, FROM_MS + 2 * FIVE_MS, FIVE_MS)
    assert flow.open_interest_usd.tolist() == [1700.0, 2200.0]
    silent = load_flow(btc, FROM_MS + HOUR_MS + FIVE_MS, FROM_MS + HOUR_MS + 3 * FIVE_MS, FIVE_MS)
    assert np.isnan(silent.open_interest_usd[-1])


def test_funding_is_per_eight_hours_and_weighed_by_open_interest(btc: Market, bar: MakeBar) -> None:
    eight_hours = InstrumentInfo(
        BINANCE.venue, BINANCE.symbol, "BTC", "USDT", funding_interval_ms=8 * HOUR_MS
    )
    services.ensure_instruments([eight_hours, HYPERLIQUID])
    told = {"close": 100.0, "open_interest": 30.0, "funding_rate": 0.0001}
    hourly = {"close": 100.0, "open_interest": 10.0, "funding_rate": 0.0001}
    services.store_rows([bar(1 - OFFSET, **told), bar(1 - OFFSET, venue="hyperliquid", **hourly)])
    flow = load_flow(btc, FROM_MS, FROM_MS + FIVE_MS, FIVE_MS)
    assert flow.funding_rate == pytest.approx([(3 * 0.0001 + 1 * 0.0008) / 4])


def test_no_interval_gives_no_flow(btc: Market) -> None:
    assert len(load_flow(btc, BEGIN_MS, BEGIN_MS, FIVE_MS).end_ms) == 0
    empty = load_flow(btc, FROM_MS, FROM_MS + FIVE_MS, FIVE_MS)
    assert np.isnan(empty.open_interest_usd).all()


def dead(
    second: int, usd: float, *, price: float | None = 100.0, side: str = "long"
) -> LiquidationRow:
    ts_ms = BEGIN_MS + second * 1000
    return LiquidationRow(BINANCE.slug, ts_ms, side, usd / 100, usd, price, "sampled", str(second))


def test_the_largest_prints_come_in_order_of_time(btc: Market) -> None:
    services.store_rows([dead(second, usd) for second, usd in enumerate((50, 900, 20, 700))])
    prints = load_prints(btc, BEGIN_MS - 1, BEGIN_MS + 9_000, at_most=2)
    assert [print_.usd for print_ in prints] == [900, 700]
    assert [print_.ts_ms for print_ in prints] == [BEGIN_MS + 1000, BEGIN_MS + 3000]
    assert (prints[0].venue, prints[0].side, prints[0].completeness) == (
        "binance",
        "long",
        "sampled",
    )


def test_a_print_without_a_price_gets_it_from_its_size(btc: Market) -> None:
    services.store_rows([dead(1, 500.0, price=None)])
    (print_,) = load_prints(btc, BEGIN_MS, BEGIN_MS + 5_000)
    assert print_.price_usd == pytest.approx(100.0)


def test_prints_of_other_times_stay_out(btc: Market) -> None:
    services.store_rows([dead(0, 10.0), dead(5, 10.0), dead(6, 10.0)])
    assert len(load_prints(btc, BEGIN_MS, BEGIN_MS + 5_000)) == 1
