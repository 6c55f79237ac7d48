"""dYdX's indexer by REST: 100 requests in 10 seconds, each one unit."""

from datetime import UTC, datetime

from apps.exchanges.dydx import parse
from apps.exchanges.live.questions import Questions, Reading
from apps.exchanges.live.transport import Rest
from apps.exchanges.payload import Payload
from apps.exchanges.readings import (
    MINUTE_MS,
    Book,
    Instrument,
    Instruments,
    Liquidation,
    MarginTier,
    OpenInterest,
)
from apps.exchanges.records import BarRow

RESOLUTIONS = {MINUTE_MS: "1MIN", 5 * MINUTE_MS: "5MINS"}
MOST_ROWS = 1000


async def server_time_ms(rest: Rest) -> int:
    """``time``."""
    return Payload(parse.VENUE, await rest.call("indexerGetTime")).iso_instant("iso")


async def instruments(rest: Rest) -> list[Instrument]:
    """``perpetualMarkets``."""
    return parse.parse_instruments(await rest.call("indexerGetPerpetualMarkets"))


async def candles(
    rest: Rest,
    instrument: Instrument,
    first_ms: int,
    last_ms: int,
    *,
    now_ms: int,
    span_ms: int = MINUTE_MS,
) -> list[BarRow]:
    """``candles``; a minute in which nothing was traded has none."""
    payload = await _candles(rest, instrument, first_ms, last_ms, RESOLUTIONS[span_ms])
    return parse.parse_candles(payload, instrument, now_ms=now_ms, span_ms=span_ms)


async def readings(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``perpetualMarkets``: everything about every market."""
    payload = await rest.call("indexerGetPerpetualMarkets")
    return [
        *parse.parse_open_interest(payload, instruments, now_ms=now_ms),
        *parse.parse_marks(payload, instruments, now_ms=now_ms),
    ]


async def open_interest_history(
    rest: Rest, instrument: Instrument, first_ms: int, last_ms: int
) -> list[OpenInterest]:
    """The open interest at the start of every minute that has a candle."""
    payload = await _candles(rest, instrument, first_ms, last_ms + 1, RESOLUTIONS[MINUTE_MS])
    return parse.parse_open_interest_history(payload, instrument)


async def liquidations(
    rest: Rest, instruments: Instruments, first_ms: int, last_ms: int
) -> list[Liquidation]:
    """Those among the newest thousand ``trades`` of each market."""
    told: list[Liquidation] = []
    for symbol, instrument in instruments.items():
        asked = {"market": symbol, "limit": MOST_ROWS, "createdBeforeOrAt": _iso(last_ms)}
        payload = await rest.call("indexerGetTradesPerpetualMarketMarket", asked)
        told += parse.parse_liquidations(payload, instrument)
    return [row for row in told if first_ms <= row.ts_ms <= last_ms]


async def book(rest: Rest, instrument: Instrument) -> list[Book]:
    """``orderbooks``, which tells no time: stamped with the venue's."""
    now_ms = await server_time_ms(rest)
    asked = {"market": instrument.symbol}
    payload = await rest.call("indexerGetOrderbooksPerpetualMarketMarket", asked)
    return parse.parse_book(payload, instrument, now_ms=now_ms)


async def margin_tiers(
    rest: Rest, instrument: Instrument, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """The margin fractions in ``perpetualMarkets``."""
    payload = await rest.call("indexerGetPerpetualMarkets")
    return parse.parse_margin_tiers(payload, {instrument.symbol: instrument}, as_of_ms=as_of_ms)


async def _candles(
    rest: Rest, instrument: Instrument, first_ms: int, last_ms: int, resolution: str
) -> object:
    asked = {
        "market": instrument.symbol,
        "resolution": resolution,
        "fromISO": _iso(first_ms),
        "toISO": _iso(last_ms),
        "limit": MOST_ROWS,
    }
    return await rest.call("indexerGetCandlesPerpetualMarketsMarket", asked)


def _iso(ms: int) -> str:
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


QUESTIONS = Questions(
    venue=parse.VENUE,
    time_url="https://indexer.dydx.trade/v4/time",
    usual_symbol="{}-USD",
    usual_quote="USD",
    server_time_ms=server_time_ms,
    instruments=instruments,
    candles=candles,
    candles_per_call=MOST_ROWS,
    readings=readings,
    dates_readings=False,
    open_interest_history=open_interest_history,
    open_interest_per_call=MOST_ROWS,
    open_interest_period_ms=MINUTE_MS,
    liquidations=liquidations,
    book=book,
    margin_tiers=margin_tiers,
)
