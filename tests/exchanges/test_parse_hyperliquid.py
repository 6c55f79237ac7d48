"""Hyperliquid's recorded replies and messages mean what the venue means by them."""

import pytest

from apps.exchanges.hyperliquid import parse
from apps.exchanges.numbers import BadPayload
from tests.exchanges.payloads import by_symbol, linear, recorded

VENUE = "hyperliquid"
BTC = linear(VENUE, "BTC")
NOW_MS = 1789147104000
HOUR_MS = 3_600_000
LIQUIDATED = "0x193bd350ec838b1e22d6f302da5343b920aa1c2b"


def universe() -> dict:
    """The instruments of the recorded universe."""
    return by_symbol(parse.parse_instruments(recorded(VENUE, "tickers.rest")))


def test_hyperliquid_universe_marks_delisted_markets_and_hourly_funding() -> None:
    btc, matic = universe()["BTC"], universe()["MATIC"]
    assert (btc.max_leverage, btc.size_step, btc.funding_interval_ms) == (
        40, pytest.approx(1e-5), HOUR_MS,
    )  # fmt: skip
    assert (btc.active, matic.active) == (True, False)
    assert len(parse.parse_instruments(recorded(VENUE, "instruments.rest"))) == 28


def test_hyperliquid_nulls_of_a_universe_are_read_as_absent() -> None:
    instruments = parse.parse_instruments(recorded(VENUE, "instruments-recent.rest"))
    assert [i.active for i in instruments] == [True, True, True]


def test_hyperliquid_candles_are_base_coin_with_numbers_as_text() -> None:
    bars = parse.parse_candles(
        recorded(VENUE, "candles-1m.rest"), BTC["BTC"], now_ms=1710552480000 - 1
    )
    assert (bars[0].end_ms, bars[0].volume, bars[0].close) == (1710552420000, 6.83271, 69483)
    assert [bar.closed for bar in bars] == [True, False]


def test_hyperliquid_candle_message_shape_from_documentation() -> None:
    hype = linear(VENUE, "HYPE")
    (bar,) = parse.parse_candle_push(
        recorded(VENUE, "candles.ws-docs"), hype, now_ms=1764800000000, span_ms=24 * HOUR_MS
    )
    assert (bar.end_ms, bar.closed, bar.volume) == (1764892800000, False, 3495670.84)


def test_hyperliquid_contexts_belong_to_the_universe_by_their_position() -> None:
    readings = parse.parse_open_interest(recorded(VENUE, "tickers.rest"), universe(), now_ms=NOW_MS)
    eth = next(r for r in readings if r.instrument == "hyperliquid-eth")
    assert eth.open_interest == pytest.approx(1025206.931)
    assert eth.usd == pytest.approx(1025206.931 * 2573.22)
    payload = recorded(VENUE, "tickers.rest")
    payload[1].pop()
    with pytest.raises(BadPayload, match="3 markets but 2 contexts"):
        parse.parse_open_interest(payload, universe(), now_ms=NOW_MS)


def test_hyperliquid_funding_of_a_mark_is_hourly_and_its_index_the_oracle() -> None:
    btc = parse.parse_marks(recorded(VENUE, "tickers.rest"), universe(), now_ms=NOW_MS)[0]
    assert (btc.mark_price, btc.index_price) == (77748, 77783.3)
    assert (btc.funding_rate, btc.funding_interval_ms) == (0.0000083651, HOUR_MS)


def test_hyperliquid_context_message_names_its_coin() -> None:
    (message,) = recorded(VENUE, "tickers.ws")
    known = linear(VENUE, "MOODENG")
    (mark,) = parse.parse_mark_push(message, known, now_ms=NOW_MS)
    (reading,) = parse.parse_open_interest_push(message, known, now_ms=NOW_MS)
    assert (mark.mark_price, mark.index_price) == (0.19963, 0.1995)
    assert (reading.open_interest, reading.ts_ms) == (18617460, NOW_MS)


def test_hyperliquid_book_has_bids_first_and_twenty_levels() -> None:
    dydx = linear(VENUE, "DYDX")["DYDX"]
    (book,) = parse.parse_book(recorded(VENUE, "order-book.rest"), dydx)
    assert (book.bids[0], book.asks[0]) == ((2.111, 134.4), (2.1124, 352.3))
    assert (len(book.bids), len(book.asks), book.ts_ms) == (20, 20, 1689630203930)


def test_hyperliquid_book_message_is_a_whole_book_which_may_be_empty() -> None:
    empty, banana = recorded(VENUE, "order-book.ws")
    known = linear(VENUE, "SHIA") | linear(VENUE, "BANANA")
    assert parse.parse_book_push(empty, known)[0].bids == ()
    assert parse.parse_book_push(banana, known)[0].bids[0] == (59.8, 3.4)


def test_hyperliquid_own_liquidating_sell_is_the_death_of_a_long() -> None:
    rows = parse.parse_liquidation_fills(
        recorded(VENUE, "liquidations.rest"), linear(VENUE, "HYPE"), user=LIQUIDATED.upper()
    )
    (row,) = rows  # the fill of another dex's coin is passed over
    assert (row.side, row.size_base, row.ts_ms) == ("long", 5.2, 1768931202995)
    assert (row.fill_price, row.mark_price, row.bankruptcy_price) == (21.147, 21.193, None)
    assert (row.completeness, row.native_id) == ("sampled", "345752513742025")


def test_hyperliquid_counterpartys_sell_is_the_death_of_a_short() -> None:
    message = recorded(VENUE, "liquidations.ws")
    (row,) = parse.parse_liquidation_push(message, BTC, user="0xcounterparty")
    assert (row.side, row.size_base, row.usd) == ("short", 0.001, pytest.approx(66.653))


def test_hyperliquid_fills_without_a_liquidation_are_passed_over() -> None:
    message = recorded(VENUE, "liquidations.ws")
    message["data"]["fills"][0]["liquidation"] = None
    assert parse.parse_liquidation_push(message, BTC, user="0x1") == []


def test_hyperliquid_maintenance_is_half_the_initial_margin_of_the_tier() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest"), universe(), as_of_ms=NOW_MS
    )
    first, second = (t for t in tiers if t.instrument == "hyperliquid-btc")
    assert (first.max_leverage, first.notional_cap_usd) == (40, 150_000_000)
    assert (first.maintenance_margin_rate, second.maintenance_margin_rate) == (0.0125, 0.025)
    assert (second.notional_floor_usd, second.notional_cap_usd) == (150_000_000, None)


def test_hyperliquid_margin_does_not_jump_where_a_tier_begins() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest"), universe(), as_of_ms=NOW_MS
    )
    first, second = (t for t in tiers if t.instrument == "hyperliquid-eth")
    bound = second.notional_floor_usd
    below, above = (t.maintenance_margin_rate * bound - t.maintenance_amount_usd
                    for t in (first, second))  # fmt: skip
    assert below == pytest.approx(above)


def test_hyperliquid_margin_table_below_fifty_is_itself_the_leverage() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest"), universe(), as_of_ms=NOW_MS
    )
    (matic,) = (t for t in tiers if t.instrument == "hyperliquid-matic")
    assert (matic.max_leverage, matic.maintenance_margin_rate) == (20, 0.025)
    assert (matic.notional_floor_usd, matic.notional_cap_usd) == (0, None)


def test_hyperliquid_trade_side_a_is_a_taker_sell() -> None:
    sold, _, bought, *_ = recorded(VENUE, "trades.ws")
    (trade,) = parse.parse_trade_push(sold, linear(VENUE, "FXS"))
    assert (trade.taker_side, trade.size_base, trade.price) == ("sell", 10.5, 1.9008)
    assert {t.taker_side for t in parse.parse_trade_push(bought, BTC)} == {"buy"}


def test_hyperliquid_null_for_an_unlisted_coin_is_refused() -> None:
    with pytest.raises(BadPayload, match="hyperliquid: the reply is None, not a list"):
        parse.parse_candles(None, BTC["BTC"], now_ms=NOW_MS)
