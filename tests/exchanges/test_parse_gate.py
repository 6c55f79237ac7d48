"""Gate's recorded replies and messages mean what the venue means by them."""

import pytest

from apps.exchanges.gate import parse
from apps.exchanges.numbers import BadPayload
from tests.exchanges.payloads import by_symbol, inverse, linear, recorded, refusal

VENUE = "gate"
BTC = linear(VENUE, "BTC_USDT", 0.0001)
NOW_MS = 1789147104000
HOUR_MS = 3_600_000


def test_gate_contract_is_its_multiplier_in_coins() -> None:
    instruments = by_symbol(parse.parse_instruments(recorded(VENUE, "instruments-recent.rest")))
    btc = instruments["BTC_USDT"]
    assert (btc.contract_size, btc.kind, btc.settle) == (0.0001, "linear", "USDT")
    assert (btc.base, btc.quote, btc.max_leverage) == ("BTC", "USDT", 200)
    assert (btc.funding_interval_ms, btc.listed_ms) == (8 * HOUR_MS, 1574035200000)


def test_gate_multiplier_of_zero_is_inverse_at_one_dollar_shape_from_documentation() -> None:
    row = recorded(VENUE, "instruments-recent.rest")[0]
    row |= {"name": "BTC_USD", "quanto_multiplier": "0", "type": "inverse"}
    (btc,) = parse.parse_instruments([row])
    assert (btc.kind, btc.contract_size, btc.settle) == ("inverse", 1, "BTC")
    assert btc.size_base(50_000, 50_000.0) == 1


def test_gate_older_list_without_a_status_reads_too() -> None:
    assert all(i.active for i in parse.parse_instruments(recorded(VENUE, "instruments.rest")))


def test_gate_candle_times_are_seconds_and_volumes_contracts() -> None:
    message = recorded(VENUE, "candles-btc.ws")
    (bar,) = parse.parse_candle_push(message, BTC, now_ms=1662484495000, span_ms=300_000)
    assert (bar.end_ms, bar.closed) == (1662484500000, False)
    assert bar.volume == pytest.approx(1093.7513)  # 10,937,513 contracts
    assert (bar.open, bar.low) == (19347.3, 19088.1)


def test_gate_candle_rows_are_named_by_interval_and_contract() -> None:
    (message,) = recorded(VENUE, "candles.ws")
    assert parse.parse_candle_push(message, BTC, now_ms=0) == []
    front = linear(VENUE, "FRONT_USDT")
    (bar,) = parse.parse_candle_push(message, front, now_ms=1684930200000)
    assert (bar.volume, bar.closed) == (0, True)


def test_gate_candle_reply_shape_from_documentation() -> None:
    payload = recorded(VENUE, "candles.rest-docs")
    (bar,) = parse.parse_candles(payload, BTC["BTC_USDT"], now_ms=1539852540000)
    assert (bar.volume, bar.closed) == (pytest.approx(9.7151), True)


def test_gate_open_interest_of_the_contract_list_is_one_side() -> None:
    (reading,) = parse.parse_open_interest(
        recorded(VENUE, "instruments-recent.rest"), BTC, now_ms=NOW_MS
    )
    assert reading.open_interest == pytest.approx(32044.3501)  # 320,443,501 contracts
    assert reading.usd == pytest.approx(32044.3501 * 77762.8)
    assert reading.ts_ms == NOW_MS


def test_gate_statistics_open_interest_is_halved_because_it_counts_both_sides() -> None:
    payload = recorded(VENUE, "contract-stats.rest")
    history = parse.parse_open_interest_history(payload, BTC["BTC_USDT"])
    first = history[0]
    assert (first.ts_ms, first.open_interest) == (1789658100000, pytest.approx(65262.1356 / 2))
    assert first.usd == pytest.approx(4987325876.33844 / 2, rel=1e-9)
    live = 320_443_501  # position_size of six days before: about half of the statistics
    assert payload[0]["open_interest"] / live == pytest.approx(2, rel=0.05)
    one_sided = parse.parse_open_interest_history(payload, BTC["BTC_USDT"], sides=1)
    assert one_sided[0].open_interest == pytest.approx(2 * first.open_interest)


def test_gate_mark_list_tells_interval_and_next_settlement_in_seconds() -> None:
    (mark,) = parse.parse_marks(recorded(VENUE, "instruments-recent.rest"), BTC, now_ms=NOW_MS)
    assert (mark.mark_price, mark.index_price, mark.funding_rate) == (77762.8, 77790.63, 0.000016)
    assert (mark.funding_interval_ms, mark.next_funding_ms) == (8 * HOUR_MS, 1789171200000)


def test_gate_ticker_message_is_stamped_in_seconds() -> None:
    (mark,) = parse.parse_mark_push(recorded(VENUE, "tickers-btc.ws"), BTC)
    assert (mark.ts_ms, mark.mark_price, mark.index_price) == (1654162715000, 29908, 29908.95)


def test_gate_book_levels_are_contracts_and_its_time_has_a_fraction() -> None:
    (book,) = parse.parse_book(recorded(VENUE, "order-book-btc.rest"), BTC["BTC_USDT"])
    assert book.ts_ms == 1654251438920
    assert book.bids[0] == (30144.5, pytest.approx(32.4289))
    assert book.asks[0] == (30144.6, pytest.approx(7.5703))


def test_gate_liquidation_of_a_plus_sized_position_is_the_death_of_a_long() -> None:
    payload = recorded(VENUE, "liquidations.rest")
    rows = parse.parse_liquidations(payload, BTC | linear(VENUE, "LSK_USDT"))
    assert {(row.instrument, row.side) for row in rows} == {
        ("gate-btc-usdt", "long"), ("gate-lsk-usdt", "short"),
    }  # fmt: skip
    for row in rows:  # a long is sold above its limit, a short bought below it
        better = row.fill_price - row.bankruptcy_price
        assert better > 0 if row.side == "long" else better < 0


def test_gate_liquidation_size_is_the_filled_order_and_not_the_whole_position() -> None:
    ake = linear(VENUE, "AKE_USDT", 10.0)
    rows = parse.parse_liquidations(recorded(VENUE, "liquidations.rest"), ake)
    assert [row.size_base for row in rows] == [1650, 3090]  # of 20,000 and 18,350


def test_gate_liquidation_that_filled_nothing_is_no_row() -> None:
    payload = recorded(VENUE, "liquidations.rest")[:1]
    payload[0] |= {"left": "-76", "fill_price": "0"}
    assert parse.parse_liquidations(payload, linear(VENUE, "H_USDT")) == []


def test_gate_liquidation_times_are_seconds_and_sizes_contracts() -> None:
    rows = parse.parse_liquidations(recorded(VENUE, "liquidations.rest"), BTC)
    last = rows[-1]
    assert last.ts_ms == 1789242268000
    assert {row.completeness for row in rows} == {"full"}
    largest = max(rows, key=lambda row: row.size_base)
    assert (largest.size_base, largest.fill_price) == (pytest.approx(0.02), 77030.6)
    assert largest.usd == pytest.approx(0.02 * 77030.6)


def test_gate_older_liquidations_without_an_order_size_read_too() -> None:
    rows = parse.parse_liquidations(recorded(VENUE, "liquidations-ccxt.rest"), BTC)
    assert [row.size_base for row in rows] == pytest.approx([0.0033, 0.0287])
    assert rows[0].usd == pytest.approx(120.29952)
    assert {row.side for row in rows} == {"long"}  # ccxt calls it buy


def test_gate_inverse_liquidation_is_usd_over_price_shape_from_documentation() -> None:
    payload = recorded(VENUE, "liquidations.rest-docs")
    payload[0]["contract"] = "BTC_USD"
    (row,) = parse.parse_liquidations(payload, inverse(VENUE, "BTC_USD"))
    assert (row.usd, row.size_base) == (600, pytest.approx(600 / 3424))


@pytest.mark.parametrize("time", ["time_ms", "time"])
def test_gate_pushed_liquidations_are_milliseconds_under_either_name_shape_from_documentation(
    time: str,
) -> None:
    rows = [{"price": "76801.9", "size": size, time: 1789242268123, "contract": "BTC_USDT"}
            for size in (200, "-0.5")]  # fmt: skip
    message = {"time": 1789242268, "channel": "futures.public_liquidates", "event": "update",
               "result": rows}  # fmt: skip
    long, short = parse.parse_liquidation_push(message, BTC)
    assert (long.side, short.side, long.ts_ms) == ("long", "short", 1789242268123)
    assert short.size_base == pytest.approx(0.00005)  # sizes may be decimal text
    assert (long.completeness, long.fill_price) == ("sampled", None)


def test_gate_margin_tiers_carry_the_deduction_that_their_bounds_imply() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest"), BTC, as_of_ms=1789000000000
    )
    second = tiers[1]
    assert (second.notional_floor_usd, second.notional_cap_usd) == (500_000, 1_000_000)
    assert (second.maintenance_margin_rate, second.max_leverage) == (0.0035, 150.01)
    assert second.maintenance_amount_usd == 250 == pytest.approx(500_000 * (0.0035 - 0.003))


def test_gate_statistics_hold_four_ratios_in_every_row() -> None:
    payload = recorded(VENUE, "contract-stats.rest")
    ratios = parse.parse_ratios(payload, BTC["BTC_USDT"])
    first = {r.kind: r.long_share for r in ratios if r.ts_ms == 1789658100000}
    assert set(first) == {"accounts", "top_accounts", "top_positions", "taker"}
    assert first["accounts"] == pytest.approx(19930 / (19930 + 13198))  # long and short users
    assert first["taker"] == pytest.approx(1534950 / (1534950 + 1065594))
    assert first["top_positions"] == pytest.approx(29649138 / (29649138 + 29939832))


def test_gate_trade_of_a_minus_size_is_a_taker_sell() -> None:
    _, sold, bought = recorded(VENUE, "trades.ws")
    eth = linear(VENUE, "ETH_USDT", 0.01)
    (trade,) = parse.parse_trade_push(sold, eth)
    assert (trade.taker_side, trade.size_base) == ("sell", pytest.approx(0.22))
    assert {t.taker_side for t in parse.parse_trade_push(bought, BTC)} == {"buy"}


def test_gate_trade_sizes_may_be_decimal_text() -> None:
    message = recorded(VENUE, "decimal-sizes.ws")[0]
    (trade,) = parse.parse_trade_push(message, linear(VENUE, "ETH_USDT", 0.01))
    assert (trade.taker_side, trade.size_base) == ("sell", pytest.approx(0.0025))


def test_gate_trade_reply_is_stamped_in_seconds_shape_from_documentation() -> None:
    (trade,) = parse.parse_trades(recorded(VENUE, "trades.rest-docs"), BTC)
    assert (trade.ts_ms, trade.taker_side) == (1514764800000, "sell")


def test_gate_refusal_without_a_message_is_refused_by_its_label() -> None:
    with pytest.raises(BadPayload, match="gate refused: 'CONTRACT_NOT_FOUND'"):
        parse.parse_instruments(refusal(VENUE, 0))
    with pytest.raises(BadPayload, match="gate refused: 'limit 300'"):
        parse.parse_book(refusal(VENUE, 1), BTC["BTC_USDT"])


def test_gate_milliseconds_in_place_of_seconds_are_refused() -> None:
    payload = recorded(VENUE, "liquidations.rest")
    for row in payload:
        row["time"] *= 1000
    with pytest.raises(BadPayload, match="time of this century"):
        parse.parse_liquidations(payload, BTC)
