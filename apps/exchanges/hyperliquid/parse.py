"""Hyperliquid perpetuals: what its replies and pushed messages say.

Sizes are base coin and open interest counts one side. Contexts have no names: the i-th belongs to
the i-th of the universe. Funding is hourly. There is no public feed of liquidations, only the
marks in the fills of an address: what a fill says of it depends on whose fill it is.
"""

from collections.abc import Iterator
from itertools import pairwise

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
    Trade,
)
from apps.exchanges.records import BarRow, Side

VENUE = "hyperliquid"
FIRST_TIERED_TABLE = 50  # a table id below is itself the one leverage allowed
DEAD_SIDE: dict[str, Side] = {"A": "long", "B": "short"}
OTHER_SIDE: dict[Side, Side] = {"long": "short", "short": "long"}


def parse_instruments(payload: object) -> list[Instrument]:
    """The universe of ``meta`` or ``metaAndAssetCtxs``."""
    return [_instrument(row) for row in _meta(payload)["universe"].rows()]


def _instrument(row: Payload) -> Instrument:
    return Instrument(
        venue=VENUE,
        symbol=row.text("name"),
        base=row.text("name"),
        quote="USD",
        settle="USDC",
        size_step=10.0 ** -min(row.not_negative("szDecimals"), 15),
        max_leverage=row.positive("maxLeverage"),
        funding_interval_ms=HOUR_MS,
        active=not (row.has("isDelisted") and row.flag("isDelisted")),
    )


def parse_candles(
    payload: object, instrument: Instrument, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """``candleSnapshot``."""
    rows = Payload(VENUE, payload).rows()
    return normalise.by_time(
        _bar(normalise.only(row, "s", instrument), instrument, now_ms, span_ms) for row in rows
    )


def parse_candle_push(
    message: object, instruments: Instruments, *, now_ms: int, span_ms: int = MINUTE_MS
) -> list[BarRow]:
    """A ``candle`` message."""
    rows = normalise.known(_data(message, "candle").one_or_more(), "s", instruments)
    return [_bar(row, i, now_ms, span_ms) for row, i in rows]


def _bar(row: Payload, instrument: Instrument, now_ms: int, span_ms: int) -> BarRow:
    return normalise.bar(
        row,
        instrument,
        ("o", "h", "l", "c"),
        open_ms=row.milliseconds("t"),
        volume=row.not_negative("v"),
        span_ms=span_ms,
        now_ms=now_ms,
    )


def parse_open_interest(
    payload: object, instruments: Instruments, *, now_ms: int
) -> list[OpenInterest]:
    """``metaAndAssetCtxs``, which tells no time."""
    return [_open_interest(row, i, now_ms) for row, i in _contexts(payload, instruments)]


def parse_open_interest_push(
    message: object, instruments: Instruments, *, now_ms: int
) -> list[OpenInterest]:
    """An ``activeAssetCtx`` message, which tells no time."""
    return [_open_interest(row, i, now_ms) for row, i in _pushed_context(message, instruments)]


def _open_interest(row: Payload, instrument: Instrument, now_ms: int) -> OpenInterest:
    amount, price = row.not_negative("openInterest"), row.positive("markPx")
    return normalise.open_interest(row, instrument, amount, ts_ms=now_ms, price=price)


def parse_marks(payload: object, instruments: Instruments, *, now_ms: int) -> list[Mark]:
    """``metaAndAssetCtxs``; the oracle's price stands for the index."""
    return [_mark(row, i, now_ms) for row, i in _contexts(payload, instruments)]


def parse_mark_push(message: object, instruments: Instruments, *, now_ms: int) -> list[Mark]:
    """An ``activeAssetCtx`` message."""
    return [_mark(row, i, now_ms) for row, i in _pushed_context(message, instruments)]


def _mark(row: Payload, instrument: Instrument, now_ms: int) -> Mark:
    return normalise.mark(
        row, instrument, ts_ms=now_ms, price="markPx", index="oraclePx", rate="funding"
    )


def parse_book(payload: object, instrument: Instrument) -> list[Book]:
    """``l2Book``: bids first, then asks, 20 levels each."""
    return [_book(normalise.only(Payload(VENUE, payload), "coin", instrument), instrument)]


def parse_book_push(message: object, instruments: Instruments) -> list[Book]:
    """An ``l2Book`` message, every one a whole book."""
    rows = normalise.known([_data(message, "l2Book")], "coin", instruments)
    return [_book(row, instrument) for row, instrument in rows]


def _book(row: Payload, instrument: Instrument) -> Book:
    bids, asks, keys = row["levels"][0], row["levels"][1], ("px", "sz")
    return normalise.book(bids, asks, instrument, row.milliseconds("time"), keys)


def parse_liquidation_fills(
    payload: object, instruments: Instruments, *, user: str
) -> list[Liquidation]:
    """The liquidations among ``userFills`` of the address ``user``."""
    return _liquidations(Payload(VENUE, payload), instruments, user)


def parse_liquidation_push(
    message: object, instruments: Instruments, *, user: str
) -> list[Liquidation]:
    """The liquidations among the fills of a ``user`` message of the address ``user``."""
    return _liquidations(_data(message, "user")["fills"], instruments, user)


def _liquidations(fills: Payload, instruments: Instruments, user: str) -> list[Liquidation]:
    return normalise.by_time(
        normalise.liquidation(
            instrument,
            ts_ms=row.milliseconds("time"),
            side=_dead_side(row, user),
            amount=row.positive("sz"),
            completeness="sampled",
            fill_price=row.positive("px"),
            mark_price=row["liquidation"].positive("markPx"),
            native_id=row.identity("tid"),
        )
        for row, instrument in normalise.known(fills.rows(), "coin", instruments)
        if row.has("liquidation")
    )


def _dead_side(row: Payload, user: str) -> Side:
    """Whoever sells with the liquidation closes a long; his counterparty buys, and mirrors it."""
    side = row.meaning("side", DEAD_SIDE)
    own = row["liquidation"].text("liquidatedUser").lower() == user.lower()
    return side if own else OTHER_SIDE[side]


def parse_margin_tiers(
    payload: object, instruments: Instruments, *, as_of_ms: int
) -> list[MarginTier]:
    """The margin tables of ``meta``: maintenance is half the initial margin of the tier.

    A position's part below a bound keeps its own rate, hence the amounts.
    """
    meta = _meta(payload)
    tables = {pair.number(0): pair[1]["marginTiers"] for pair in meta["marginTables"].rows()}
    tiers: list[MarginTier] = []
    for row, instrument in normalise.known(meta["universe"].rows(), "name", instruments):
        number = row.positive("marginTableId")
        bounds = [(0.0, number)] if number < FIRST_TIERED_TABLE else _bounds(tables, number, row)
        tiers += _stack(row, instrument, bounds, as_of_ms)
    return tiers


def _bounds(tables: dict[float, Payload], number: float, row: Payload) -> list[tuple[float, float]]:
    """Lower end and leverage of each tier."""
    if number not in tables:
        raise BadPayload(f"{row['marginTableId']} names a margin table that is not there.")
    tiers = tables[number].rows()
    return sorted((t.not_negative("lowerBound"), t.positive("maxLeverage")) for t in tiers)


def _stack(
    row: Payload, instrument: Instrument, bounds: list[tuple[float, float]], as_of_ms: int
) -> list[MarginTier]:
    amount, rate = 0.0, None
    tiers = []
    for (floor, leverage), (cap, _) in pairwise([*bounds, (None, None)]):
        amount += floor * (1 / (2 * leverage) - rate) if rate is not None else 0.0
        rate = 1 / (2 * leverage)
        tiers.append(
            margin_tiers.margin_tier(
                row,
                instrument,
                cap_usd=cap,
                maintenance=rate,
                initial=1 / leverage,
                max_leverage=leverage,
                amount_usd=amount,
                as_of_ms=as_of_ms,
            )
        )
    return margin_tiers.stacked(tiers)


def parse_trades(payload: object, instruments: Instruments) -> list[Trade]:
    """``recentTrades``."""
    return _trades(Payload(VENUE, payload), instruments)


def parse_trade_push(message: object, instruments: Instruments) -> list[Trade]:
    """A ``trades`` message."""
    return _trades(_data(message, "trades"), instruments)


def _trades(rows: Payload, instruments: Instruments) -> list[Trade]:
    return normalise.by_time(
        normalise.trade(
            row,
            instrument,
            ts_ms=row.milliseconds("time"),
            side="side",
            price="px",
            size="sz",
            native_id="tid",
        )
        for row, instrument in normalise.known(rows.rows(), "coin", instruments)
    )


def _meta(payload: object) -> Payload:
    """``meta`` itself, or the first half of ``metaAndAssetCtxs``."""
    reply = Payload(VENUE, payload)
    return reply[0] if reply.is_list else reply


def _contexts(payload: object, instruments: Instruments) -> Iterator[tuple[Payload, Instrument]]:
    reply = Payload(VENUE, payload)
    universe, contexts = list(reply[0]["universe"].rows()), list(reply[1].rows())
    if len(universe) != len(contexts):
        raise BadPayload(f"{VENUE}: {len(universe)} markets but {len(contexts)} contexts.")
    for asset, context in zip(universe, contexts, strict=True):
        if instrument := instruments.get(asset.text("name")):
            yield context, instrument


def _pushed_context(
    message: object, instruments: Instruments
) -> Iterator[tuple[Payload, Instrument]]:
    data = _data(message, "activeAssetCtx")
    for _, instrument in normalise.known([data], "coin", instruments):
        yield data["ctx"], instrument


def _data(message: object, channel: str) -> Payload:
    push = Payload(VENUE, message)
    push.expect("channel", channel)
    return push["data"]
