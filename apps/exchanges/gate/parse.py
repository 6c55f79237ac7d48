"""Gate perpetuals, settled in USDT or in the coin: what its replies and pushed messages say.

Times are SECONDS and sizes CONTRACTS, of ``quanto_multiplier`` coins each (0: one USD, an inverse
contract). ``size`` of a liquidation is the signed POSITION, so plus is the death of a long; of a
trade it is signed by the taker. ``position_size`` counts one side, statistics count both.
"""

from apps.exchanges import margin_tiers, normalise
from apps.exchanges.numbers import SMALLEST, BadPayload
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
from apps.exchanges.records import BarRow

VENUE = "gate"
RATIOS: dict[str, RatioKind] = {
    "lsr_account": "accounts",
    "top_lsr_account": "top_accounts",
    "top_lsr_size": "top_positions",
    "lsr_taker": "taker",
}


def parse_instruments(payload: object) -> list[Instrument]:
    """``contracts``."""
    return [_instrument(row) for row in _reply(payload).rows()]


def _instrument(row: Payload) -> Instrument:
    base, _, quote = row.text("name").rpartition("_")
    multiplier = row.positive_or_none("quanto_multiplier")
    return Instrument(
        venue=VENUE,
        symbol=row.text("name"),
        base=base,
        quote=quote,
        kind="linear" if multiplier else "inverse",
        settle=quote if multiplier else base,
        contract_size=multiplier or 1.0,
        tick=row.positive("order_price_round"),
        size_step=row.positive_or_none("order_size_min"),
        max_leverage=row.positive("leverage_max"),
        funding_interval_ms=round(row.positive("funding_interval") * 1000),
        listed_ms=row.seconds_or_none("create_time"),
        active=not row.flag("in_delisting") and not (row.has("status") and _halted(row)),
    )


def _halted(row: Payload) -> bool:
    return not row.says("status", "trading")


def parse_candles(
    payload: object, instrument: Instrument, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """Rows of ``candlesticks``."""
    rows = _reply(payload).rows()
    return normalise.by_time(_bar(row, instrument, now_ms, span_ms) for row in rows)


def parse_candle_push(
    message: object, instruments: Instruments, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """A ``futures.candlesticks`` message, whose rows are named ``1m_BTC_USDT``."""
    bars = []
    for row in _result(message, "futures.candlesticks").one_or_more():
        if instrument := instruments.get(row.text("n").partition("_")[2]):
            bars.append(_bar(row, instrument, now_ms, span_ms))
    return bars


def _bar(row: Payload, instrument: Instrument, now_ms: int, span_ms: int) -> BarRow:
    return normalise.bar(
        row,
        instrument,
        ("o", "h", "l", "c"),
        open_ms=row.seconds("t"),
        volume=instrument.size_base(row.not_negative("v"), row.positive("c")),
        span_ms=span_ms,
        now_ms=now_ms,
    )


def parse_open_interest(
    payload: object, instruments: Instruments, *, now_ms: int
) -> list[OpenInterest]:
    """``contracts``, which tells no time."""
    return [
        normalise.open_interest(
            row,
            instrument,
            row.not_negative("position_size"),
            ts_ms=now_ms,
            price=row.positive("mark_price"),
        )
        for row, instrument in normalise.known(_reply(payload).rows(), "name", instruments)
    ]


def parse_open_interest_history(
    payload: object, instrument: Instrument, *, sides: int = 2
) -> list[OpenInterest]:
    """Rows of ``contract_stats``; ``sides`` is how many its open interest counts.

    Compare a fresh row with ``parse_open_interest`` at start: about twice it means two.
    """
    return normalise.by_time(
        normalise.open_interest(
            row,
            instrument,
            row.not_negative("open_interest") / sides,
            ts_ms=row.seconds("time"),
            price=row.positive("mark_price"),
        )
        for row in _reply(payload).rows()
    )


def parse_marks(payload: object, instruments: Instruments, *, now_ms: int) -> list[Mark]:
    """``contracts``, which tells no time."""
    return [
        normalise.mark(
            row,
            instrument,
            ts_ms=now_ms,
            price="mark_price",
            index="index_price",
            rate="funding_rate",
            next_funding_ms=row.seconds_or_none("funding_next_apply"),
            interval_ms=round(row.positive("funding_interval") * 1000),
        )
        for row, instrument in normalise.known(_reply(payload).rows(), "name", instruments)
    ]


def parse_mark_push(message: object, instruments: Instruments) -> list[Mark]:
    """A ``futures.tickers`` message."""
    ts_ms = Payload(VENUE, message).seconds("time")
    rows = _result(message, "futures.tickers").one_or_more()
    return [
        normalise.mark(
            row, i, ts_ms=ts_ms, price="mark_price", index="index_price", rate="funding_rate"
        )
        for row, i in normalise.known(rows, "contract", instruments)
    ]


def parse_book(payload: object, instrument: Instrument) -> list[Book]:
    """``order_book``: levels in contracts, the time in seconds with a fraction."""
    reply = _reply(payload)
    ts_ms, keys = reply.seconds("current"), ("p", "s")
    return [normalise.book(reply["bids"], reply["asks"], instrument, ts_ms, keys)]


def parse_liquidations(payload: object, instruments: Instruments) -> list[Liquidation]:
    """``liq_orders`` of one contract or of all, newest first.

    What died is the filled part of the order: ``size`` is the whole position, which a step
    liquidation names again and again.
    """
    rows = normalise.known(_reply(payload).rows(), "contract", instruments)
    return normalise.by_time(
        normalise.liquidation(
            instrument,
            ts_ms=row.seconds("time"),
            side="long" if _signed(row, "size") > 0 else "short",
            amount=filled,
            completeness="full",
            bankruptcy_price=row.positive("order_price"),
            fill_price=row.positive("fill_price"),
        )
        for row, instrument in rows
        if (filled := _filled(row)) >= SMALLEST
    )


def _filled(row: Payload) -> float:
    ordered = row.number("order_size" if row.has("order_size") else "size")
    return abs(ordered) - abs(row.number("left"))


def parse_liquidation_push(message: object, instruments: Instruments) -> list[Liquidation]:
    """A ``futures.public_liquidates`` message, which tells the order's price but no fill."""
    rows = _result(message, "futures.public_liquidates").rows()
    return normalise.by_time(
        normalise.liquidation(
            instrument,
            ts_ms=row.milliseconds(row.either("time_ms", "time")),
            side="long" if (size := _signed(row, "size")) > 0 else "short",
            amount=abs(size),
            completeness="sampled",
            bankruptcy_price=row.positive("price"),
        )
        for row, instrument in normalise.known(rows, "contract", instruments)
    )


def parse_margin_tiers(
    payload: object, instruments: Instruments, *, as_of_ms: int, mark_price: float = 1.0
) -> list[MarginTier]:
    """``risk_limit_tiers``: upper ends in the settlement coin, so an inverse one needs a price."""
    rows = normalise.known(_reply(payload).rows(), "contract", instruments)
    return margin_tiers.stacked(
        _margin_tier(row, i, as_of_ms, mark_price if i.inverse else 1.0) for row, i in rows
    )


def _margin_tier(row: Payload, instrument: Instrument, as_of_ms: int, price: float) -> MarginTier:
    return margin_tiers.margin_tier(
        row,
        instrument,
        cap_usd=row.positive("risk_limit") * price,
        maintenance=row.positive("maintenance_rate"),
        initial=row.positive("initial_rate"),
        max_leverage=row.positive("leverage_max"),
        amount_usd=row.not_negative("deduction") * price,
        as_of_ms=as_of_ms,
    )


def parse_ratios(payload: object, instrument: Instrument) -> list[Ratio]:
    """The four long / short quotients in each row of ``contract_stats``."""
    return normalise.by_time(
        normalise.ratio(row, instrument, kind, row.seconds("time"), row.number(key), 1.0)
        for row in _reply(payload).rows()
        for key, kind in RATIOS.items()
        if row.has(key)
    )


def parse_trades(payload: object, instruments: Instruments) -> list[Trade]:
    """``trades`` of one contract."""
    return _trades(_reply(payload), instruments)


def parse_trade_push(message: object, instruments: Instruments) -> list[Trade]:
    """A ``futures.trades`` message."""
    return _trades(_result(message, "futures.trades"), instruments)


def _trades(rows: Payload, instruments: Instruments) -> list[Trade]:
    """``create_time_ms`` is seconds in replies and milliseconds in messages: not read."""
    return normalise.by_time(
        normalise.trade(
            row,
            instrument,
            ts_ms=row.seconds("create_time"),
            price="price",
            size="size",
            native_id="id",
        )
        for row, instrument in normalise.known(rows.rows(), "contract", instruments)
    )


def _signed(row: Payload, key: str) -> float:
    size = row.number(key)
    if abs(size) < SMALLEST:
        raise BadPayload(f"{row[key]} is zero, so it has no side.")
    return size


def _reply(payload: object) -> Payload:
    reply = Payload(VENUE, payload)
    if reply.has("label"):
        reply.accept("label", reason="message" if reply.has("message") else "label")
    return reply


def _result(message: object, channel: str) -> Payload:
    push = Payload(VENUE, message)
    push.expect("channel", channel)
    push.expect("event", "update", "all")
    return push["result"]
