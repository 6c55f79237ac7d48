"""OKX perpetual swaps: what its replies and pushed messages say.

``sz``, ``oi`` and the sizes of a book are CONTRACTS (0.01 BTC each), an inverse one is worth USD.
``posSide`` of a liquidation is the position that died, its price is the bankruptcy price, and one
message may hold several. Candles carry ``confirm``, funding rates the interval in their times.
"""

from apps.exchanges import margin_tiers, normalise
from apps.exchanges.payload import Payload
from apps.exchanges.readings import (
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
from apps.exchanges.records import BarRow, InstrumentKind, Side

VENUE = "okx"
KINDS: dict[str, InstrumentKind] = {"linear": "linear", "inverse": "inverse"}
POSITION_SIDE: dict[str, Side] = {"long": "long", "short": "short"}
DEAD_SIDE: dict[str, Side] = {"sell": "long", "buy": "short"}


def parse_instruments(payload: object) -> list[Instrument]:
    """Swaps of ``instruments``."""
    rows = _data(payload).rows()
    return [_instrument(row) for row in rows if row.says("instType", "SWAP") and row.has("ctVal")]


def _instrument(row: Payload) -> Instrument:
    base, quote, _ = (row.text("instId") + "--").split("-", 2)
    return Instrument(
        venue=VENUE,
        symbol=row.text("instId"),
        base=base,
        quote=quote,
        kind=row.meaning("ctType", KINDS),
        settle=row.text("settleCcy"),
        contract_size=row.positive("ctVal") * row.positive("ctMult"),
        tick=row.positive_or_none("tickSz"),
        size_step=row.positive_or_none("lotSz"),
        max_leverage=row.positive_or_none("lever"),
        listed_ms=row.milliseconds_or_none("listTime"),
        active=row.says("state", "live"),
    )


def parse_candles(
    payload: object, instrument: Instrument, *, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """Rows of ``candles`` or ``history-candles``, newest first."""
    return normalise.by_time(_bar(row, instrument, span_ms) for row in _data(payload).rows())


def parse_candle_push(
    message: object, instruments: Instruments, *, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """A message of a ``candle`` channel, which names its instrument only in ``arg``."""
    push = Payload(VENUE, message)
    about = normalise.known([push["arg"]], "instId", instruments)
    return [
        _bar(row, instrument, span_ms) for _, instrument in about for row in push["data"].rows()
    ]


def _bar(row: Payload, instrument: Instrument, span_ms: int) -> BarRow:
    return normalise.bar(
        row,
        instrument,
        (1, 2, 3, 4),
        open_ms=row.milliseconds(0),
        volume=row.not_negative(6),  # coins; 5 is contracts
        span_ms=span_ms,
        closed=row.meaning(8, {"0": False, "1": True}),
    )


def parse_open_interest(payload: object, instruments: Instruments) -> list[OpenInterest]:
    """``open-interest`` of one swap or of all, or a message of its channel: ``oiCcy`` is coins."""
    return [
        OpenInterest(
            instrument.slug,
            row.milliseconds("ts"),
            row.not_negative("oiCcy"),
            row.not_negative("oiUsd") if row.has("oiUsd") else None,
        )
        for row, instrument in normalise.known(_data(payload).rows(), "instId", instruments)
    ]


def parse_open_interest_history(
    payload: object, instrument: Instrument, *, period_ms: int
) -> list[OpenInterest]:
    """Rows of the per-instrument ``open-interest-history``, newest first.

    A row is stamped with the beginning of its period but known only at the end of it.
    """
    return normalise.by_time(
        OpenInterest(
            instrument.slug,
            row.milliseconds(0) + period_ms,
            row.not_negative(2),
            row.not_negative(3),
        )
        for row in _data(payload).rows()
    )


def parse_marks(payload: object, instruments: Instruments) -> list[Mark]:
    """``mark-price``, or a message of its channel."""
    return [
        normalise.mark(row, i, ts_ms=row.milliseconds("ts"), price="markPx")
        for row, i in normalise.known(_data(payload).rows(), "instId", instruments)
    ]


def parse_funding(payload: object, instruments: Instruments) -> list[Mark]:
    """``funding-rate``, or a message of its channel.

    The rate is paid at ``fundingTime``, and the settlement after it tells the interval.
    """
    return [
        normalise.funding(
            row,
            instrument,
            ts_ms=row.milliseconds("ts"),
            rate="fundingRate",
            paid="fundingTime",
            after="nextFundingTime",
        )
        for row, instrument in normalise.known(_data(payload).rows(), "instId", instruments)
    ]


def parse_index(payload: object, instruments: Instruments) -> list[Mark]:
    """``index-tickers``, or a message of its channel: named by the pair, not by the swap."""
    by_pair = {symbol.removesuffix("-SWAP"): i for symbol, i in instruments.items()}
    return [
        normalise.mark(row, i, ts_ms=row.milliseconds("ts"), index="idxPx")
        for row, i in normalise.known(_data(payload).rows(), "instId", by_pair)
    ]


def parse_book(payload: object, instrument: Instrument) -> list[Book]:
    """``books``: levels of price, contracts, nothing, orders."""
    return [
        normalise.book(row["bids"], row["asks"], instrument, row.milliseconds("ts"))
        for row in _data(payload).rows()
    ]


def parse_liquidations(payload: object, instruments: Instruments) -> list[Liquidation]:
    """``liquidation-orders``, or a message of its channel; each row holds several ``details``."""
    return normalise.by_time(
        normalise.liquidation(
            instrument,
            ts_ms=detail.milliseconds("ts"),
            side=_dead_side(detail),
            amount=detail.positive("sz"),
            completeness="sampled",
            bankruptcy_price=detail.positive("bkPx"),
        )
        for row, instrument in normalise.known(_data(payload).rows(), "instId", instruments)
        for detail in row["details"].rows()
    )


def _dead_side(detail: Payload) -> Side:
    if detail.says("posSide", *POSITION_SIDE):
        return detail.meaning("posSide", POSITION_SIDE)
    return detail.meaning("side", DEAD_SIDE)  # net mode: the order's side


def parse_margin_tiers(
    payload: object, instrument: Instrument, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """``position-tiers`` of one family: bounds in contracts, no deduction."""
    return margin_tiers.stacked(
        margin_tiers.margin_tier(
            row,
            instrument,
            cap_usd=instrument.notional_usd(row.positive("maxSz"), mark_price),
            maintenance=row.positive("mmr"),
            initial=row.positive("imr"),
            max_leverage=row.positive("maxLever"),
            as_of_ms=as_of_ms,
        )
        for row in _data(payload).rows()
    )


def parse_ratios(payload: object, instrument: Instrument, kind: RatioKind) -> list[Ratio]:
    """Rows of a long/short ratio call, [time, long / short]; which one was asked is ``kind``."""
    return normalise.by_time(
        normalise.ratio(row, instrument, kind, row.milliseconds(0), row.number(1), 1.0)
        for row in _data(payload).rows()
    )


def parse_taker_ratios(payload: object, instrument: Instrument) -> list[Ratio]:
    """Rows of ``taker-volume-contract``: [time, SOLD, bought]."""
    return normalise.by_time(
        normalise.ratio(row, instrument, "taker", row.milliseconds(0), row.number(2), row.number(1))
        for row in _data(payload).rows()
    )


def parse_trades(payload: object, instruments: Instruments) -> list[Trade]:
    """``trades``, or a message of its channel."""
    return normalise.by_time(
        normalise.trade(
            row,
            instrument,
            ts_ms=row.milliseconds("ts"),
            side="side",
            price="px",
            size="sz",
            native_id="tradeId",
        )
        for row, instrument in normalise.known(_data(payload).rows(), "instId", instruments)
    )


def _data(payload: object) -> Payload:
    """The rows of a reply, which carries a code, or of a message, which carries its channel."""
    reply = Payload(VENUE, payload)
    if not reply.has("arg"):
        reply.accept("code", "0", reason="msg")
    return reply["data"]
