"""Bybit's linear perpetuals by REST: 600 requests in 5 seconds, each one unit."""

from apps.exchanges.bybit import parse
from apps.exchanges.live.questions import Questions, Reading
from apps.exchanges.live.transport import Rest
from apps.exchanges.payload import Payload
from apps.exchanges.readings import (
    MINUTE_MS,
    Book,
    Instrument,
    Instruments,
    MarginTier,
    OpenInterest,
)
from apps.exchanges.records import BarRow, Ratio

LINEAR = {"category": "linear"}
INTERVALS = {MINUTE_MS: "1", 5 * MINUTE_MS: "5"}
MOST_PAGES = 10


async def server_time_ms(rest: Rest) -> int:
    """``time``, which every reply carries."""
    return Payload(parse.VENUE, await rest.call("publicGetV5MarketTime")).milliseconds("time")


async def instruments(rest: Rest) -> list[Instrument]:
    """``instruments-info``, page by page."""
    found: list[Instrument] = []
    asked = LINEAR | {"limit": 1000}
    for _ in range(MOST_PAGES):
        payload = await rest.call("publicGetV5MarketInstrumentsInfo", asked)
        found += parse.parse_instruments(payload)
        result = Payload(parse.VENUE, payload)["result"]
        if not result.has("nextPageCursor"):
            break
        asked = asked | {"cursor": result.text("nextPageCursor")}
    return found


async def candles(
    rest: Rest,
    instrument: Instrument,
    first_ms: int,
    last_ms: int,
    *,
    now_ms: int,
    span_ms: int = MINUTE_MS,
) -> list[BarRow]:
    """``kline``."""
    asked = LINEAR | {
        "symbol": instrument.symbol,
        "interval": INTERVALS[span_ms],
        "start": first_ms,
        "end": last_ms - 1,
        "limit": 1000,
    }
    payload = await rest.call("publicGetV5MarketKline", asked)
    return parse.parse_candles(payload, instrument, now_ms=now_ms, span_ms=span_ms)


async def readings(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``tickers``: everything about every symbol."""
    payload = await rest.call("publicGetV5MarketTickers", LINEAR)
    return [
        *parse.parse_open_interest(payload, instruments),
        *parse.parse_marks(payload, instruments),
    ]


async def open_interest_history(
    rest: Rest, instrument: Instrument, first_ms: int, last_ms: int
) -> list[OpenInterest]:
    """``open-interest`` every five minutes, back to the listing."""
    asked = LINEAR | {
        "symbol": instrument.symbol,
        "intervalTime": "5min",
        "startTime": first_ms,
        "endTime": last_ms,
        "limit": 200,
    }
    payload = await rest.call("publicGetV5MarketOpenInterest", asked)
    return parse.parse_open_interest_history(payload, instrument)


async def book(rest: Rest, instrument: Instrument) -> list[Book]:
    """``orderbook``: 500 levels."""
    asked = LINEAR | {"symbol": instrument.symbol, "limit": 500}
    return parse.parse_book(await rest.call("publicGetV5MarketOrderbook", asked), instrument)


async def margin_tiers(
    rest: Rest, instrument: Instrument, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """``risk-limit`` of one symbol."""
    asked = LINEAR | {"symbol": instrument.symbol}
    payload = await rest.call("publicGetV5MarketRiskLimit", asked)
    return parse.parse_margin_tiers(payload, {instrument.symbol: instrument}, as_of_ms=as_of_ms)


async def ratios(rest: Rest, instrument: Instrument) -> list[Ratio]:
    """``account-ratio`` every five minutes."""
    asked = LINEAR | {"symbol": instrument.symbol, "period": "5min", "limit": 2}
    payload = await rest.call("publicGetV5MarketAccountRatio", asked)
    return parse.parse_ratios(payload, {instrument.symbol: instrument})


QUESTIONS = Questions(
    venue=parse.VENUE,
    time_url="https://api.bybit.com/v5/market/time",
    usual_symbol="{}USDT",
    usual_quote="USDT",
    server_time_ms=server_time_ms,
    instruments=instruments,
    candles=candles,
    candles_per_call=1000,
    readings=readings,
    open_interest_history=open_interest_history,
    open_interest_per_call=200,
    book=book,
    margin_tiers=margin_tiers,
    ratios=ratios,
)
