"""dYdX v4 perpetuals: what the indexer's replies and pushed messages say.

Sizes are base coin and open interest counts one side. There is no mark price: positions die at
the oracle's. Liquidations are trades of type LIQUIDATED, whose side is the ORDER's, so SELL is
the death of a long. Candles carry the open interest at their START. Funding is hourly.
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
    Trade,
)
from apps.exchanges.records import BarRow, Side

VENUE = "dydx"
DEAD_SIDE: dict[str, Side] = {"SELL": "long", "BUY": "short"}


def parse_instruments(payload: object) -> list[Instrument]:
    """``perpetualMarkets``."""
    return [_instrument(row) for _, row in _reply(payload)["markets"].members()]


def _instrument(row: Payload) -> Instrument:
    base, _, quote = row.text("ticker").rpartition("-")
    return Instrument(
        venue=VENUE,
        symbol=row.text("ticker"),
        base=base.split(",")[0],  # markets with their own collateral add its address
        quote=quote,
        settle="USDC",
        tick=row.positive("tickSize"),
        size_step=row.positive("stepSize"),
        max_leverage=1 / row.positive("initialMarginFraction"),
        funding_interval_ms=HOUR_MS,
        active=row.says("status", "ACTIVE"),
    )


def parse_candles(
    payload: object, instrument: Instrument, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """``candles`` of one market, newest first."""
    return normalise.by_time(
        normalise.bar(
            normalise.only(row, "ticker", instrument),
            instrument,
            ("open", "high", "low", "close"),
            open_ms=row.iso_instant("startedAt"),
            volume=row.not_negative("baseTokenVolume"),
            span_ms=span_ms,
            now_ms=now_ms,
        )
        for row in _reply(payload)["candles"].rows()
    )


def parse_open_interest_history(payload: object, instrument: Instrument) -> list[OpenInterest]:
    """The open interest in ``candles``, at the start of each, valued at its opening price."""
    return normalise.by_time(
        normalise.open_interest(
            normalise.only(row, "ticker", instrument),
            instrument,
            row.not_negative("startingOpenInterest"),
            ts_ms=row.iso_instant("startedAt"),
            price=row.positive("open"),
        )
        for row in _reply(payload)["candles"].rows()
        if row.has("startingOpenInterest")
    )


def parse_open_interest(
    payload: object, instruments: Instruments, *, now_ms: int
) -> list[OpenInterest]:
    """``perpetualMarkets``, which tells no time."""
    return _open_interests(_reply(payload)["markets"], instruments, now_ms)


def parse_open_interest_push(
    message: object, instruments: Instruments, *, now_ms: int
) -> list[OpenInterest]:
    """A ``v4_markets`` message: the first holds every market, the others what changed."""
    return [
        reading
        for contents in _contents(message)
        for part in ("markets", "trading")
        if contents.has(part)
        for reading in _open_interests(contents[part], instruments, now_ms)
    ]


def _open_interests(markets: Payload, instruments: Instruments, now_ms: int) -> list[OpenInterest]:
    return [
        normalise.open_interest(
            row,
            instrument,
            row.not_negative("openInterest"),
            ts_ms=now_ms,
            price=row.positive_or_none("oraclePrice"),
        )
        for row, instrument in _named(markets, instruments)
        if row.has("openInterest")
    ]


def parse_marks(payload: object, instruments: Instruments, *, now_ms: int) -> list[Mark]:
    """``perpetualMarkets``: the oracle's price stands for mark and index."""
    return _marks(_reply(payload)["markets"], instruments, now_ms)


def parse_mark_push(message: object, instruments: Instruments, *, now_ms: int) -> list[Mark]:
    """A ``v4_markets`` message; oracle prices carry their own time."""
    return [
        reading
        for contents in _contents(message)
        for part in ("markets", "oraclePrices")
        if contents.has(part)
        for reading in _marks(contents[part], instruments, now_ms)
    ]


def _marks(markets: Payload, instruments: Instruments, now_ms: int) -> list[Mark]:
    return [
        normalise.mark(
            row,
            instrument,
            ts_ms=row.iso_instant("effectiveAt") if row.has("effectiveAt") else now_ms,
            price="oraclePrice",
            index="oraclePrice",
            rate="nextFundingRate",
        )
        for row, instrument in _named(markets, instruments)
    ]


def parse_book(payload: object, instrument: Instrument, *, now_ms: int) -> list[Book]:
    """``orderbooks``, which tells no time."""
    reply = _reply(payload)
    keys = ("price", "size")
    return [normalise.book(reply["bids"], reply["asks"], instrument, now_ms, keys)]


def parse_margin_tiers(
    payload: object, instruments: Instruments, *, as_of_ms: int
) -> list[MarginTier]:
    """The margin fractions of ``perpetualMarkets``: one tier without an end."""
    return [
        margin_tiers.margin_tier(
            row,
            instrument,
            cap_usd=None,
            maintenance=row.positive("maintenanceMarginFraction"),
            initial=row.positive("initialMarginFraction"),
            max_leverage=1 / row.positive("initialMarginFraction"),
            as_of_ms=as_of_ms,
        )
        for row, instrument in _named(_reply(payload)["markets"], instruments)
    ]


def parse_liquidations(payload: object, instrument: Instrument) -> list[Liquidation]:
    """The liquidations among ``trades`` of one market."""
    return _liquidations(_reply(payload)["trades"], instrument)


def parse_liquidation_push(message: object, instruments: Instruments) -> list[Liquidation]:
    """The liquidations in a ``v4_trades`` message."""
    return [
        row
        for trades, instrument in _pushed_trades(message, instruments)
        for row in _liquidations(trades, instrument)
    ]


def _liquidations(trades: Payload, instrument: Instrument) -> list[Liquidation]:
    return normalise.by_time(
        normalise.liquidation(
            instrument,
            ts_ms=row.iso_instant("createdAt"),
            side=row.meaning("side", DEAD_SIDE),
            amount=row.positive("size"),
            completeness="full",
            fill_price=row.positive("price"),
            native_id=row.identity("id"),
        )
        for row in trades.rows()
        if row.says("type", "LIQUIDATED")
    )


def parse_trades(payload: object, instrument: Instrument) -> list[Trade]:
    """``trades`` of one market; a deleveraging has no taker and is left out."""
    return _trades(_reply(payload)["trades"], instrument)


def parse_trade_push(message: object, instruments: Instruments) -> list[Trade]:
    """A ``v4_trades`` message."""
    return [
        row
        for trades, instrument in _pushed_trades(message, instruments)
        for row in _trades(trades, instrument)
    ]


def _trades(trades: Payload, instrument: Instrument) -> list[Trade]:
    return normalise.by_time(
        normalise.trade(
            row,
            instrument,
            ts_ms=row.iso_instant("createdAt"),
            side="side",
            price="price",
            size="size",
            native_id="id",
        )
        for row in trades.rows()
        if not row.says("type", "DELEVERAGED")
    )


def _reply(payload: object) -> Payload:
    reply = Payload(VENUE, payload)
    if reply.has("errors"):
        reply["errors"][0].accept("msg", reason="msg")
    return reply


def _named(markets: Payload, instruments: Instruments) -> Iterator[tuple[Payload, Instrument]]:
    for symbol, row in markets.members():
        if instrument := instruments.get(symbol):
            yield row, instrument


def _contents(message: object) -> Iterator[Payload]:
    """The contents of a message; a batched one holds a list of them."""
    return Payload(VENUE, message)["contents"].one_or_more()


def _pushed_trades(
    message: object, instruments: Instruments
) -> Iterator[tuple[Payload, Instrument]]:
    push = Payload(VENUE, message)
    for _, instrument in normalise.known([push], "id", instruments):
        for contents in _contents(message):
            yield contents["trades"], instrument
