"""HTX's recorded replies and messages mean what the venue means by them."""

import pytest

from apps.exchanges.htx import parse
from apps.exchanges.numbers import BadPayload
from tests.exchanges.payloads import by_symbol, linear, recorded, refusal

VENUE = "htx"
BTC = linear(VENUE, "BTC-USDT", 0.001)
ETH = linear(VENUE, "ETH-USDT", 0.01)
HOUR_MS = 3_600_000


def test_htx_contract_size_is_coins_and_ticks_may_be_written_with_an_exponent() -> None:
    instruments = by_symbol(parse.parse_instruments(recorded(VENUE, "instruments-recent.rest")))
    btc, pepe = instruments["BTC-USDT"], instruments["PEPE-USDT"]
    assert (btc.contract_size, btc.tick, btc.funding_interval_ms) == (0.001, 0.1, 8 * HOUR_MS)
    assert (pepe.contract_size, pepe.tick) == (1_000_000, 1e-10)
    assert (btc.base, btc.quote, btc.active) == ("BTC", "USDT", True)
    assert len(parse.parse_instruments(recorded(VENUE, "instruments.rest"))) == 6


def test_htx_dated_contracts_are_not_instruments() -> None:
    payload = recorded(VENUE, "instruments-recent.rest")
    payload["data"][0]["business_type"] = "futures"
    assert "BTC-USDT" not in by_symbol(parse.parse_instruments(payload))


def test_htx_candle_volume_is_halved_because_the_venue_counts_both_sides() -> None:
    message = recorded(VENUE, "candles.ws")
    (bar,) = parse.parse_candle_push(message, BTC)
    assert bar.volume == pytest.approx(0.532 / 2)  # 532 contracts
    turnover = message["tick"]["trade_turnover"]
    assert turnover == pytest.approx(0.532 * bar.close, rel=1e-4)  # amount is coins here
    assert (bar.end_ms, bar.closed) == (1654081500000, False)


def test_htx_candle_reply_times_are_seconds_shape_from_documentation() -> None:
    payload = recorded(VENUE, "candles.rest-docs")
    (bar,) = parse.parse_candles(payload, BTC["BTC-USDT"], now_ms=payload["ts"])
    assert (bar.end_ms, bar.closed, bar.volume) == (1603695120000, False, pytest.approx(0.002))


def test_htx_open_interest_is_halved_because_the_venue_counts_both_sides() -> None:
    btc, eth = parse.parse_open_interest(recorded(VENUE, "open-interest-recent.rest"), BTC | ETH)
    assert btc.open_interest == pytest.approx(28808.125 / 2)
    assert btc.usd == pytest.approx(2221334021.6875 / 2)
    assert eth.open_interest == pytest.approx(492858.69 / 2)
    assert btc.ts_ms == 1789336871199


def test_htx_open_interest_ignores_amounts_that_newer_replies_write_in_contracts() -> None:
    payload = recorded(VENUE, "open-interest-recent.rest")
    expected = parse.parse_open_interest(payload, BTC)
    for row in payload["data"]:
        row["amount"] = row["volume"]
    assert parse.parse_open_interest(payload, BTC) == expected


@pytest.mark.parametrize(("unit", "volume"), [(1, 27112), (2, 27.112)])
def test_htx_open_interest_history_is_in_contracts_or_in_coins_shape_from_documentation(
    unit: int, volume: float
) -> None:
    known = linear(VENUE, "BTC-USDT-211210", 0.001)["BTC-USDT-211210"]
    payload = recorded(VENUE, "open-interest-history.rest-docs")
    payload["data"]["tick"][0] |= {"amount_type": unit, "volume": volume}
    (reading,) = parse.parse_open_interest_history(payload, known)
    assert reading.open_interest == pytest.approx(13.556)
    assert (reading.ts_ms, reading.usd) == (1638720000000, pytest.approx(1321498.5264 / 2))


def test_htx_mark_candle_is_known_at_its_end_shape_from_documentation() -> None:
    first, second = parse.parse_marks(
        recorded(VENUE, "mark-candles.rest-docs"), BTC, span_ms=300_000
    )
    assert (first.ts_ms, first.mark_price) == (1611105600000, 31078.68)
    assert second.ts_ms == 1611105900000


def test_htx_index_has_its_own_time_shape_from_documentation() -> None:
    (mark,) = parse.parse_index(recorded(VENUE, "index-price.rest-docs"), BTC)
    assert (mark.index_price, mark.ts_ms) == (13076.32986568, 1603694592011)


def test_htx_funding_interval_is_between_the_next_two_settlements() -> None:
    (mark,) = parse.parse_funding(recorded(VENUE, "funding.rest-v5"), BTC)
    assert mark.funding_rate == pytest.approx(8.1913965631512e-05)
    assert (mark.next_funding_ms, mark.funding_interval_ms) == (1781251200000, 8 * HOUR_MS)
    (older,) = parse.parse_funding(recorded(VENUE, "funding.rest-docs"), BTC)
    assert (older.next_funding_ms, older.funding_interval_ms) == (1603699200000, None)


def test_htx_pushed_funding_time_is_now_and_settlement_time_is_coming() -> None:
    (mark,) = parse.parse_funding_push(recorded(VENUE, "funding.ws"), BTC)
    assert (mark.ts_ms, mark.next_funding_ms) == (1617309787271, 1617321600000)


def test_htx_book_sizes_are_turned_from_contracts_into_coins() -> None:
    (book,) = parse.parse_book(recorded(VENUE, "order-book.rest"), BTC["BTC-USDT"])
    assert book.bids[0] == (29796.7, pytest.approx(0.305))
    assert book.asks[0] == (29796.8, pytest.approx(4.025))
    assert book.ts_ms == 1654253113226


def test_htx_direction_is_the_order_so_buy_is_the_death_of_a_short() -> None:
    (live,), (older,) = recorded(VENUE, "liquidations-live.ws"), recorded(VENUE, "liquidations.ws")
    (short,), (long,) = (parse.parse_liquidation_push(m, BTC | ETH) for m in (live, older))
    assert (short.side, long.side) == ("short", "long")
    assert (short.ts_ms, short.bankruptcy_price) == (1789670297212, 2446.26)


def test_htx_liquidation_sizes_are_contracts_and_not_halved() -> None:
    (live,), (older,) = recorded(VENUE, "liquidations-live.ws"), recorded(VENUE, "liquidations.ws")
    (eth,), (btc,) = (parse.parse_liquidation_push(m, BTC | ETH) for m in (live, older))
    assert (eth.size_base, eth.usd) == (5, pytest.approx(12231.3))  # 500 contracts
    assert (btc.size_base, btc.usd) == (pytest.approx(0.227), pytest.approx(5300.5635))  # odd: 227


def test_htx_newer_liquidations_write_contracts_as_amount_and_name_the_dead_position() -> None:
    (row,) = parse.parse_liquidations(recorded(VENUE, "liquidations.rest-v5"), BTC)
    assert (row.side, row.size_base) == ("short", pytest.approx(0.002))  # amount says 2
    assert row.usd == pytest.approx(125.957)
    assert (row.native_id, row.completeness) == ("150153038758", "full")


def test_htx_older_liquidation_reply_shape_from_documentation() -> None:
    known = linear(VENUE, "BTC-USDT-211210", 0.001)
    (row,) = parse.parse_liquidations(recorded(VENUE, "liquidations.rest-docs"), known)
    assert (row.side, row.usd) == ("long", pytest.approx(24640.5743))


def test_htx_rate_is_adjust_factor_over_leverage_shape_from_documentation() -> None:
    known = linear(VENUE, "BTC-USDT-211210", 0.001)
    payload = recorded(VENUE, "leverage-tiers-adjust-factor.rest-docs")
    payload["data"][0]["list"][0]["lever_rate"] = 10
    tiers = parse.parse_margin_tiers(payload, known, mark_price=50_000.0, as_of_ms=0)
    first, second, last = tiers[0], tiers[1], tiers[-1]
    assert first.maintenance_margin_rate == pytest.approx(0.0005)
    assert first.notional_cap_usd == second.notional_floor_usd == pytest.approx(3999 * 0.001 * 5e4)
    assert (first.max_leverage, last.notional_cap_usd) == (10, None)


@pytest.mark.parametrize(
    ("kind", "file", "symbol"),
    [
        ("top_accounts", "long-short-ratio-accounts.rest-docs", "BTC-USDT"),
        ("top_positions", "long-short-ratio-positions.rest-docs", "BTC-USDT-FUTURES"),
    ],
)
def test_htx_ratios_are_those_of_top_traders_shape_from_documentation(
    kind: str, file: str, symbol: str
) -> None:
    payload = recorded(VENUE, file)
    payload["data"]["list"][0] |= {"buy_ratio": 0.6, "sell_ratio": 0.3}  # the rest is locked
    (ratio,) = parse.parse_ratios(payload, linear(VENUE, symbol)[symbol], kind)
    assert (ratio.kind, ratio.long_share) == (kind, pytest.approx(2 / 3))


def test_htx_trades_are_halved_and_those_without_a_direction_left_out() -> None:
    first, _, silent = recorded(VENUE, "trades.ws")
    (trade,) = parse.parse_trade_push(first, linear(VENUE, "EOS-USDT"))
    assert (trade.size_base, trade.taker_side) == (3, "buy")
    assert parse.parse_trade_push(silent, BTC) == []


def test_htx_refusals_are_refused_in_the_venues_words() -> None:
    with pytest.raises(BadPayload, match="htx refused: 'Account doesnt exist"):
        parse.parse_instruments(refusal(VENUE, 2))


def test_htx_acknowledgements_and_pings_are_not_mistaken_for_rows() -> None:
    for frame in recorded(VENUE, "control-frames.ws"):
        with pytest.raises(BadPayload, match="has no 'data'"):
            parse.parse_liquidation_push(frame, BTC)
