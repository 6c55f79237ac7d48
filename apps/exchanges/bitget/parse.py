"""Bitget USDT perpetuals: what its replies and pushed messages say, version 2 and 3 alike.

Sizes are base coin and open interest counts one side. ``side`` of a liquidation is the
POSITION's, so buy is the death of a long. Its ``amount`` is base coin in the delayed reply but
QUOTE currency in the pushed message: there ``amount / price`` is a whole number of lots.
"""

from collections.abc import Iterator

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
    Trade,
)
from apps.exchanges.records import BarRow, Side

VENUE = "bitget"
DEAD_SIDE: dict[str, Side] = {"buy": "long", "sell": "short"}


def parse_instruments(payload: object) -> list[Instrument]:
    """Perpetuals of ``contracts`` (version 2) or ``instruments`` (version 3)."""
    return [
        _instrument(row)
        for row in _data(payload).rows()
        if row.says("type" if row.has("type") else "symbolType", "perpetual")
    ]


def _instrument(row: Payload) -> Instrument:
    hours = row.positive_or_none("fundInterval")
    return Instrument(
        venue=VENUE,
        symbol=row.text("symbol"),
        base=row.text("baseCoin"),
        quote=row.text("quoteCoin"),
        settle=row.text("quoteCoin"),
        tick=_tick(row),
        size_step=row.positive(row.either("quantityMultiplier", "sizeMultiplier")),
        max_leverage=row.positive(row.either("maxLeverage", "maxLever")),
        funding_interval_ms=round(hours * HOUR_MS) if hours else None,
        listed_ms=row.milliseconds_or_none("launchTime"),
        active=row.says(row.either("status", "symbolStatus"), "online", "normal"),
    )


def _tick(row: Payload) -> float:
    if row.has("priceMultiplier"):
        return row.positive("priceMultiplier")
    places = min(row.not_negative("pricePlace"), 18)
    return row.positive("priceEndStep") / 10**places


def parse_candles(
    payload: object, instrument: Instrument, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """Rows of ``candles``, oldest first."""
    rows = _data(payload).rows()
    return normalise.by_time(_bar(row, instrument, now_ms, span_ms) for row in rows)


def parse_candle_push(
    message: object, instruments: Instruments, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """A message of a candle channel."""
    rows = _pushed(message, instruments)
    return [_bar(row, instrument, now_ms, span_ms) for row, instrument in rows]


def _bar(row: Payload, instrument: Instrument, now_ms: int, span_ms: int) -> BarRow:
    return normalise.bar(
        row,
        instrument,
        (1, 2, 3, 4),
        open_ms=row.milliseconds(0),
        volume=row.not_negative(5),
        span_ms=span_ms,
        now_ms=now_ms,
    )


def parse_open_interest(payload: object, instruments: Instruments) -> list[OpenInterest]:
    """``tickers`` of one symbol or of all, or ``open-interest``, which knows no price."""
    data = _data(payload)
    rows = data.rows() if data.is_list else data[data.either("list", "openInterestList")].rows()
    return [
        normalise.open_interest(
            row,
            instrument,
            row.not_negative(row.either("openInterest", "holdingAmount", "size")),
            ts_ms=row.milliseconds("ts") if row.has("ts") else data.milliseconds("ts"),
            price=row.positive_or_none("markPrice"),
        )
        for row, instrument in normalise.known(rows, "symbol", instruments)
    ]


def parse_marks(payload: object, instruments: Instruments) -> list[Mark]:
    """``tickers`` of one symbol or of all; the funding interval is the instrument's."""
    rows = normalise.known(_data(payload).rows(), "symbol", instruments)
    return [_mark(row, i, row.milliseconds("ts")) for row, i in rows]


def parse_mark_push(message: object, instruments: Instruments) -> list[Mark]:
    """A message of the ticker channel, whose rows name neither symbol nor, in version 3, time."""
    ts_ms = Payload(VENUE, message).milliseconds("ts")
    return [_mark(row, i, ts_ms) for row, i in _pushed(message, instruments)]


def _mark(row: Payload, instrument: Instrument, ts_ms: int) -> Mark:
    return normalise.mark(
        row,
        instrument,
        ts_ms=ts_ms,
        price="markPrice",
        index="indexPrice",
        rate="fundingRate",
        next_funding_ms=row.milliseconds_or_none("nextFundingTime"),
    )


def parse_funding(payload: object, instruments: Instruments) -> list[Mark]:
    """``current-fund-rate``, which tells the interval."""
    ts_ms = Payload(VENUE, payload).milliseconds("requestTime")
    rows = normalise.known(_data(payload).rows(), "symbol", instruments)
    return [_funding(row, i, ts_ms) for row, i in rows]


def _funding(row: Payload, instrument: Instrument, ts_ms: int) -> Mark:
    hours = row.positive_or_none("fundingRateInterval")
    return normalise.mark(
        row,
        instrument,
        ts_ms=ts_ms,
        rate="fundingRate",
        next_funding_ms=row.milliseconds_or_none("nextUpdate"),
        interval_ms=round(hours * HOUR_MS) if hours else None,
    )


def parse_book(payload: object, instrument: Instrument) -> list[Book]:
    """``merge-depth`` (version 2) or ``orderbook`` (version 3)."""
    data = _data(payload)
    bids, asks = ("b", "a") if data.has("b") else ("bids", "asks")
    return [normalise.book(data[bids], data[asks], instrument, data.milliseconds("ts"))]


def parse_liquidations(payload: object, instruments: Instruments) -> list[Liquidation]:
    """``liquidations`` of the last three days, which come late; amounts in base coin."""
    rows = normalise.known(_data(payload)["list"].rows(), "symbol", instruments)
    return normalise.by_time(
        normalise.liquidation(
            instrument,
            ts_ms=row.milliseconds("ts"),
            side=row.meaning("side", DEAD_SIDE),
            amount=row.positive("amount"),
            completeness="delayed",
            bankruptcy_price=row.positive("price"),
        )
        for row, instrument in rows
    )


def parse_liquidation_push(message: object, instruments: Instruments) -> list[Liquidation]:
    """A message of the ``liquidation`` topic: the largest per second; amounts in quote currency."""
    rows = normalise.known(Payload(VENUE, message)["data"].rows(), "symbol", instruments)
    return normalise.by_time(
        normalise.liquidation(
            instrument,
            ts_ms=row.milliseconds("ts"),
            side=row.meaning("side", DEAD_SIDE),
            amount=row.positive("amount") / row.positive("price"),
            completeness="sampled",
            bankruptcy_price=row.positive("price"),
        )
        for row, instrument in rows
    )


def parse_margin_tiers(
    payload: object, instrument: Instrument, *, as_of_ms: int
) -> list[MarginTier]:
    """``query-position-lever`` (version 2) or ``position-tier`` (version 3): bounds in USDT."""
    return margin_tiers.stacked(
        margin_tiers.margin_tier(
            row,
            instrument,
            cap_usd=row.positive(row.either("maxTierValue", "endUnit")),
            maintenance=row.positive(row.either("mmr", "keepMarginRate")),
            max_leverage=row.positive("leverage"),
            as_of_ms=as_of_ms,
        )
        for row in _data(payload).rows()
    )


def parse_ratios(payload: object, instrument: Instrument, kind: RatioKind) -> list[Ratio]:
    """Rows of a long/short call; which one was asked is ``kind``."""
    return normalise.by_time(
        normalise.ratio(
            row,
            instrument,
            kind,
            row.milliseconds("ts"),
            row.number(row.either("longRatio", "longAccountRatio", "longPositionRatio")),
            row.number(row.either("shortRatio", "shortAccountRatio", "shortPositionRatio")),
        )
        for row in _data(payload).rows()
    )


def parse_taker_ratios(payload: object, instrument: Instrument) -> list[Ratio]:
    """Rows of ``futures-active-buy-sell``."""
    return normalise.by_time(
        normalise.ratio(
            row,
            instrument,
            "taker",
            row.milliseconds("ts"),
            row.number("buyVolume"),
            row.number("sellVolume"),
        )
        for row in _data(payload).rows()
    )


def parse_trades(payload: object, instrument: Instrument) -> list[Trade]:
    """``fills`` of one symbol."""
    rows = _data(payload).rows()
    return normalise.by_time(_trade(row, instrument) for row in rows)


def parse_trade_push(message: object, instruments: Instruments) -> list[Trade]:
    """A message of the ``trade`` (version 2) or ``publicTrade`` (version 3) channel."""
    return normalise.by_time(_trade(row, i) for row, i in _pushed(message, instruments))


def _trade(row: Payload, instrument: Instrument) -> Trade:
    return normalise.trade(
        row,
        instrument,
        ts_ms=row.milliseconds(row.either("ts", "T")),
        side=row.either("side", "S"),
        price=row.either("price", "p"),
        size=row.either("size", "v"),
        native_id=row.either("execId", "tradeId", "i"),
    )


def _data(payload: object) -> Payload:
    reply = Payload(VENUE, payload)
    reply.accept("code", "00000", reason="msg")
    return reply["data"]


def _pushed(message: object, instruments: Instruments) -> Iterator[tuple[Payload, Instrument]]:
    """Rows of a message that names its symbol only in ``arg``."""
    push = Payload(VENUE, message)
    about = push["arg"]
    for _, instrument in normalise.known([about], about.either("symbol", "instId"), instruments):
        for row in push["data"].rows():
            yield row, instrument
