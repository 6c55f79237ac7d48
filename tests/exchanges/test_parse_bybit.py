"""Bybit's recorded replies and messages mean what the venue means by them."""

import pytest

from apps.exchanges.bybit import parse
from apps.exchanges.numbers import BadPayload
from tests.exchanges.payloads import by_symbol, inverse, linear, recorded, refusal

VENUE = "bybit"
BTC = linear(VENUE, "BTCUSDT")
BTC_USD = inverse(VENUE, "BTCUSD")
HOUR_MS = 3_600_000


def test_bybit_linear_list_yields_perpetuals_without_the_dated_futures_in_it() -> None:
    payload = recorded(VENUE, "instruments.rest")
    instruments = by_symbol(parse.parse_instruments(payload))
    listed = payload["result"]["list"]
    assert len(instruments) < len(listed)
    assert set(instruments) == {
        row["symbol"] for row in listed if row["contractType"] == "LinearPerpetual"
    }
    btc = instruments["BTCUSDT"]
    assert (btc.tick, btc.size_step, btc.max_leverage) == (0.1, 0.001, 150)


def test_bybit_funding_interval_of_an_instrument_is_minutes() -> None:
    btc = by_symbol(parse.parse_instruments(recorded(VENUE, "instruments.rest")))["BTCUSDT"]
    assert btc.funding_interval_ms == 8 * HOUR_MS


def test_bybit_candles_arrive_newest_first_and_leave_oldest_first() -> None:
    payload = recorded(VENUE, "candles.rest")
    rows = payload["result"]["list"]
    bars = parse.parse_candles(payload, BTC["BTCUSDT"], now_ms=1706803708087, span_ms=HOUR_MS)
    assert [bar.end_ms - HOUR_MS for bar in bars] == sorted(int(row[0]) for row in rows)
    newest = bars[-1]
    assert (newest.open, newest.high, newest.low, newest.close) == (
        43376.1, 43474.1, 43264.8, 43352.8,
    )  # fmt: skip
    assert (newest.volume, newest.taker_delta) == (1575.305, None)


def test_bybit_inverse_candle_has_its_coins_in_the_turnover() -> None:
    payload = recorded(VENUE, "candles.rest")
    payload["result"]["symbol"] = "BTCUSD"
    bars = parse.parse_candles(payload, BTC_USD["BTCUSD"], now_ms=0, span_ms=HOUR_MS)
    assert bars[-1].volume == 68345898.1407


def test_bybit_candles_of_another_symbol_are_refused() -> None:
    with pytest.raises(BadPayload, match="is about 'BTCUSDT', not ETHUSDT"):
        parse.parse_candles(
            recorded(VENUE, "candles.rest"), linear(VENUE, "ETHUSDT")["ETHUSDT"], now_ms=0
        )


def test_bybit_pushed_candle_is_open_until_confirmed_shape_from_documentation() -> None:
    message = recorded(VENUE, "candles.ws-docs")
    (bar,) = parse.parse_candle_push(message, BTC)
    assert (bar.end_ms, bar.span_ms, bar.closed) == (1672325100000, 300_000, False)
    message["data"][0]["confirm"] = True
    assert parse.parse_candle_push(message, BTC)[0].closed


def test_bybit_open_interest_is_halved_because_the_venue_counts_both_sides() -> None:
    payload = recorded(VENUE, "open-interest.rest")
    single = parse.parse_open_interest_history(payload, BTC["BTCUSDT"])
    assert single[-1].open_interest == 26332.321
    for row in payload["result"]["list"]:
        del row["singleOpenInterest"]
    halved = parse.parse_open_interest_history(payload, BTC["BTCUSDT"])
    assert [r.open_interest for r in halved] == pytest.approx([r.open_interest for r in single])


def test_bybit_open_interest_history_arrives_newest_first_and_leaves_oldest_first() -> None:
    times = [
        reading.ts_ms
        for reading in parse.parse_open_interest_history(
            recorded(VENUE, "open-interest.rest"), BTC["BTCUSDT"]
        )
    ]
    assert times[-1] == 1789458600000
    assert times == sorted(times)


def test_bybit_inverse_open_interest_is_usd_and_needs_a_mark_price_shape_from_documentation() -> (
    None
):
    payload = recorded(VENUE, "open-interest.rest-docs")
    btc = BTC_USD["BTCUSD"]
    reading = parse.parse_open_interest_history(payload, btc, mark_price=100_000.0)[-1]
    assert (reading.open_interest, reading.usd) == (pytest.approx(319.55346), 31955346)
    with pytest.raises(BadPayload, match="no mark price"):
        parse.parse_open_interest_history(payload, btc)


def test_bybit_ticker_open_interest_is_the_single_side_valued_at_the_mark() -> None:
    (reading,) = parse.parse_open_interest(recorded(VENUE, "tickers.rest"), BTC)
    assert reading.open_interest == 26631.431
    assert reading.usd == pytest.approx(2071038505.15, rel=1e-6)  # singleOpenInterestValue


def test_bybit_inverse_ticker_value_is_not_mistaken_for_usd_shape_from_documentation() -> None:
    (reading,) = parse.parse_open_interest(recorded(VENUE, "tickers.rest-docs"), BTC_USD)
    assert reading.usd == 240113967 / 2
    assert reading.open_interest == pytest.approx(2089.79 / 2, rel=1e-4)


def test_bybit_ticker_funding_is_per_its_own_interval() -> None:
    marks = parse.parse_marks(recorded(VENUE, "tickers.rest"), BTC | linear(VENUE, "0GUSDT"))
    assert [mark.funding_interval_ms for mark in marks] == [8 * HOUR_MS, 4 * HOUR_MS]
    assert (marks[0].mark_price, marks[0].index_price) == (77766.7, 77797.59)
    assert (marks[0].funding_rate, marks[0].next_funding_ms) == (0.00004936, 1789171200000)


def test_bybit_ticker_delta_tells_only_what_changed() -> None:
    snapshot, delta, *_ = recorded(VENUE, "tickers-live.ws")
    (first,), (second,) = (parse.parse_mark_push(m, BTC) for m in (snapshot, delta))
    assert (first.mark_price, second.mark_price, second.index_price) == (63560.8, None, 63585.74)
    (reading,) = parse.parse_open_interest_push(snapshot, BTC)
    assert reading.open_interest == 29986.128
    assert parse.parse_open_interest_push(delta, BTC) == []


def test_bybit_inverse_delta_without_a_mark_price_tells_no_open_interest() -> None:
    snapshot, delta, *_ = recorded(VENUE, "tickers.ws")
    (reading,) = parse.parse_open_interest_push(snapshot, BTC_USD)
    assert reading.open_interest == pytest.approx(449736676 / 2 / 28560)
    assert parse.parse_open_interest_push(delta, BTC_USD) == []


def test_bybit_book_is_best_first() -> None:
    (book,) = parse.parse_book(recorded(VENUE, "order-book.rest"), BTC["BTCUSDT"])
    assert (book.bids[0], book.asks[0]) == ((42544.7, 172.404), (42548.0, 108.998))
    assert book.ts_ms == 1706803948569


def test_bybit_liquidation_side_is_the_position_so_buy_is_the_death_of_a_long() -> None:
    icp, mars = recorded(VENUE, "liquidations-live.ws")
    known = linear(VENUE, "ICPUSDT") | linear(VENUE, "MARSCOINUSDT")
    (long,), (short,) = (parse.parse_liquidation_push(m, known) for m in (icp, mars))
    assert (long.side, short.side) == ("long", "short")
    assert (long.size_base, long.completeness, long.ts_ms) == (19.7, "full", 1789670094099)


def test_bybit_liquidation_price_is_the_bankruptcy_price() -> None:
    (message,) = recorded(VENUE, "liquidations.ws")
    (row,) = parse.parse_liquidation_push(message, linear(VENUE, "PIPPINUSDT"))
    assert (row.bankruptcy_price, row.fill_price, row.price) == (0.02456, None, 0.02456)
    assert (row.side, row.usd) == ("short", pytest.approx(2846 * 0.02456))


def test_bybit_inverse_liquidation_size_is_usd_shape_from_documentation() -> None:
    message = {
        "topic": "allLiquidation.BTCUSD", "type": "snapshot", "ts": 1739502303204,
        "data": [{"T": 1739502302929, "s": "BTCUSD", "S": "Buy", "v": "20000", "p": "50000"}],
    }  # fmt: skip
    (row,) = parse.parse_liquidation_push(message, BTC_USD)
    assert (row.size_base, row.usd) == (0.4, 20000)


def test_bybit_margin_tiers_carry_the_deduction_that_their_bounds_imply() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest"), linear(VENUE, "0GUSDT"), as_of_ms=1789000000000
    )
    first, second = tiers[:2]
    assert (first.notional_floor_usd, first.notional_cap_usd) == (0, 10_000)
    assert (first.maintenance_margin_rate, first.maintenance_amount_usd) == (0.015, 0)
    assert (second.max_leverage, second.maintenance_amount_usd) == (25, 50)
    assert second.maintenance_amount_usd == pytest.approx(10_000 * (0.02 - 0.015))


def test_bybit_margins_in_percent_become_fractions_shape_from_documentation() -> None:
    (tier,) = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest-docs"), BTC_USD, as_of_ms=0, mark_price=20_000.0
    )
    assert (tier.maintenance_margin_rate, tier.initial_margin_rate) == (0.005, 0.01)
    assert tier.notional_cap_usd == 150 * 20_000  # the limit of an inverse contract is in coins


def test_bybit_ratio_is_the_share_of_accounts_oldest_first() -> None:
    ratios = parse.parse_ratios(recorded(VENUE, "long-short-ratio.rest"), linear(VENUE, "ETHUSDT"))
    assert (ratios[-1].ts_ms, ratios[-1].kind) == (1789460400000, "accounts")
    assert ratios[-1].long_share == pytest.approx(0.6784)


def test_bybit_trades_are_by_the_taker_and_leave_out_block_trades() -> None:
    inverse_trades, linear_trades = recorded(VENUE, "trades.ws")
    trades = parse.parse_trade_push(inverse_trades, BTC_USD)
    assert [t.taker_side for t in trades] == ["buy"] * 3
    assert trades[0].size_base == pytest.approx(5823 / 28560.5)  # an inverse size is USD
    linear_trades["data"][0]["BT"] = True
    assert parse.parse_trade_push(linear_trades, linear(VENUE, "LTCUSDT")) == []
    (trade,) = parse.parse_trades(recorded(VENUE, "trades.rest"), BTC)
    assert (trade.taker_side, trade.size_base, trade.price) == ("buy", 0.972, 51444.4)


def test_bybit_refusal_with_http_200_and_an_empty_list_is_refused() -> None:
    with pytest.raises(BadPayload, match="bybit refused: 'params error: symbol invalid'"):
        parse.parse_instruments(refusal(VENUE, 0))
