"""Bitget's recorded replies and messages mean what the venue means by them."""

import pytest

from apps.exchanges.bitget import parse
from apps.exchanges.numbers import BadPayload
from tests.exchanges.payloads import by_symbol, linear, recorded, refusal

VENUE = "bitget"
BTC = linear(VENUE, "BTCUSDT")
ETH = linear(VENUE, "ETHUSDT")
HOUR_MS = 3_600_000


def test_bitget_tick_is_its_end_step_shifted_by_its_places_shape_from_documentation() -> None:
    (btc,) = parse.parse_instruments(recorded(VENUE, "instruments.rest-v2-docs"))
    assert (btc.tick, btc.size_step, btc.max_leverage) == (pytest.approx(0.1), 0.01, 125)
    assert (btc.funding_interval_ms, btc.active, btc.slug) == (8 * HOUR_MS, True, "bitget-btcusdt")
    retired = recorded(VENUE, "instruments.rest-v1")["data"][0]  # a genuine end step of 5
    payload = recorded(VENUE, "instruments.rest-v2-docs")
    payload["data"][0] |= {k: retired[k] for k in ("priceEndStep", "pricePlace")}
    assert parse.parse_instruments(payload)[0].tick == pytest.approx(0.5)


def test_bitget_version_three_writes_the_tick_itself_shape_from_documentation() -> None:
    (btc,) = parse.parse_instruments(recorded(VENUE, "instruments.rest-v3-docs"))
    assert (btc.tick, btc.size_step, btc.max_leverage) == (0.1, 0.0001, 150)
    assert (btc.active, btc.listed_ms) == (True, None)  # launchTime is 0


def test_bitget_candle_volume_is_base_coin() -> None:
    payload = recorded(VENUE, "candles.rest-v2")
    bars = parse.parse_candles(
        payload, BTC["BTCUSDT"], now_ms=payload["requestTime"], span_ms=300_000
    )
    assert (bars[0].end_ms, bars[0].volume) == (1789651500000, 110.9379)
    assert bars[0].close == 76586.2
    quoted = float(payload["data"][0][6])
    assert quoted == pytest.approx(110.9379 * 76_600, rel=1e-3)


def test_bitget_last_candle_is_open_by_the_clock() -> None:
    payload = recorded(VENUE, "candles.rest-v2")
    end = int(payload["data"][-1][0]) + 300_000
    bars = parse.parse_candles(payload, BTC["BTCUSDT"], now_ms=end - 1, span_ms=300_000)
    assert [bar.closed for bar in bars][-2:] == [True, False]


def test_bitget_pushed_candles_name_their_symbol_in_the_argument() -> None:
    message = recorded(VENUE, "candles-snapshot.ws-v1")
    first, second = parse.parse_candle_push(message, BTC, now_ms=1654017780000)
    assert (first.volume, first.closed, second.closed) == (111.769, True, True)
    assert parse.parse_candle_push(message, ETH, now_ms=0) == []


def test_bitget_open_interest_is_base_coin_of_one_side() -> None:
    readings = parse.parse_open_interest(recorded(VENUE, "tickers.rest-v3"), BTC | ETH)
    assert readings[0].open_interest == pytest.approx(35917.0536)
    assert readings[0].usd == pytest.approx(35917.0536 * 76967.7)
    assert readings[1].ts_ms == 1789337180304  # each row has its own time


def test_bitget_version_two_calls_it_holding_amount_shape_from_documentation() -> None:
    known = linear(VENUE, "ETHUSD_231229")
    payload = recorded(VENUE, "tickers.rest-v2-docs")
    payload["data"][0]["markPrice"] = ""
    (reading,) = parse.parse_open_interest(payload, known)
    assert (reading.open_interest, reading.usd) == (9488.49, None)


@pytest.mark.parametrize(
    ("version", "amount", "ts_ms"),
    [("v2", 34278.06, 1695796781616), ("v3", 2243.019, 1730969652411)],
)
def test_bitget_open_interest_reply_has_two_versions_shape_from_documentation(
    version: str, amount: float, ts_ms: int
) -> None:
    payload = recorded(VENUE, f"open-interest.rest-{version}-docs")
    (reading,) = parse.parse_open_interest(payload, BTC)
    assert (reading.open_interest, reading.ts_ms) == (amount, ts_ms)


def test_bitget_marks_take_their_funding_interval_from_the_instrument() -> None:
    (btc,) = parse.parse_instruments(recorded(VENUE, "instruments.rest-v3-docs"))
    (mark,) = parse.parse_marks(recorded(VENUE, "tickers.rest-v3"), by_symbol([btc]))
    assert (mark.mark_price, mark.index_price) == (76967.7, 76999.899)
    assert (mark.funding_rate, mark.funding_interval_ms) == (0.00005, 8 * HOUR_MS)


def test_bitget_pushed_ticker_has_the_time_and_symbol_outside_its_row() -> None:
    (message,) = recorded(VENUE, "tickers.ws-v3")
    (mark,) = parse.parse_mark_push(message, BTC)
    assert (mark.ts_ms, mark.mark_price) == (1777358880084, 76631.3)
    assert mark.next_funding_ms == 1777363200000


def test_bitget_funding_reply_tells_interval_and_next_settlement() -> None:
    (mark,) = parse.parse_funding(recorded(VENUE, "funding.rest-v3"), BTC)
    assert (mark.funding_rate, mark.funding_interval_ms) == (0.0001, 8 * HOUR_MS)
    assert (mark.next_funding_ms, mark.mark_price) == (1752883200000, None)


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_bitget_book_has_two_versions_shape_from_documentation(version: str) -> None:
    (book,) = parse.parse_book(recorded(VENUE, f"order-book.rest-{version}-docs"), BTC["BTCUSDT"])
    assert book.bids[0][0] < book.asks[0][0]
    assert list(book.bids) == sorted(book.bids, reverse=True)


def test_bitget_liquidation_side_is_the_position_so_buy_is_the_death_of_a_long() -> None:
    (message,) = recorded(VENUE, "liquidations.ws-v3")
    known = linear(VENUE, "APEUSDT") | linear(VENUE, "IPUSDT")
    rows = parse.parse_liquidation_push(message, known)
    assert [(row.instrument, row.side) for row in rows] == [
        ("bitget-ipusdt", "long"), ("bitget-apeusdt", "long"),
    ]  # fmt: skip
    assert {row.completeness for row in rows} == {"sampled"}


def test_bitget_pushed_liquidation_amount_is_quote_because_only_so_it_is_whole_lots() -> None:
    (message,) = recorded(VENUE, "liquidations.ws-v3")
    known = linear(VENUE, "APEUSDT") | linear(VENUE, "IPUSDT")
    ip, ape = parse.parse_liquidation_push(message, known)
    assert (ape.size_base, ip.size_base) == (pytest.approx(83.1), pytest.approx(286.5))
    assert (ape.usd, ip.usd) == (pytest.approx(13.70319), pytest.approx(143.330431857868))


def test_bitget_delayed_liquidation_amount_is_base_shape_from_documentation() -> None:
    row = {"symbol": "BTCUSDT", "side": "sell", "price": "76000", "amount": "0.5",
           "ts": "1789337180512"}  # fmt: skip
    payload = {"code": "00000", "msg": "success", "data": {"list": [row], "cursor": "1"}}
    (read,) = parse.parse_liquidations(payload, BTC)
    assert (read.side, read.size_base, read.usd) == ("short", 0.5, 38_000)
    assert (read.completeness, read.bankruptcy_price) == ("delayed", 76_000)


def test_bitget_margin_tiers_are_bounds_in_usdt() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest-v3"), BTC["BTCUSDT"], as_of_ms=1752736051917
    )
    assert (tiers[0].notional_cap_usd, tiers[0].maintenance_margin_rate) == (150_000, 0.004)
    assert (tiers[1].notional_floor_usd, tiers[1].max_leverage) == (150_000, 100)
    assert len(tiers) == 11


def test_bitget_margin_tiers_of_version_two_read_alike_shape_from_documentation() -> None:
    tiers = parse.parse_margin_tiers(
        recorded(VENUE, "leverage-tiers.rest-v2-docs"), BTC["BTCUSDT"], as_of_ms=0
    )
    assert [tier.notional_cap_usd for tier in tiers] == [50_000, 200_000]


@pytest.mark.parametrize("name", ["", "Account", "Position"])
def test_bitget_ratios_carry_the_kind_in_their_names_shape_from_documentation(name: str) -> None:
    row = {f"long{name}Ratio": "0.6", f"short{name}Ratio": "0.4", "ts": "1789337100000"}
    payload = {"code": "00000", "msg": "success", "data": [row]}
    (ratio,) = parse.parse_ratios(payload, BTC["BTCUSDT"], "accounts")
    assert (ratio.long_share, ratio.ts_ms) == (pytest.approx(0.6), 1789337100000)


def test_bitget_taker_share_is_bought_over_all_shape_from_documentation() -> None:
    row = {"buyVolume": "30", "sellVolume": "10", "ts": "1789337100000"}
    payload = {"code": "00000", "msg": "success", "data": [row]}
    assert parse.parse_taker_ratios(payload, BTC["BTCUSDT"])[0].long_share == 0.75


def test_bitget_trades_read_alike_in_every_version() -> None:
    (reply,) = parse.parse_trades(recorded(VENUE, "trades.rest-v3"), BTC["BTCUSDT"])
    assert (reply.taker_side, reply.size_base, reply.price) == ("buy", 1.645, 105806.5)
    (older,) = recorded(VENUE, "trades.ws-v2")
    (doge,) = parse.parse_trade_push(older, linear(VENUE, "DOGEUSD"))
    assert (doge.size_base, doge.ts_ms) == (447, 1730332859962)
    newer, _ = recorded(VENUE, "trades.ws-v3")
    (btc,) = parse.parse_trade_push(newer, BTC)
    assert (btc.size_base, btc.native_id) == (0.01, "1432912492051054592")


def test_bitget_refusal_is_refused_in_the_venues_words() -> None:
    with pytest.raises(BadPayload, match="bitget refused: 'Parameter BTCUSDT_UMCBL does not"):
        parse.parse_candles(refusal(VENUE, 0), BTC["BTCUSDT"], now_ms=0)
