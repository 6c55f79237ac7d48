"""Bitget's USDT perpetuals by REST: 20 requests a second, each one unit."""

from apps.exchanges.bitget import parse
from apps.exchanges.live.questions import Questions, Reading
from apps.exchanges.live.transport import Rest
from apps.exchanges.payload import Payload
from apps.exchanges.readings import (
    HOUR_MS,
    MINUTE_MS,
    Book,
    Instrument,
    Instruments,
    Liquidation,
    MarginTier,
)
from apps.exchanges.records import BarRow

PRODUCT = {"productType": "usdt-futures"}
GRANULARITIES = {MINUTE_MS: "1m", 5 * MINUTE_MS: "5m"}
CANDLES_PER_CALL = 200  # what both candle calls give
RECENT_MS = 24 * HOUR_MS
LIQUIDATION_COST = 4.0  # 5 a second
MOST_PAGES = 30


async def server_time_ms(rest: Rest) -> int:
    """``time``."""
    reply = Payload(parse.VENUE, await rest.call("publicCommonGetV2PublicTime"))
    return reply["data"].milliseconds("serverTime")


async def instruments(rest: Rest) -> list[Instrument]:
    """``contracts``."""
    return parse.parse_instruments(await rest.call("publicMixGetV2MixMarketContracts", PRODUCT))


async def candles(
    rest: Rest,
    instrument: Instrument,
    first_ms: int,
    last_ms: int,
    *,
    now_ms: int,
    span_ms: int = MINUTE_MS,
) -> list[BarRow]:
    """``candles``, or ``history-candles`` for what is more than a day old."""
    asked = PRODUCT | {
        "symbol": instrument.symbol,
        "granularity": GRANULARITIES[span_ms],
        "startTime": first_ms,
        "endTime": last_ms - 1,  # a candle more would push out the first
        "limit": CANDLES_PER_CALL,
    }
    is_recent = now_ms - first_ms < RECENT_MS
    name = (
        "publicMixGetV2MixMarketCandles" if is_recent else "publicMixGetV2MixMarketHistoryCandles"
    )
    payload = await rest.call(name, asked)
    rows = parse.parse_candles(payload, instrument, now_ms=now_ms, span_ms=span_ms)
    return [row for row in rows if first_ms <= row.end_ms - span_ms < last_ms]


async def readings(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``tickers``: everything about every symbol."""
    payload = await rest.call("publicMixGetV2MixMarketTickers", PRODUCT)
    return [
        *parse.parse_open_interest(payload, instruments),
        *parse.parse_marks(payload, instruments),
    ]


async def liquidations(
    rest: Rest, instruments: Instruments, first_ms: int, last_ms: int
) -> list[Liquidation]:
    """``liquidations`` of the whole market, backwards page by page; three days are kept."""
    told: list[Liquidation] = []
    asked: dict[str, object] = {"category": "USDT-FUTURES", "limit": 100}
    for _ in range(MOST_PAGES):
        payload = await rest.call(
            "publicUtaGetV3MarketLiquidations", asked, cost=LIQUIDATION_COST
        )  # fmt: skip
        told += parse.parse_liquidations(payload, instruments)
        data = Payload(parse.VENUE, payload)["data"]
        stamps = [row.milliseconds("ts") for row in data["list"].rows()]
        if not stamps or min(stamps) < first_ms or not data.has("cursor"):
            break
        asked = asked | {"cursor": data.identity("cursor")}
    return [row for row in told if first_ms <= row.ts_ms <= last_ms]


async def book(rest: Rest, instrument: Instrument) -> list[Book]:
    """``merge-depth``: as deep as it goes."""
    asked = PRODUCT | {"symbol": instrument.symbol, "limit": "max"}
    return parse.parse_book(await rest.call("publicMixGetV2MixMarketMergeDepth", asked), instrument)


async def margin_tiers(
    rest: Rest, instrument: Instrument, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """``query-position-lever`` of one symbol."""
    asked = PRODUCT | {"symbol": instrument.symbol}
    payload = await rest.call("publicMixGetV2MixMarketQueryPositionLever", asked)
    return parse.parse_margin_tiers(payload, instrument, as_of_ms=as_of_ms)


QUESTIONS = Questions(
    venue=parse.VENUE,
    time_url="https://api.bitget.com/api/v2/public/time",
    usual_symbol="{}USDT",
    usual_quote="USDT",
    server_time_ms=server_time_ms,
    instruments=instruments,
    candles=candles,
    candles_per_call=CANDLES_PER_CALL,
    readings=readings,
    liquidations=liquidations,
    liquidations_window_ms=24 * HOUR_MS,
    book=book,
    margin_tiers=margin_tiers,
)
