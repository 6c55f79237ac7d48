"""Binance USD-M perpetuals: what its replies and pushed messages say.

Sizes are base coin and open interest counts one side. ``S`` of a forced order is the ORDER's
side, so a sell is the death of a long; the stream tells at most one a second and symbol.
"""

from collections.abc import Iterator
from dataclasses import replace

from apps.exchanges import margin_tiers, normalise
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
    RatioKind,
)
from apps.exchanges.records import BarRow, Side

VENUE = "binance"
USUAL_FUNDING_MS = 8 * HOUR_MS
DEAD_SIDE: dict[str, Side] = {"SELL": "long", "BUY": "short"}


def parse_instruments(payload: object) -> list[Instrument]:
    """Perpetuals of ``exchangeInfo``; ``parse_funding_intervals`` corrects their interval."""
    rows = _reply(payload)["symbols"].rows()
    return [_instrument(row) for row in rows if row.says("contractType", "PERPETUAL")]


def _instrument(row: Payload) -> Instrument:
    filters = {f.text("filterType"): f for f in row["filters"].rows()}
    tick, step = filters.get("PRICE_FILTER"), filters.get("LOT_SIZE")
    return Instrument(
        venue=VENUE,
        symbol=row.text("symbol"),
        base=row.text("baseAsset"),
        quote=row.text("quoteAsset"),
        settle=row.text("marginAsset"),
        tick=tick.positive("tickSize") if tick else None,
        size_step=step.positive("stepSize") if step else None,
        funding_interval_ms=USUAL_FUNDING_MS,
        listed_ms=row.milliseconds_or_none("onboardDate"),
        active=row.says("status", "TRADING"),
    )


def parse_funding_intervals(payload: object, instruments: Instruments) -> list[Instrument]:
    """The instruments ``fundingInfo`` names, corrected; those it leaves out pay every 8 hours."""
    rows = normalise.known(_reply(payload).rows(), "symbol", instruments)
    return [
        replace(i, funding_interval_ms=round(row.positive("fundingIntervalHours") * HOUR_MS))
        for row, i in rows
    ]


def parse_candles(
    payload: object, instrument: Instrument, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """Rows of ``klines``; the last is still open until the venue's clock passes its end."""
    return normalise.by_time(
        normalise.bar(
            row,
            instrument,
            (1, 2, 3, 4),
            open_ms=row.milliseconds(0),
            volume=row.not_negative(5),
            taker_buys=row.not_negative(9),
            span_ms=span_ms,
            now_ms=now_ms,
        )
        for row in _reply(payload).rows()
    )


def parse_candle_push(message: object, instruments: Instruments) -> list[BarRow]:
    """A ``kline`` message."""
    data = (event["k"] for event in _events(message, "kline"))
    return [
        normalise.bar(
            row,
            instrument,
            ("o", "h", "l", "c"),
            open_ms=row.milliseconds("t"),
            volume=row.not_negative("v"),
            taker_buys=row.not_negative("V"),
            span_ms=row.milliseconds("T") + 1 - row.milliseconds("t"),
            closed=row.flag("x"),
        )
        for row, instrument in normalise.known(data, "s", instruments)
    ]


def parse_open_interest(payload: object, instruments: Instruments) -> list[OpenInterest]:
    """``openInterest`` of one symbol."""
    rows = normalise.known(_reply(payload).one_or_more(), "symbol", instruments)
    return [
        normalise.open_interest(
            row, i, row.not_negative("openInterest"), ts_ms=row.milliseconds("time")
        )
        for row, i in rows
    ]


def parse_open_interest_history(payload: object, instruments: Instruments) -> list[OpenInterest]:
    """Rows of ``openInterestHist``."""
    rows = normalise.known(_reply(payload).rows(), "symbol", instruments)
    return normalise.by_time(
        normalise.open_interest(
            row,
            i,
            row.not_negative("sumOpenInterest"),
            ts_ms=row.milliseconds("timestamp"),
            usd=row.not_negative("sumOpenInterestValue"),
        )
        for row, i in rows
    )


def parse_marks(payload: object, instruments: Instruments) -> list[Mark]:
    """``premiumIndex`` of one symbol or of all; the rate is that of the coming settlement."""
    rows = normalise.known(_reply(payload).one_or_more(), "symbol", instruments)
    return [
        normalise.mark(
            row,
            instrument,
            ts_ms=row.milliseconds("time"),
            price="markPrice",
            index="indexPrice",
            rate="lastFundingRate",
            next_funding_ms=row.milliseconds_or_none("nextFundingTime"),
        )
        for row, instrument in rows
    ]


def parse_mark_push(message: object, instruments: Instruments) -> list[Mark]:
    """A ``markPriceUpdate`` of one symbol, or the array of all."""
    rows = normalise.known(_events(message, "markPriceUpdate"), "s", instruments)
    return [
        normalise.mark(
            row,
            instrument,
            ts_ms=row.milliseconds("E"),
            price="p",
            index="i",
            rate="r",
            next_funding_ms=row.milliseconds_or_none("T"),
        )
        for row, instrument in rows
    ]


def parse_book(payload: object, instrument: Instrument) -> list[Book]:
    """``depth``."""
    reply = _reply(payload)
    return [normalise.book(reply["bids"], reply["asks"], instrument, reply.milliseconds("T"))]


def parse_liquidation_push(message: object, instruments: Instruments) -> list[Liquidation]:
    """A ``forceOrder`` message: ``p`` is the bankruptcy limit of the order, ``ap`` what it got."""
    orders = (event["o"] for event in _events(message, "forceOrder"))
    return [_liquidation(row, i) for row, i in normalise.known(orders, "s", instruments)]


def _liquidation(row: Payload, instrument: Instrument) -> Liquidation:
    filled = row.positive_or_none("z")  # l is the last fill alone
    return normalise.liquidation(
        instrument,
        ts_ms=row.milliseconds("T"),
        side=row.meaning("S", DEAD_SIDE),
        amount=filled or row.positive("q"),
        completeness="sampled",
        bankruptcy_price=row.positive("p"),
        fill_price=row.positive_or_none("ap"),
    )


def parse_margin_tiers(
    payload: object, instruments: Instruments, *, as_of_ms: int
) -> list[MarginTier]:
    """``leverageBracket``, which needs a key, or a stored copy of it."""
    rows = normalise.known(_reply(payload).one_or_more(), "symbol", instruments)
    return margin_tiers.stacked(
        margin_tiers.margin_tier(
            bracket,
            instrument,
            cap_usd=bracket.positive("notionalCap"),
            maintenance=bracket.positive("maintMarginRatio"),
            max_leverage=bracket.positive("initialLeverage"),
            amount_usd=bracket.not_negative("cum"),
            as_of_ms=as_of_ms,
        )
        for row, instrument in rows
        for bracket in row["brackets"].rows()
    )


def parse_ratios(payload: object, instruments: Instruments, kind: RatioKind) -> list[Ratio]:
    """Rows of a long/short ratio call; which one was asked is ``kind``.

    The position ratio calls its share ``longAccount`` too.
    """
    rows = normalise.known(_reply(payload).rows(), "symbol", instruments)
    return normalise.by_time(
        _ratio(row, i, kind, row.number("longAccount"), row.number("shortAccount"))
        for row, i in rows
    )


def parse_taker_ratios(payload: object, instrument: Instrument) -> list[Ratio]:
    """Rows of ``takerlongshortRatio``, which name no symbol."""
    return normalise.by_time(
        _ratio(row, instrument, "taker", row.number("buyVol"), row.number("sellVol"))
        for row in _reply(payload).rows()
    )


def _ratio(row: Payload, i: Instrument, kind: RatioKind, longs: float, shorts: float) -> Ratio:
    return normalise.ratio(row, i, kind, row.milliseconds("timestamp"), longs, shorts)


def _reply(payload: object) -> Payload:
    reply = Payload(VENUE, payload)
    if reply.has("code"):
        reply.accept("code", 200, reason="msg")
    return reply


def _events(message: object, kind: str) -> Iterator[Payload]:
    """Events of a raw or a combined stream, one or an array of them."""
    outer = Payload(VENUE, message)
    inner = outer["data"] if outer.has("stream") else outer
    for event in inner.one_or_more():
        event.expect("e", kind)
        yield event
