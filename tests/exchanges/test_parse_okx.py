"""OKX's recorded replies and messages mean what the venue means by them."""

import pytest

from apps.exchanges.numbers import BadPayload
from apps.exchanges.okx import parse
from tests.exchanges.payloads import by_symbol, inverse, linear, recorded, refusal

VENUE = "okx"
BTC = linear(VENUE, "BTC-USDT-SWAP", 0.01)
BTC_USD = inverse(VENUE, "BTC-USD-SWAP", 100.0)
HOUR_MS = 3_600_000


def test_okx_contract_is_coins_when_linear_and_usd_when_inverse() -> None:
    instruments = by_symbol(parse.parse_instruments(recorded(VENUE, "instruments-recent.rest")))
    btc, eth, usd = (instruments[s] for s in ("BTC-USDT-SWAP", "ETH-USDT-SWAP", "BTC-USD-SWAP"))
    assert (btc.contract_size, eth.contract_size, usd.contract_size) == (0.01, 0.1, 100)
    assert (btc.kind, usd.kind) == ("linear", "inverse")
    assert (btc.base, btc.quote, btc.slug) == ("BTC", "USDT", "okx-btc-usdt-swap")
    assert (usd.settle, btc.size_step, btc.max_leverage) == ("BTC", 0.01, 100)


def test_okx_candle_volume_is_coins_and_not_contracts() -> None:
    older, newer = parse.parse_candles(recorded(VENUE, "candles.rest"), BTC["BTC-USDT-SWAP"])
    assert (newer.end_ms, newer.volume) == (1747094100000, 10.4037)  # 1040.37 contracts
    assert (older.open, older.high, older.low, older.close) == (
        102806, 102820.5, 102783.1, 102806.1,
    )  # fmt: skip


def test_okx_candle_is_open_while_confirm_says_zero() -> None:
    payload = recorded(VENUE, "candles.rest")
    payload["data"][0][8] = "0"
    bars = parse.parse_candles(payload, BTC["BTC-USDT-SWAP"])
    assert [bar.closed for bar in bars] == [True, False]


def test_okx_candle_without_its_confirm_column_is_refused() -> None:
    with pytest.raises(BadPayload, match=r"okx: data\.0 has no 8"):
        parse.parse_candle_push(recorded(VENUE, "candles.ws"), BTC)


def test_okx_pushed_candle_names_its_instrument_only_in_the_channel() -> None:
    message = recorded(VENUE, "candles.ws")
    message["data"][0] += ["842000", "0"]
    (bar,) = parse.parse_candle_push(message, BTC)
    assert (bar.instrument, bar.volume, bar.closed) == ("okx-btc-usdt-swap", 40.7, False)
    assert parse.parse_candle_push(message, BTC_USD) == []


def test_okx_open_interest_is_coins_and_not_contracts() -> None:
    (reading,) = parse.parse_open_interest(recorded(VENUE, "open-interest.rest"), BTC)
    assert reading.open_interest == pytest.approx(27600.2194)  # 2,760,021.94 contracts
    assert reading.usd == pytest.approx(2146320021.55)


def test_okx_inverse_open_interest_comes_in_coins_too() -> None:
    payload = recorded(VENUE, "open-interest-inverse.rest")
    (reading,) = parse.parse_open_interest(payload, BTC_USD)
    assert (reading.open_interest, reading.usd) == (pytest.approx(13840.0488), None)


def test_okx_open_interest_message_reads_like_the_reply() -> None:
    (message,) = recorded(VENUE, "open-interest.ws")
    known = linear(VENUE, "WNCG-USDT-SWAP")
    assert parse.parse_open_interest(message, known)[0].open_interest == 644195


def test_okx_open_interest_is_known_at_the_end_of_its_period_shape_from_documentation() -> None:
    payload = {"code": "0", "msg": "", "data": [
        ["1789147200000", "2760021.94", "27600.2194", "2146320021.5"],
        ["1789146900000", "2750000", "27500", "2138000000"],
    ]}  # fmt: skip
    older, newer = parse.parse_open_interest_history(
        payload, BTC["BTC-USDT-SWAP"], period_ms=300_000
    )
    assert (newer.ts_ms, newer.open_interest) == (1789147500000, 27600.2194)
    assert (older.ts_ms, older.usd) == (1789147200000, 2138000000)


def test_okx_mark_price_reply_tells_the_mark_alone() -> None:
    (mark,) = parse.parse_marks(recorded(VENUE, "mark-price.rest"), BTC)
    assert (mark.mark_price, mark.ts_ms, mark.funding_rate) == (84660.1, 1744590349506, None)


def test_okx_funding_interval_is_between_the_next_two_settlements() -> None:
    chip = linear(VENUE, "CHIP-USDT-SWAP")
    marks = parse.parse_funding(recorded(VENUE, "funding.rest"), BTC | chip)
    assert [mark.funding_interval_ms for mark in marks] == [8 * HOUR_MS, 4 * HOUR_MS]
    assert marks[0].next_funding_ms == 1789171200000  # fundingTime, which is still to come
    assert marks[0].funding_rate == pytest.approx(0.0000593556502673)


def test_okx_index_is_named_by_the_pair_and_not_by_the_swap() -> None:
    messages = recorded(VENUE, "mark-index-funding.ws")
    known = linear(VENUE, "WNCG-USDT-SWAP")
    (index,) = parse.parse_index(messages[1], known)
    (mark,) = parse.parse_marks(messages[2], known)
    assert (index.index_price, mark.mark_price) == (2.1675, 2.1729)
    assert index.instrument == mark.instrument == "okx-wncg-usdt-swap"


def test_okx_book_sizes_are_turned_from_contracts_into_coins() -> None:
    (book,) = parse.parse_book(recorded(VENUE, "order-book.rest"), BTC["BTC-USDT-SWAP"])
    assert book.bids[0] == (29701.6, pytest.approx(0.05))  # 5 contracts
    assert book.asks[0] == (29701.7, pytest.approx(0.02))


def test_okx_liquidations_are_all_read_and_not_the_first_of_a_message_alone() -> None:
    rows = parse.parse_liquidations(recorded(VENUE, "liquidations.rest"), BTC)
    details = recorded(VENUE, "liquidations.rest")["data"][0]["details"]
    assert len(rows) == len(details) == 12
    assert [row.ts_ms for row in rows] == sorted(int(d["ts"]) for d in details)
    assert {row.completeness for row in rows} == {"sampled"}


def test_okx_liquidation_side_is_the_position_and_its_size_contracts() -> None:
    last = parse.parse_liquidations(recorded(VENUE, "liquidations.rest"), BTC)[-1]
    assert (last.side, last.ts_ms) == ("long", 1789241986046)
    assert last.size_base == pytest.approx(0.0356)  # 3.56 contracts
    assert last.usd == pytest.approx(0.0356 * 77032.6)
    assert (last.bankruptcy_price, last.fill_price) == (77032.6, None)


def test_okx_liquidation_in_net_mode_is_read_from_the_side_of_the_order() -> None:
    payload = recorded(VENUE, "liquidations.rest")
    for detail in payload["data"][0]["details"]:
        detail["posSide"] = "net"
    hedged = parse.parse_liquidations(recorded(VENUE, "liquidations.rest"), BTC)
    assert parse.parse_liquidations(payload, BTC) == hedged


def test_okx_pushed_liquidations_read_like_the_reply() -> None:
    first, _ = recorded(VENUE, "liquidations.ws")
    (row,) = parse.parse_liquidations(first, linear(VENUE, "CNPY-USDT-SWAP", 10.0))
    assert (row.side, row.usd) == ("short", pytest.approx(8894.194))


def test_okx_inverse_liquidation_is_usd_over_price() -> None:
    (message,) = recorded(VENUE, "liquidations-futures.ws")
    (row,) = parse.parse_liquidations(message, inverse(VENUE, "XRP-USD-230929", 10.0))
    assert (row.usd, row.size_base) == (390, pytest.approx(390 / 0.55205))


def test_okx_margin_tiers_end_at_contracts_times_contract_size_times_mark() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest"), BTC["BTC-USDT-SWAP"],
        mark_price=77_000.0, as_of_ms=1789000000000,
    )  # fmt: skip
    first, second = tiers[:2]
    assert first.notional_cap_usd == pytest.approx(1000 * 0.01 * 77_000)
    assert second.notional_floor_usd == first.notional_cap_usd  # no hole at 1000.01 contracts
    assert (first.maintenance_margin_rate, first.initial_margin_rate) == (0.004, 0.01)
    assert second.max_leverage == 66.66


def test_okx_ratio_becomes_a_share_shape_from_documentation() -> None:
    payload = recorded(VENUE, "long-short-ratio.rest-docs")
    (ratio,) = parse.parse_ratios(payload, BTC["BTC-USDT-SWAP"], "accounts")
    assert (ratio.ts_ms, ratio.long_share) == (1630502100000, pytest.approx(1.25 / 2.25))


def test_okx_taker_volume_tells_the_sold_before_the_bought_shape_from_documentation() -> None:
    payload = {"code": "0", "msg": "", "data": [["1789147200000", "30", "70"]]}
    (ratio,) = parse.parse_taker_ratios(payload, BTC["BTC-USDT-SWAP"])
    assert ratio.long_share == pytest.approx(0.7)


def test_okx_trade_size_is_contracts() -> None:
    (trade,) = parse.parse_trades(recorded(VENUE, "trades-btc.ws"), BTC)
    assert (trade.size_base, trade.taker_side) == (pytest.approx(0.07), "buy")
    assert (trade.price, trade.native_id) == (43568.8, "219066264")


def test_okx_refusal_with_http_200_is_refused() -> None:
    with pytest.raises(BadPayload, match='okx refused: "Instrument ID'):
        parse.parse_instruments(refusal(VENUE, 0))
