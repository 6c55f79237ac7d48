"""Binance USD-M by REST. Weights are those of the documented 2400 a minute."""

from apps.exchanges.binance import parse
from apps.exchanges.live.questions import Questions, Reading
from apps.exchanges.live.transport import Rest
from apps.exchanges.payload import Payload
from apps.exchanges.readings import HOUR_MS, MINUTE_MS, Book, Instrument, Instruments, OpenInterest
from apps.exchanges.records import BarRow, Ratio, RatioKind

INTERVALS = {MINUTE_MS: "1m", 5 * MINUTE_MS: "5m"}
WEIGHTS = ((99, 1.0), (499, 2.0), (1000, 5.0))  # of that many candles
RATIOS: dict[RatioKind, str] = {
    "accounts": "fapiDataGetGlobalLongShortAccountRatio",
    "top_accounts": "fapiDataGetTopLongShortAccountRatio",
    "top_positions": "fapiDataGetTopLongShortPositionRatio",
}
STATISTICS_WEIGHT = 12.0  # 1000 calls in 5 minutes of their own


async def server_time_ms(rest: Rest) -> int:
    """``time``."""
    return Payload(parse.VENUE, await rest.call("fapiPublicGetTime")).milliseconds("serverTime")


async def instruments(rest: Rest) -> list[Instrument]:
    """``exchangeInfo``, corrected by ``fundingInfo``."""
    listed = parse.parse_instruments(await rest.call("fapiPublicGetExchangeInfo"))
    by_symbol = {i.symbol: i for i in listed}
    told = await rest.call("fapiPublicGetFundingInfo")
    corrected = parse.parse_funding_intervals(told, by_symbol)
    return list((by_symbol | {i.symbol: i for i in corrected}).values())


async def candles(
    rest: Rest,
    instrument: Instrument,
    first_ms: int,
    last_ms: int,
    *,
    now_ms: int,
    span_ms: int = MINUTE_MS,
) -> list[BarRow]:
    """``klines``, with the takers' share of the volume."""
    limit = min(-(-(last_ms - first_ms) // span_ms), 1000)
    asked = {
        "symbol": instrument.symbol,
        "interval": INTERVALS[span_ms],
        "startTime": first_ms,
        "endTime": last_ms - 1,
        "limit": limit,
    }
    cost = next(weight for most, weight in WEIGHTS if limit <= most)
    payload = await rest.call("fapiPublicGetKlines", asked, cost=cost)
    return parse.parse_candles(payload, instrument, now_ms=now_ms, span_ms=span_ms)


async def readings(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``premiumIndex`` of all symbols, and ``openInterest`` of one after the other."""
    told: list[Reading] = []
    told += parse.parse_marks(await rest.call("fapiPublicGetPremiumIndex", cost=10), instruments)
    for symbol in instruments:
        payload = await rest.call("fapiPublicGetOpenInterest", {"symbol": symbol})
        told += parse.parse_open_interest(payload, instruments)
    return told


async def open_interest_history(
    rest: Rest, instrument: Instrument, first_ms: int, last_ms: int
) -> list[OpenInterest]:
    """``openInterestHist`` every five minutes, of the last 30 days."""
    asked = {
        "symbol": instrument.symbol,
        "period": "5m",
        "startTime": first_ms,
        "endTime": last_ms,
        "limit": 500,
    }
    payload = await rest.call("fapiDataGetOpenInterestHist", asked, cost=STATISTICS_WEIGHT)
    return parse.parse_open_interest_history(payload, {instrument.symbol: instrument})


async def book(rest: Rest, instrument: Instrument) -> list[Book]:
    """``depth``: 1000 levels."""
    asked = {"symbol": instrument.symbol, "limit": 1000}
    return parse.parse_book(await rest.call("fapiPublicGetDepth", asked, cost=20), instrument)


async def ratios(rest: Rest, instrument: Instrument) -> list[Ratio]:
    """The three long/short statistics, every five minutes."""
    asked = {"symbol": instrument.symbol, "period": "5m", "limit": 2}
    known = {instrument.symbol: instrument}
    told: list[Ratio] = []
    for kind, name in RATIOS.items():
        payload = await rest.call(name, asked, cost=STATISTICS_WEIGHT)
        told += parse.parse_ratios(payload, known, kind)
    return told


QUESTIONS = Questions(
    venue=parse.VENUE,
    time_url="https://fapi.binance.com/fapi/v1/time",
    usual_symbol="{}USDT",
    usual_quote="USDT",
    server_time_ms=server_time_ms,
    instruments=instruments,
    candles=candles,
    candles_per_call=1000,
    readings=readings,
    one_call_for_all=False,
    open_interest_history=open_interest_history,
    open_interest_per_call=500,
    open_interest_back_ms=30 * 24 * HOUR_MS - HOUR_MS,
    book=book,
    ratios=ratios,
)
