"""Heaps of a coin are counted in single coins; prices that cannot be are kept out."""

import pytest

from apps.exchanges.live.coins import by_coin, coin_of, per_coin
from apps.exchanges.live.plausible import Prices
from apps.exchanges.numbers import BadPayload
from apps.exchanges.readings import Instrument, Liquidation, Mark, OpenInterest
from apps.exchanges.records import BarRow


@pytest.mark.parametrize(
    ("base", "coin", "heap"),
    [
        ("BTC", "BTC", 1),
        ("1000PEPE", "PEPE", 1000),
        ("kPEPE", "PEPE", 1000),
        ("10000SATS", "SATS", 10_000),
        ("1000000MOG", "MOG", 1_000_000),
        ("1MBABYDOGE", "BABYDOGE", 1_000_000),
        ("1INCH", "1INCH", 1),
        ("KAVA", "KAVA", 1),
        ("kas", "KAS", 1),
    ],
)
def test_a_base_is_so_many_of_a_coin(base: str, coin: str, heap: float) -> None:
    assert coin_of(base) == (coin, heap)


def test_1000pepe_kpepe_and_pepe_tell_the_same_market() -> None:
    heaps = Instrument("binance", "1000PEPEUSDT", "1000PEPE", "USDT")
    traded = by_coin([heaps])["PEPE"]
    assert traded.info.base == "PEPE"
    assert traded.info.slug == heaps.slug
    bar = BarRow(
        heaps.slug, 60_000, 60_000, 0.02, 0.04, 0.01, 0.03, 5.0, -2.0, 7.0, 0.01, 0.04, 0.02
    )
    single = per_coin(bar, traded.heap)
    assert (single.open, single.high, single.mark_high) == (2e-5, 4e-5, 4e-5)
    assert (single.volume, single.taker_delta, single.open_interest) == (5000, -2000, 7000)
    died = Liquidation(heaps.slug, 1, "long", 3.0, 0.06, 0.02, "full", bankruptcy_price=0.02)
    single = per_coin(died, traded.heap)
    assert (single.size_base, single.usd, single.bankruptcy_price) == (3000, 0.06, 2e-5)
    assert per_coin(OpenInterest(heaps.slug, 1, 2.0, 5.0), 1000).open_interest == 2000


def test_of_several_contracts_of_a_coin_one_is_drawn() -> None:
    chosen = by_coin(
        [
            Instrument("bybit", "BTCPERP", "BTC", "USDC"),
            Instrument("bybit", "BTCUSDT", "BTC", "USDT"),
            Instrument("bybit", "BTCUSD", "BTC", "USD", "inverse"),
            Instrument("bybit", "OLDUSDT", "OLD", "USDT", active=False),
            Instrument("bybit", "BTCEUR", "BTC", "EUR"),
        ]
    )
    assert {coin: traded.instrument.symbol for coin, traded in chosen.items()} == {"BTC": "BTCUSDT"}


def mark(price: float) -> Mark:
    return Mark("x", 1, price)


def test_a_price_a_thousand_times_off_is_kept_out() -> None:
    prices = Prices()
    prices.believe("BTC", "okx", mark(100.0))
    with pytest.raises(BadPayload, match="a price of BTC is 100000, more than 20 times away"):
        prices.believe("BTC", "okx", mark(100_000.0))
    with pytest.raises(BadPayload):
        prices.believe("BTC", "okx", mark(0.1))
    prices.believe("BTC", "okx", mark(101.0))
    assert prices.refused == {"okx": 2}


def test_a_price_that_a_second_venue_tells_is_believed() -> None:
    prices = Prices()
    prices.believe("LUNA", "okx", mark(100.0))
    prices.believe("LUNA", "gate", mark(9.0))
    prices.believe("LUNA", "gate", mark(1.0))
    prices.believe("LUNA", "okx", mark(1.1))


def test_the_first_price_of_a_venue_is_measured_by_the_others() -> None:
    prices = Prices()
    prices.believe("PEPE", "okx", mark(2e-5))
    with pytest.raises(BadPayload):
        prices.believe("PEPE", "binance", mark(2e-2))


def test_one_bad_extreme_spoils_a_bar() -> None:
    prices = Prices()
    prices.believe("BTC", "okx", mark(100.0))
    with pytest.raises(BadPayload):
        prices.believe("BTC", "okx", BarRow("x", 60_000, 60_000, 100, 100_000, 99, 100))
