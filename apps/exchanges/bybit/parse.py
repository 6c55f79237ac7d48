"""Bybit perpetuals, linear and inverse: what its replies and pushed messages say.

``openInterest`` counts BOTH sides; ``singleOpenInterest`` one. ``S`` of a liquidation is the
POSITION's side, so Buy is the death of a long, and its price is the bankruptcy price. Sizes are
base coin, in an inverse contract USD.
"""

from collections.abc import Iterator

from apps.exchanges import margin_tiers, normalise
from apps.exchanges.numbers import BadPayload
from apps.exchanges.payload import Payload
from apps.exchanges.readings import (
    HOUR_MS,
    MINUTE_MS,
    Book,
    Instrument,
    Instruments,
    Liquidation,
    MarginTier,
    Mark,
    OpenInterest,
    Ratio,
    Trade,
)
from apps.exchanges.records import BarRow, InstrumentKind, Side

VENUE = "bybit"
KINDS: dict[str, InstrumentKind] = {"LinearPerpetual": "linear", "InversePerpetual": "inverse"}
DEAD_SIDE: dict[str, Side] = {"Buy": "long", "Sell": "short"}
PERCENT_SIGN = 10.0  # initial margin × leverage is 1, or 100 where the margins are in percent


def parse_instruments(payload: object) -> list[Instrument]:
    """Perpetuals of ``instruments-info``; the list also holds dated contracts."""
    rows = _result(payload)["list"].rows()
    return [_instrument(row) for row in rows if row.says("contractType", *KINDS)]


def _instrument(row: Payload) -> Instrument:
    interval = row.positive_or_none("fundingInterval")  # minutes
    return Instrument(
        venue=VENUE,
        symbol=row.text("symbol"),
        base=row.text("baseCoin"),
        quote=row.text("quoteCoin"),
        kind=row.meaning("contractType", KINDS),
        settle=row.text("settleCoin"),
        tick=row["priceFilter"].positive("tickSize"),
        size_step=row["lotSizeFilter"].positive("qtyStep"),
        max_leverage=row["leverageFilter"].positive("maxLeverage"),
        funding_interval_ms=round(interval * MINUTE_MS) if interval else None,
        listed_ms=row.milliseconds_or_none("launchTime"),
        active=row.says("status", "Trading"),
    )


def parse_candles(
    payload: object, instrument: Instrument, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """Rows of ``kline``, newest first; an inverse contract's coins are in the turnover."""
    result = normalise.only(_result(payload), "symbol", instrument)
    return normalise.by_time(
        normalise.bar(
            row,
            instrument,
            (1, 2, 3, 4),
            open_ms=row.milliseconds(0),
            volume=row.not_negative(6 if instrument.inverse else 5),
            span_ms=span_ms,
            now_ms=now_ms,
        )
        for row in result["list"].rows()
    )


def parse_candle_push(message: object, instruments: Instruments) -> list[BarRow]:
    """A ``kline.1.BTCUSDT`` message."""
    return [
        normalise.bar(
            row,
            instrument,
            ("open", "high", "low", "close"),
            open_ms=row.milliseconds("start"),
            volume=row.not_negative("turnover" if instrument.inverse else "volume"),
            span_ms=row.milliseconds("end") + 1 - row.milliseconds("start"),
            closed=row.flag("confirm"),
        )
        for row, instrument in _pushed(message, "kline", instruments)
    ]


def parse_open_interest(payload: object, instruments: Instruments) -> list[OpenInterest]:
    """``tickers``: open interest of every symbol at the time of the reply."""
    reply = Payload(VENUE, payload)
    rows = normalise.known(_result(payload)["list"].rows(), "symbol", instruments)
    return [_open_interest(row, i, reply.milliseconds("time")) for row, i in rows]


def parse_open_interest_push(message: object, instruments: Instruments) -> list[OpenInterest]:
    """A ``tickers.BTCUSDT`` message, empty where it tells no open interest.

    A delta without the mark price cannot turn an inverse contract's USD into coins: none then.
    """
    ts_ms = Payload(VENUE, message).milliseconds("ts")
    return [
        _open_interest(row, i, ts_ms)
        for row, i in _pushed(message, "tickers", instruments)
        if (row.has("openInterest") or row.has("singleOpenInterest"))
        and (row.has("markPrice") or not i.inverse)
    ]


def parse_open_interest_history(
    payload: object, instrument: Instrument, *, mark_price: float | None = None
) -> list[OpenInterest]:
    """Rows of ``open-interest``, newest first; an inverse contract needs a mark price."""
    result = normalise.only(_result(payload), "symbol", instrument)
    return normalise.by_time(
        normalise.open_interest(
            row, instrument, _one_side(row), ts_ms=row.milliseconds("timestamp"), price=mark_price
        )
        for row in result["list"].rows()
    )


def _open_interest(row: Payload, instrument: Instrument, ts_ms: int) -> OpenInterest:
    price = row.positive_or_none("markPrice")
    return normalise.open_interest(row, instrument, _one_side(row), ts_ms=ts_ms, price=price)


def _one_side(row: Payload) -> float:
    if row.has("singleOpenInterest"):
        return row.not_negative("singleOpenInterest")
    return row.not_negative("openInterest") / 2


def parse_marks(payload: object, instruments: Instruments) -> list[Mark]:
    """``tickers``: prices and funding of every symbol."""
    reply = Payload(VENUE, payload)
    rows = normalise.known(_result(payload)["list"].rows(), "symbol", instruments)
    return [_mark(row, i, reply.milliseconds("time")) for row, i in rows]


def parse_mark_push(message: object, instruments: Instruments) -> list[Mark]:
    """A ``tickers.BTCUSDT`` message; a delta tells only what changed, which may be nothing here."""
    ts_ms = Payload(VENUE, message).milliseconds("ts")
    return [
        _mark(row, i, ts_ms)
        for row, i in _pushed(message, "tickers", instruments)
        if any(row.has(key) for key in ("markPrice", "indexPrice", "fundingRate"))
    ]


def _mark(row: Payload, instrument: Instrument, ts_ms: int) -> Mark:
    hours = row.positive_or_none("fundingIntervalHour")
    return normalise.mark(
        row,
        instrument,
        ts_ms=ts_ms,
        price="markPrice",
        index="indexPrice",
        rate="fundingRate",
        next_funding_ms=row.milliseconds_or_none("nextFundingTime"),
        interval_ms=round(hours * HOUR_MS) if hours else None,
    )


def parse_book(payload: object, instrument: Instrument) -> list[Book]:
    """``orderbook``."""
    result = normalise.only(_result(payload), "s", instrument)
    return [normalise.book(result["b"], result["a"], instrument, result.milliseconds("ts"))]


def parse_liquidation_push(message: object, instruments: Instruments) -> list[Liquidation]:
    """An ``allLiquidation`` message: every liquidation of the last half second."""
    return [
        normalise.liquidation(
            instrument,
            ts_ms=row.milliseconds("T"),
            side=row.meaning("S", DEAD_SIDE),
            amount=row.positive("v"),
            completeness="full",
            bankruptcy_price=row.positive("p"),
        )
        for row, instrument in _pushed(message, "allLiquidation", instruments)
    ]


def parse_margin_tiers(
    payload: object, instruments: Instruments, *, as_of_ms: int, mark_price: float = 1.0
) -> list[MarginTier]:
    """``risk-limit``; an inverse contract's limits are in coins and need its mark price."""
    rows = normalise.known(_result(payload)["list"].rows(), "symbol", instruments)
    return margin_tiers.stacked(
        _margin_tier(row, i, as_of_ms, mark_price if i.inverse else 1.0) for row, i in rows
    )


def _margin_tier(row: Payload, instrument: Instrument, as_of_ms: int, price: float) -> MarginTier:
    leverage, initial = row.positive("maxLeverage"), row.positive("initialMargin")
    scale = 100.0 if initial * leverage > PERCENT_SIGN else 1.0
    deduction = row.not_negative("mmDeduction") if row.has("mmDeduction") else 0.0
    return margin_tiers.margin_tier(
        row,
        instrument,
        cap_usd=row.positive("riskLimitValue") * price,
        maintenance=row.positive("maintenanceMargin") / scale,
        initial=initial / scale,
        max_leverage=leverage,
        amount_usd=deduction * price,
        as_of_ms=as_of_ms,
    )


def parse_ratios(payload: object, instruments: Instruments) -> list[Ratio]:
    """Rows of ``account-ratio``, newest first: shares of accounts."""
    rows = normalise.known(_result(payload)["list"].rows(), "symbol", instruments)
    return normalise.by_time(
        normalise.ratio(
            row,
            i,
            "accounts",
            row.milliseconds("timestamp"),
            row.number("buyRatio"),
            row.number("sellRatio"),
        )
        for row, i in rows
    )


def parse_trades(payload: object, instruments: Instruments) -> list[Trade]:
    """``recent-trade``, without block trades: they were agreed elsewhere."""
    rows = normalise.known(_result(payload)["list"].rows(), "symbol", instruments)
    return normalise.by_time(
        normalise.trade(
            row,
            instrument,
            ts_ms=row.milliseconds("time"),
            side="side",
            price="price",
            size="size",
            native_id="execId",
        )
        for row, instrument in rows
        if not row.flag("isBlockTrade")
    )


def parse_trade_push(message: object, instruments: Instruments) -> list[Trade]:
    """A ``publicTrade`` message, without block trades."""
    return normalise.by_time(
        normalise.trade(
            row,
            instrument,
            ts_ms=row.milliseconds("T"),
            side="S",
            price="p",
            size="v",
            native_id="i",
        )
        for row, instrument in _pushed(message, "publicTrade", instruments)
        if not row.flag("BT")
    )


def _result(payload: object) -> Payload:
    reply = Payload(VENUE, payload)
    reply.accept("retCode", 0, "0", reason="retMsg")
    return reply["result"]


def _pushed(
    message: object, topic: str, instruments: Instruments
) -> Iterator[tuple[Payload, Instrument]]:
    """Rows of a message on ``topic``, whose full name ends with the symbol."""
    push = Payload(VENUE, message)
    names = push.text("topic").split(".")
    if names[0] != topic:
        raise BadPayload(f"{push} is on {names[0]!r:.40}, not on {topic}.")
    if instrument := instruments.get(names[-1]):
        for row in push["data"].one_or_more():
            yield row, instrument
