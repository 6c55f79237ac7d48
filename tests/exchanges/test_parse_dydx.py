"""dYdX's recorded replies and messages mean what the indexer means by them."""

import pytest

from apps.exchanges.dydx import parse
from apps.exchanges.numbers import BadPayload
from tests.exchanges.payloads import by_symbol, linear, recorded, refusal

VENUE = "dydx"
BTC = linear(VENUE, "BTC-USD")
NOW_MS = 1765210316125
HOUR_MS = 3_600_000


def test_dydx_markets_are_instruments_with_leverage_from_the_initial_margin() -> None:
    instruments = by_symbol(parse.parse_instruments(recorded(VENUE, "instruments.rest")))
    btc, sol = instruments["BTC-USD"], instruments["SOL-USD"]
    assert (btc.max_leverage, sol.max_leverage) == (pytest.approx(50), pytest.approx(20))
    assert (btc.base, btc.quote, btc.tick, btc.size_step) == ("BTC", "USD", 1, 0.0001)
    assert btc.funding_interval_ms == HOUR_MS


def test_dydx_market_with_its_own_collateral_is_named_by_its_coin_shape_from_documentation() -> (
    None
):
    payload = recorded(VENUE, "instruments.rest")
    row = payload["markets"].pop("SOL-USD") | {"ticker": "BONK,RAYDIUM,ABC-USD"}
    payload["markets"]["BONK,RAYDIUM,ABC-USD"] = row
    bonk = by_symbol(parse.parse_instruments(payload))["BONK,RAYDIUM,ABC-USD"]
    assert (bonk.base, bonk.quote, bonk.slug) == ("BONK", "USD", "dydx-bonk-raydium-abc-usd")


def test_dydx_candles_arrive_newest_first_with_times_as_text() -> None:
    payload = recorded(VENUE, "candles.rest")
    bars = parse.parse_candles(payload, BTC["BTC-USD"], now_ms=NOW_MS)
    newest = bars[-1]
    assert newest.end_ms == 1765210320000  # 16:11:00 and a minute
    assert (newest.low, newest.high, newest.open, newest.close) == (89911, 89970, 89934, 89941)
    assert newest.volume == 3.2767
    assert [bar.closed for bar in bars] == [True] * (len(bars) - 1) + [False]


def test_dydx_candle_tells_the_open_interest_at_its_start_and_not_at_its_end() -> None:
    history = parse.parse_open_interest_history(recorded(VENUE, "candles.rest"), BTC["BTC-USD"])
    newest = history[-1]
    assert (newest.ts_ms, newest.open_interest) == (1765210260000, 381.7348)
    assert newest.usd == pytest.approx(381.7348 * 89934)


def test_dydx_open_interest_is_the_one_the_candles_agree_with() -> None:
    (reading,) = parse.parse_open_interest(recorded(VENUE, "instruments.rest"), BTC, now_ms=NOW_MS)
    assert (reading.open_interest, reading.ts_ms) == (381.7348, NOW_MS)  # not baseOpenInterest
    assert reading.usd == pytest.approx(381.7348 * 89919.2)


def test_dydx_oracle_price_stands_for_the_mark_and_funding_is_hourly() -> None:
    known = by_symbol(parse.parse_instruments(recorded(VENUE, "instruments.rest")))
    marks = parse.parse_marks(recorded(VENUE, "instruments.rest"), known, now_ms=NOW_MS)
    btc = marks[0]
    assert btc.mark_price == btc.index_price == 89919.2
    assert btc.funding_rate == pytest.approx(2.54545454545455e-06)
    assert btc.funding_interval_ms == HOUR_MS


def test_dydx_market_messages_tell_only_what_changed() -> None:
    first, trading, oracle = recorded(VENUE, "tickers.ws")
    known = BTC | linear(VENUE, "ETH-USD")
    assert len(parse.parse_open_interest_push(first, known, now_ms=NOW_MS)) == 2
    (reading,) = parse.parse_open_interest_push(trading, known, now_ms=NOW_MS)
    assert (reading.open_interest, reading.usd) == (15398.406, None)
    assert parse.parse_mark_push(trading, known, now_ms=NOW_MS) == []
    (mark,) = parse.parse_mark_push(oracle, known, now_ms=NOW_MS)
    assert (mark.mark_price, mark.ts_ms) == (2623.3521, 1724371254301)


def test_dydx_book_is_best_first_and_stamped_by_the_reader() -> None:
    (book,) = parse.parse_book(recorded(VENUE, "order-book.rest"), BTC["BTC-USD"], now_ms=NOW_MS)
    assert (book.bids[0], book.asks[0]) == ((89947, 0.0002), (89958, 0.1177))
    assert book.ts_ms == NOW_MS


def test_dydx_margin_is_one_tier_without_an_end() -> None:
    (tier,) = parse.parse_margin_tiers(recorded(VENUE, "instruments.rest"), BTC, as_of_ms=NOW_MS)
    assert (tier.notional_floor_usd, tier.notional_cap_usd) == (0, None)
    assert (tier.maintenance_margin_rate, tier.initial_margin_rate) == (0.012, 0.02)


def test_dydx_liquidated_sell_is_the_death_of_a_long() -> None:
    rows = parse.parse_liquidations(recorded(VENUE, "liquidations.rest"), BTC["BTC-USD"])
    assert [row.side for row in rows] == ["short", "long", "long"]  # oldest first
    last = rows[-1]
    assert (last.size_base, last.fill_price, last.completeness) == (0.0004, 75974, "full")
    assert (last.native_id, last.ts_ms) == ("064e89330000000200000002", 1789652387542)
    assert last.bankruptcy_price is None


def test_dydx_pushed_trades_hold_liquidations_among_the_others() -> None:
    (message,) = recorded(VENUE, "liquidations.ws")
    (row,) = parse.parse_liquidation_push(message, BTC)
    assert (row.side, row.size_base, row.price) == ("long", 3.9, 22.87)
    assert len(parse.parse_trade_push(message, BTC)) == 2


def test_dydx_batched_messages_hold_a_list_of_contents_shape_from_documentation() -> None:
    (message,) = recorded(VENUE, "liquidations-live.ws")
    batched = message | {"type": "channel_batch_data", "contents": [message["contents"]] * 2}
    assert len(parse.parse_liquidation_push(batched, BTC)) == 2


def test_dydx_deleveraging_is_neither_liquidation_nor_trade_shape_from_documentation() -> None:
    payload = recorded(VENUE, "trades.rest")
    payload["trades"][0]["type"] = "DELEVERAGED"
    assert parse.parse_liquidations(payload, BTC["BTC-USD"]) == []
    assert len(parse.parse_trades(payload, BTC["BTC-USD"])) == 2


def test_dydx_trade_side_is_the_takers() -> None:
    trades = parse.parse_trades(recorded(VENUE, "trades.rest"), BTC["BTC-USD"])
    assert (trades[-1].taker_side, trades[-1].size_base) == ("buy", 0.0001)
    assert trades[-1].ts_ms == 1765210290590


def test_dydx_refusal_is_refused_in_the_venues_words() -> None:
    with pytest.raises(BadPayload, match="dydx refused: 'ticker must be"):
        parse.parse_candles(refusal(VENUE, 0), BTC["BTC-USD"], now_ms=NOW_MS)
