"""Binance's recorded replies and messages mean what the venue means by them."""

import pytest

from apps.exchanges.binance import parse
from apps.exchanges.numbers import BadPayload
from apps.exchanges.records import BarRow
from tests.exchanges.payloads import by_symbol, linear, recorded, refusal

VENUE = "binance"
BTC = linear(VENUE, "BTCUSDT")
FIVE_MINUTES = 300_000


def test_binance_instruments_are_perpetuals_with_tick_step_and_listing() -> None:
    instruments = by_symbol(parse.parse_instruments(recorded(VENUE, "instruments.rest")))
    btc = instruments["BTCUSDT"]
    assert (btc.slug, btc.base, btc.quote, btc.settle) == (
        "binance-btcusdt", "BTC", "USDT", "USDT",
    )  # fmt: skip
    assert (btc.kind, btc.contract_size, btc.tick, btc.size_step) == ("linear", 1, 0.01, 0.001)
    assert (btc.listed_ms, btc.active) == (1569398400000, True)
    assert btc.max_leverage is None  # requiredMarginPercent is not it


def test_binance_dated_contracts_are_not_instruments() -> None:
    payload = recorded(VENUE, "instruments.rest")
    payload["symbols"][0]["contractType"] = "CURRENT_QUARTER"
    assert "BTCUSDT" not in by_symbol(parse.parse_instruments(payload))


def test_binance_funding_is_every_eight_hours_unless_told_otherwise_shape_from_documentation() -> (
    None
):
    known = linear(VENUE, "BLZUSDT") | BTC
    payload = recorded(VENUE, "funding-info.rest-docs")
    payload[0]["fundingIntervalHours"] = 4
    (blz,) = parse.parse_funding_intervals(payload, known)
    assert (blz.symbol, blz.funding_interval_ms) == ("BLZUSDT", 4 * 3_600_000)
    btc = by_symbol(parse.parse_instruments(recorded(VENUE, "instruments.rest")))["BTCUSDT"]
    assert btc.funding_interval_ms == 8 * 3_600_000


def test_binance_candles_keep_the_taker_buys_of_columns_nine_and_ten() -> None:
    payload = recorded(VENUE, "candles.rest")
    bars = parse.parse_candles(
        payload, BTC["BTCUSDT"], now_ms=payload[-1][0] + FIVE_MINUTES, span_ms=FIVE_MINUTES
    )
    bar, row = bars[0], payload[0]
    assert (bar.open, bar.high, bar.low, bar.close) == tuple(float(c) for c in row[1:5])
    assert bar.volume == float(row[5])
    sells = float(row[5]) - float(row[9])
    assert bar.taker_delta == pytest.approx(float(row[9]) - sells)
    assert bar.end_ms == row[0] + FIVE_MINUTES == row[6] + 1


def test_binance_last_candle_of_a_reply_is_open_until_its_end_has_passed() -> None:
    payload = recorded(VENUE, "candles-1m.rest")
    end = payload[-1][0] + 60_000
    read = [parse.parse_candles(payload, BTC["BTCUSDT"], now_ms=now) for now in (end - 1, end)]
    assert [bars[-1].closed for bars in read] == [False, True]
    assert all(bar.closed for bars in read for bar in bars[:-1])


def test_binance_pushed_candle_says_itself_whether_it_is_closed() -> None:
    (message, *_) = recorded(VENUE, "candles-1m.ws")
    ctk = linear(VENUE, "CTKUSDT")
    (bar,) = parse.parse_candle_push(message, ctk)
    assert bar == BarRow(
        "binance-ctkusdt", 1626992760000, 60_000, 1.01, 1.011, 1.01, 1.011, 3917.0, 1729 * 2 - 3917,
        closed=False,
    )  # fmt: skip
    message["data"]["k"]["x"] = True
    assert parse.parse_candle_push(message, ctk)[0].closed


def test_binance_messages_about_other_symbols_give_no_rows() -> None:
    for message in recorded(VENUE, "candles-1m.ws"):
        assert parse.parse_candle_push(message, BTC) == []


def test_binance_open_interest_is_base_coin_of_one_side() -> None:
    (reading,) = parse.parse_open_interest(recorded(VENUE, "open-interest.rest"), BTC)
    assert (reading.ts_ms, reading.open_interest) == (1654336844754, 84617.188)


def test_binance_open_interest_history_accepts_times_as_numbers_and_as_text() -> None:
    (first, second) = parse.parse_open_interest_history(
        recorded(VENUE, "open-interest-history.rest"), BTC
    )
    assert (first.ts_ms, first.open_interest) == (1786816800000, 111856.664)
    assert first.usd == pytest.approx(7051831069.12)
    assert first.ts_ms < second.ts_ms
    printed = parse.parse_open_interest_history(
        recorded(VENUE, "open-interest-history.rest-docs"), BTC
    )
    assert printed[0].ts_ms == 1583127900000


def test_binance_funding_rate_of_a_mark_is_the_coming_one_per_interval() -> None:
    payload = recorded(VENUE, "mark-price.rest")
    eth = linear(VENUE, "ETHUSDT")
    (mark,) = parse.parse_marks(payload, eth)
    assert (mark.ts_ms, mark.mark_price, mark.index_price) == (1789308896002, 2483.7, 2484.94534884)
    assert (mark.funding_rate, mark.next_funding_ms) == (-0.00001791, 1789315200000)
    one = recorded(VENUE, "mark-price.rest-docs")
    assert parse.parse_marks(one, BTC)[0].mark_price == 11793.63104562


def test_binance_pushed_mark_is_p_and_not_the_settlement_estimate() -> None:
    (mark,) = parse.parse_mark_push(recorded(VENUE, "mark-price.ws"), BTC)
    assert (mark.mark_price, mark.index_price) == (58940.14924532, 58857.26693664)
    assert (mark.funding_rate, mark.ts_ms) == (0.00058455, 1617308820003)
    everyone = BTC | linear(VENUE, "ETHUSDT")
    assert len(parse.parse_mark_push(recorded(VENUE, "mark-price-all.ws"), everyone)) == 2


def test_binance_book_is_best_first_in_base_coin() -> None:
    sushi = linear(VENUE, "SUSHIUSDT")["SUSHIUSDT"]
    (book,) = parse.parse_book(recorded(VENUE, "order-book.rest"), sushi)
    assert (book.bids[0], book.asks[0]) == ((7.611, 6.0), (7.612, 297.0))
    assert (book.ts_ms, len(book.bids), len(book.asks)) == (1626992741261, 50, 50)


def test_binance_forced_buy_is_the_death_of_a_short() -> None:
    (message,) = recorded(VENUE, "liquidations.ws")
    (row,) = parse.parse_liquidation_push(message, BTC)
    assert (row.side, row.instrument, row.ts_ms) == ("short", "binance-btcusdt", 1584059031421)
    message["data"]["o"]["S"] = "SELL"
    assert parse.parse_liquidation_push(message, BTC)[0].side == "long"


def test_binance_liquidation_size_is_the_filled_total_and_not_the_last_fill() -> None:
    (message,) = recorded(VENUE, "liquidations.ws")
    (row,) = parse.parse_liquidation_push(message, BTC)
    assert row.size_base == 0.014  # l says 0.015
    assert (row.price, row.fill_price, row.bankruptcy_price) == (4706.04, 4706.04, 4793.91)
    assert row.usd == pytest.approx(0.014 * 4706.04)
    del message["data"]["o"]["z"]
    assert parse.parse_liquidation_push(message, BTC)[0].size_base == 0.014


def test_binance_liquidations_are_a_sample_also_in_the_raw_stream() -> None:
    coti = linear(VENUE, "COTIUSDT")
    (row,) = parse.parse_liquidation_push(recorded(VENUE, "liquidations-array.ws"), coti)
    assert (row.completeness, row.side, row.size_base) == ("sampled", "short", 288183.0)
    assert row.usd == pytest.approx(6314.665896)


def test_binance_margin_tiers_follow_the_brackets() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest"), BTC, as_of_ms=1729728000000
    )
    second = tiers[1]
    assert (second.notional_floor_usd, second.notional_cap_usd) == (50_000, 600_000)
    assert (second.maintenance_margin_rate, second.max_leverage) == (0.005, 100)
    assert (second.maintenance_amount_usd, second.as_of_ms) == (50, 1729728000000)
    for below, above in zip(tiers, tiers[1:], strict=False):
        step = above.maintenance_margin_rate - below.maintenance_margin_rate
        grown = above.maintenance_amount_usd - below.maintenance_amount_usd
        assert grown == pytest.approx(above.notional_floor_usd * step)


def test_binance_long_share_is_read_from_the_shares_and_not_from_the_ratio() -> None:
    (ratio,) = parse.parse_ratios(recorded(VENUE, "long-short-ratio.rest"), BTC, "top_positions")
    assert (ratio.kind, ratio.long_share) == ("top_positions", pytest.approx(0.6276))
    printed = recorded(VENUE, "long-short-ratio.rest-docs")  # its ratio contradicts its shares
    assert parse.parse_ratios(printed, BTC, "accounts")[0].long_share == pytest.approx(0.6622)


def test_binance_taker_share_is_bought_over_all() -> None:
    payload = recorded(VENUE, "long-short-ratio-taker.rest")
    (ratio,) = parse.parse_taker_ratios(payload, BTC["BTCUSDT"])
    assert ratio.long_share == pytest.approx(153.864 / (153.864 + 157.769))


def test_binance_refusal_is_not_read_as_an_empty_reply() -> None:
    body = refusal(VENUE, 0)
    with pytest.raises(BadPayload, match=r"binance refused: 'Invalid symbol\.'"):
        parse.parse_candles(body, BTC["BTCUSDT"], now_ms=0)


def test_binance_seconds_in_place_of_milliseconds_are_refused() -> None:
    payload = recorded(VENUE, "open-interest.rest") | {"time": 1654336844}
    with pytest.raises(BadPayload, match="binance: time is 1654336844"):
        parse.parse_open_interest(payload, BTC)
