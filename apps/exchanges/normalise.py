"""From what a venue wrote to the canonical record: the arithmetic that all eight share."""

from collections.abc import Iterable, Iterator

from apps.exchanges.numbers import SMALLEST, BadPayload
from apps.exchanges.payload import Key, Payload
from apps.exchanges.readings import (
    MINUTE_MS,
    Book,
    Instrument,
    Instruments,
    Level,
    Liquidation,
    Mark,
    OpenInterest,
    Ratio,
    RatioKind,
    TakerSide,
    Trade,
)
from apps.exchanges.records import BarRow, Completeness, Side

TAKER_SIDES: dict[str, TakerSide] = {
    **dict.fromkeys(("buy", "Buy", "BUY", "B"), "buy"),
    **dict.fromkeys(("sell", "Sell", "SELL", "A"), "sell"),
}
ROUNDING = 1e-6  # relative; venues round the two numbers of a pair separately


def known(
    rows: Iterable[Payload], key: Key, instruments: Instruments
) -> Iterator[tuple[Payload, Instrument]]:
    """The rows about instruments we know, each with its instrument."""
    for row in rows:
        if instrument := instruments.get(row.text(key)):
            yield row, instrument


def only(reply: Payload, key: Key, instrument: Instrument) -> Payload:
    """The same reply, refused if it is about another instrument."""
    if reply.text(key) != instrument.symbol:
        raise BadPayload(f"{reply} is about {reply.text(key)!r:.40}, not {instrument.symbol}.")
    return reply


def by_time[T: (BarRow, OpenInterest, Ratio, Trade, Liquidation)](readings: Iterable[T]) -> list[T]:
    """Rising in time: several venues tell the newest first."""
    return sorted(readings, key=lambda r: r.end_ms if isinstance(r, BarRow) else r.ts_ms)


def bar(
    row: Payload,
    instrument: Instrument,
    keys: tuple[Key, Key, Key, Key],
    *,
    open_ms: int,
    volume: float | None,
    taker_buys: float | None = None,
    span_ms: int = MINUTE_MS,
    closed: bool | None = None,
    now_ms: int | None = None,
) -> BarRow:
    """A candle; ``keys`` name open, high, low and close, volumes are base coin.

    Whether it is closed is what the venue says, else what its clock ``now_ms`` says.
    """
    opened, high, low, close = (row.positive(key) for key in keys)
    if not (low <= min(opened, close) and max(opened, close) <= high):
        raise BadPayload(f"{row} is a candle whose open or close lies outside its low and high.")
    if span_ms <= 0 or open_ms % MINUTE_MS:
        raise BadPayload(f"{row} is a candle that does not begin on the minute.")
    taker_delta = None
    if volume is not None and taker_buys is not None:
        if taker_buys > volume * (1 + ROUNDING):
            raise BadPayload(f"{row} is a candle whose takers bought more than was traded.")
        taker_delta = 2 * taker_buys - volume
    end_ms = open_ms + span_ms
    return BarRow(
        instrument=instrument.slug,
        end_ms=end_ms,
        span_ms=span_ms,
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=volume,
        taker_delta=taker_delta,
        closed=closed if closed is not None else now_ms is not None and end_ms <= now_ms,
    )


def book(
    bids: Payload,
    asks: Payload,
    instrument: Instrument,
    ts_ms: int,
    keys: tuple[Key, Key] = (0, 1),
) -> Book:
    """A book from two lists of levels; ``keys`` name price and size in a level."""
    return Book(
        instrument=instrument.slug,
        ts_ms=ts_ms,
        bids=tuple(sorted(_levels(bids, instrument, keys), reverse=True)),
        asks=tuple(sorted(_levels(asks, instrument, keys))),
    )


def _levels(rows: Payload, instrument: Instrument, keys: tuple[Key, Key]) -> Iterator[Level]:
    price_key, size_key = keys
    for row in rows.rows():
        price, size = row.positive(price_key), row.not_negative(size_key)
        if size >= SMALLEST:
            yield price, instrument.size_base(size, price)


def open_interest(
    row: Payload,
    instrument: Instrument,
    amount: float,
    *,
    ts_ms: int,
    price: float | None = None,
    usd: float | None = None,
) -> OpenInterest:
    """Open interest from ``amount`` of the venue's units on one side.

    ``price`` values it in USD, and is needed to turn an inverse contract's USD into coins.
    """
    if price is None:
        if instrument.inverse:
            raise BadPayload(f"{row} counts USD, and no mark price is there to turn it into coins.")
        return OpenInterest(instrument.slug, ts_ms, instrument.size_base(amount, 1.0), usd)
    valued = instrument.notional_usd(amount, price) if usd is None else usd
    return OpenInterest(instrument.slug, ts_ms, instrument.size_base(amount, price), valued)


def mark(
    row: Payload,
    instrument: Instrument,
    *,
    ts_ms: int,
    price: Key = "",
    index: Key = "",
    rate: Key = "",
    next_funding_ms: int | None = None,
    interval_ms: int | None = None,
) -> Mark:
    """Prices and funding under the keys given; the interval is the instrument's unless told."""
    return Mark(
        instrument=instrument.slug,
        ts_ms=ts_ms,
        mark_price=row.positive_or_none(price),
        index_price=row.positive_or_none(index),
        funding_rate=row.number_or_none(rate),
        funding_interval_ms=interval_ms or instrument.funding_interval_ms,
        next_funding_ms=next_funding_ms,
    )


def funding(
    row: Payload, instrument: Instrument, *, ts_ms: int, rate: Key, paid: Key, after: Key
) -> Mark:
    """A rate that is ``paid`` at one settlement; the one ``after`` it tells the interval."""
    settlement, next_one = row.milliseconds(paid), row.milliseconds_or_none(after)
    return mark(
        row,
        instrument,
        ts_ms=ts_ms,
        rate=rate,
        next_funding_ms=settlement,
        interval_ms=next_one - settlement if next_one and next_one > settlement else None,
    )


def ratio(
    row: Payload, instrument: Instrument, kind: RatioKind, ts_ms: int, longs: float, shorts: float
) -> Ratio:
    """The long share of two amounts, shares or (with ``shorts`` 1) of their quotient."""
    if longs < 0 or shorts < 0 or longs + shorts <= 0:
        raise BadPayload(f"{row} has no long share: {longs} long, {shorts} short.")
    return Ratio(instrument.slug, ts_ms, kind, longs / (longs + shorts))


def trade(
    row: Payload,
    instrument: Instrument,
    *,
    ts_ms: int,
    price: Key,
    size: Key,
    native_id: Key,
    side: Key | None = None,
    sides: int = 1,
) -> Trade:
    """A trade from the keys given; without a ``side`` the sign of the size tells who took.

    ``sides`` is how many sides of a deal the size counts.
    """
    paid, amount = row.positive(price), row.number(size) if side is None else row.positive(size)
    if abs(amount) < SMALLEST:
        raise BadPayload(f"{row[size]} is zero, so nobody took.")
    signed: TakerSide = "buy" if amount > 0 else "sell"
    return Trade(
        instrument=instrument.slug,
        ts_ms=ts_ms,
        taker_side=signed if side is None else row.meaning(side, TAKER_SIDES),
        size_base=instrument.size_base(abs(amount) / sides, paid),
        price=paid,
        native_id=row.identity(native_id),
    )


def liquidation(
    instrument: Instrument,
    *,
    ts_ms: int,
    side: Side,
    amount: float,
    completeness: Completeness,
    bankruptcy_price: float | None = None,
    fill_price: float | None = None,
    mark_price: float | None = None,
    native_id: str = "",
) -> Liquidation:
    """A liquidation of ``amount`` of the venue's units; one of fill or bankruptcy must be there."""
    price = fill_price or bankruptcy_price
    if price is None:
        raise BadPayload(f"{instrument.venue}: a liquidation of {instrument.symbol} has no price.")
    return Liquidation(
        instrument=instrument.slug,
        ts_ms=ts_ms,
        side=side,
        size_base=instrument.size_base(amount, price),
        usd=instrument.notional_usd(amount, price),
        price=price,
        completeness=completeness,
        native_id=native_id,
        bankruptcy_price=bankruptcy_price,
        fill_price=fill_price,
        mark_price=mark_price,
    )
