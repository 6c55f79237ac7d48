"""HTX linear perpetuals: what its replies and pushed messages say.

Volumes, trades and open interest count BOTH sides of every deal and are halved; liquidations do
not. Only contract counts are trusted (``amount`` is coins in one version of the interface and
contracts in another). ``direction`` of a liquidation is the ORDER's, ``position_side`` of the
newer reply the position that died; its price is the bankruptcy price.
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
    RatioKind,
    Trade,
)
from apps.exchanges.records import BarRow, Side

VENUE = "htx"
SIDES = 2  # of every deal are counted
TRADING = 1
POSITION_SIDE: dict[str, Side] = {"long": "long", "short": "short"}
DEAD_SIDE: dict[str, Side] = {"sell": "long", "buy": "short"}


def parse_instruments(payload: object) -> list[Instrument]:
    """Perpetuals of ``swap_contract_info``."""
    rows = _reply(payload)["data"].rows()
    return [_instrument(row) for row in rows if row.says("business_type", "swap")]


def _instrument(row: Payload) -> Instrument:
    base, _, quote = row.text("contract_code").partition("-")
    hours = row.positive_or_none("settlement_period")
    return Instrument(
        venue=VENUE,
        symbol=row.text("contract_code"),
        base=base,
        quote=quote,
        settle=quote,
        contract_size=row.positive("contract_size"),
        tick=row.positive("price_tick"),
        size_step=1.0,
        funding_interval_ms=round(hours * HOUR_MS) if hours else None,
        active=row.says("contract_status", TRADING),
    )


def parse_candles(
    payload: object, instrument: Instrument, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """Rows of ``kline``."""
    rows = _reply(payload)["data"].rows()
    return normalise.by_time(_bar(row, instrument, now_ms, span_ms) for row in rows)


def parse_candle_push(
    message: object, instruments: Instruments, *, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """A ``market.BTC-USDT.kline.1min`` message, stamped with the venue's clock."""
    push = Payload(VENUE, message)
    return [
        _bar(push["tick"], instrument, push.milliseconds("ts"), span_ms)
        for instrument in _about(push, instruments)
    ]


def _bar(row: Payload, instrument: Instrument, now_ms: int, span_ms: int) -> BarRow:
    return normalise.bar(
        row,
        instrument,
        ("open", "high", "low", "close"),
        open_ms=row.seconds("id"),
        volume=instrument.size_base(row.not_negative("vol") / SIDES, row.positive("close")),
        span_ms=span_ms,
        now_ms=now_ms,
    )


def parse_open_interest(payload: object, instruments: Instruments) -> list[OpenInterest]:
    """``swap_open_interest`` of one contract or of all."""
    reply = _reply(payload)
    return [
        _open_interest(row, instrument, row.not_negative("volume"), reply.milliseconds("ts"))
        for row, instrument in _known(reply, instruments)
    ]


def parse_open_interest_history(payload: object, instrument: Instrument) -> list[OpenInterest]:
    """Rows of ``swap_his_open_interest``, counted in contracts (1) or in coins (2)."""
    data = normalise.only(_reply(payload)["data"], "contract_code", instrument)
    return normalise.by_time(
        _open_interest(row, instrument, _contracts(row, instrument), row.milliseconds("ts"))
        for row in data["tick"].rows()
    )


def _contracts(row: Payload, instrument: Instrument) -> float:
    amount = row.not_negative("volume")
    return amount / instrument.contract_size if row.says("amount_type", 2, "2") else amount


def _open_interest(row: Payload, i: Instrument, contracts: float, ts_ms: int) -> OpenInterest:
    usd = row.not_negative("value") / SIDES
    return normalise.open_interest(row, i, contracts / SIDES, ts_ms=ts_ms, usd=usd)


def parse_marks(
    payload: object, instruments: Instruments, *, span_ms: int = MINUTE_MS
) -> list[Mark]:
    """The closes of mark price candles, each at its end or, while it is open, now."""
    reply = _reply(payload)
    return [
        normalise.mark(
            row,
            instrument,
            ts_ms=min(row.seconds("id") + span_ms, reply.milliseconds("ts")),
            price="close",
        )
        for instrument in _about(reply, instruments)
        for row in reply["data"].rows()
    ]


def parse_index(payload: object, instruments: Instruments) -> list[Mark]:
    """``swap_index``."""
    return [
        normalise.mark(row, i, ts_ms=row.milliseconds("index_ts"), index="index_price")
        for row, i in _known(_reply(payload), instruments)
    ]


def parse_funding(payload: object, instruments: Instruments) -> list[Mark]:
    """``swap_funding_rate`` or its successor; the rate is paid at ``funding_time``."""
    reply = _reply(payload)
    return [
        normalise.funding(
            row,
            instrument,
            ts_ms=reply.milliseconds("ts"),
            rate="funding_rate",
            paid="funding_time",
            after="next_funding_time",
        )
        for row, instrument in _known(reply, instruments)
    ]


def parse_funding_push(message: object, instruments: Instruments) -> list[Mark]:
    """A ``funding_rate`` message: here ``funding_time`` is now, ``settlement_time`` is coming."""
    push = Payload(VENUE, message)
    return [
        normalise.mark(
            row,
            instrument,
            ts_ms=push.milliseconds("ts"),
            rate="funding_rate",
            next_funding_ms=row.milliseconds_or_none("settlement_time"),
        )
        for row, instrument in _known(push, instruments)
    ]


def parse_book(payload: object, instrument: Instrument) -> list[Book]:
    """``depth``: levels of price and contracts."""
    tick = _reply(payload)["tick"]
    return [normalise.book(tick["bids"], tick["asks"], instrument, tick.milliseconds("ts"))]


def parse_liquidations(payload: object, instruments: Instruments) -> list[Liquidation]:
    """``swap_liquidation_orders`` or its successor, 90 days back."""
    return _liquidations(_reply(payload), instruments)


def parse_liquidation_push(message: object, instruments: Instruments) -> list[Liquidation]:
    """A ``public.*.liquidation_orders`` message."""
    return _liquidations(Payload(VENUE, message), instruments)


def _liquidations(reply: Payload, instruments: Instruments) -> list[Liquidation]:
    return normalise.by_time(
        normalise.liquidation(
            instrument,
            ts_ms=row.milliseconds(row.either("liquidation_time", "created_at")),
            side=_dead_side(row),
            amount=row.positive("volume"),
            completeness="full",
            bankruptcy_price=row.positive(row.either("bankrupt_price", "price")),
            native_id=row.identity("id") if row.has("id") else "",
        )
        for row, instrument in _known(reply, instruments)
    )


def _dead_side(row: Payload) -> Side:
    if row.has("position_side"):
        return row.meaning("position_side", POSITION_SIDE)
    return row.meaning("direction", DEAD_SIDE)


def parse_margin_tiers(
    payload: object, instruments: Instruments, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """``swap_adjustfactor``: for each leverage a stack, bounds in contracts.

    The true table is not public; ``adjust_factor / leverage`` is the rate that it amounts to.
    """
    return [
        tier
        for row, instrument in _known(_reply(payload), instruments)
        for leverage in row["list"].rows()
        for tier in _stack(leverage, instrument, mark_price, as_of_ms)
    ]


def _stack(
    row: Payload, instrument: Instrument, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    leverage = row.positive("lever_rate")
    return margin_tiers.stacked(
        margin_tiers.margin_tier(
            ladder,
            instrument,
            cap_usd=_cap_usd(ladder, instrument, mark_price),
            maintenance=ladder.positive("adjust_factor") / leverage,
            initial=1 / leverage,
            max_leverage=leverage,
            as_of_ms=as_of_ms,
        )
        for ladder in row["ladders"].rows()
    )


def _cap_usd(ladder: Payload, instrument: Instrument, mark_price: float) -> float | None:
    contracts = ladder.positive_or_none("max_size")
    return contracts and instrument.notional_usd(contracts, mark_price)


def parse_ratios(payload: object, instrument: Instrument, kind: RatioKind) -> list[Ratio]:
    """Rows of an elite ratio call, of top accounts or of their positions: see ``kind``."""
    data = normalise.only(_reply(payload)["data"], "contract_code", instrument)
    return normalise.by_time(
        normalise.ratio(
            row,
            instrument,
            kind,
            row.milliseconds("ts"),
            row.number("buy_ratio"),
            row.number("sell_ratio"),
        )
        for row in data["list"].rows()
    )


def parse_trade_push(message: object, instruments: Instruments) -> list[Trade]:
    """A ``trade.detail`` message; a trade without a direction is left out."""
    push = Payload(VENUE, message)
    return normalise.by_time(
        normalise.trade(
            row,
            instrument,
            ts_ms=row.milliseconds("ts"),
            side="direction",
            price="price",
            size="amount",
            sides=SIDES,
            native_id="id",
        )
        for instrument in _about(push, instruments)
        for row in push["tick"]["data"].rows()
        if row.has("direction")
    )


def _reply(payload: object) -> Payload:
    """Older replies say ``status: ok``, newer ones ``code: 200``."""
    reply = Payload(VENUE, payload)
    if reply.has("code"):
        reply.accept("code", 200, "200", reason="message")
    else:
        reply.accept("status", "ok", reason="err_msg")
    return reply


def _known(reply: Payload, instruments: Instruments) -> Iterator[tuple[Payload, Instrument]]:
    return normalise.known(reply["data"].one_or_more(), "contract_code", instruments)


def _about(push: Payload, instruments: Instruments) -> Iterator[Instrument]:
    """Whose channel it is, if known: the second part of ``market.BTC-USDT.kline.1min``."""
    parts = push.text("ch").split(".")
    if len(parts) < 3:
        raise BadPayload(f"{push['ch']} names no contract.")
    if instrument := instruments.get(parts[1]):
        yield instrument
