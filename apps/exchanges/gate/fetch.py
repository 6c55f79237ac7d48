"""Gate's USDT perpetuals by REST, asked in seconds: 200 requests in 10 seconds, each one unit."""

from apps.exchanges.gate import parse
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
    OpenInterest,
)
from apps.exchanges.records import BarRow, Ratio

USDT = {"settle": "usdt"}
INTERVALS = {MINUTE_MS: "1m", 5 * MINUTE_MS: "5m"}
LIQUIDATIONS_WINDOW_MS = HOUR_MS
MOST_LIQUIDATIONS = 1000
TWO_SIDED = 1.5  # times the one-sided figure, and more


async def server_time_ms(rest: Rest) -> int:
    """``time``, in milliseconds for once."""
    return Payload(parse.VENUE, await rest.call("publicSpotGetTime")).milliseconds("server_time")


async def instruments(rest: Rest) -> list[Instrument]:
    """``contracts``."""
    return parse.parse_instruments(await rest.call("publicFuturesGetSettleContracts", USDT))


async def candles(
    rest: Rest,
    instrument: Instrument,
    first_ms: int,
    last_ms: int,
    *,
    now_ms: int,
    span_ms: int = MINUTE_MS,
) -> list[BarRow]:
    """``candlesticks``."""
    asked = USDT | {
        "contract": instrument.symbol,
        "interval": INTERVALS[span_ms],
        "from": first_ms // 1000,
        "to": last_ms // 1000 - 1,
    }
    payload = await rest.call("publicFuturesGetSettleCandlesticks", asked)
    return parse.parse_candles(payload, instrument, now_ms=now_ms, span_ms=span_ms)


async def readings(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``contracts``: everything about every contract."""
    payload = await rest.call("publicFuturesGetSettleContracts", USDT)
    return [
        *parse.parse_open_interest(payload, instruments, now_ms=now_ms),
        *parse.parse_marks(payload, instruments, now_ms=now_ms),
    ]


async def open_interest_history(
    rest: Rest, instrument: Instrument, first_ms: int, last_ms: int
) -> list[OpenInterest]:
    """``contract_stats`` every five minutes, whose sides are counted against ``contracts``."""
    asked = USDT | {
        "contract": instrument.symbol,
        "interval": "5m",
        "from": first_ms // 1000,
        "limit": 100,
    }
    payload = await rest.call("publicFuturesGetSettleContractStats", asked)
    sides = await _sides(rest, instrument)
    rows = parse.parse_open_interest_history(payload, instrument, sides=sides)
    return [row for row in rows if first_ms <= row.ts_ms <= last_ms]


async def _sides(rest: Rest, instrument: Instrument) -> int:
    """How many sides the statistics count: a contract itself counts one. Found out once."""
    if instrument.symbol not in rest.remembered:
        asked = USDT | {"contract": instrument.symbol, "interval": "5m", "limit": 1}
        newest = await rest.call("publicFuturesGetSettleContractStats", asked)
        contracts = await rest.call("publicFuturesGetSettleContracts", USDT)
        known = {instrument.symbol: instrument}
        told = parse.parse_open_interest_history(newest, instrument, sides=1)
        true = parse.parse_open_interest(contracts, known, now_ms=1)
        is_one = bool(told and true) and (
            told[-1].open_interest < TWO_SIDED * true[0].open_interest
        )
        rest.remembered[instrument.symbol] = 1 if is_one else 2
    return rest.remembered[instrument.symbol]


async def liquidations(
    rest: Rest, instruments: Instruments, first_ms: int, last_ms: int
) -> list[Liquidation]:
    """``liq_orders`` of the whole market, at most an hour of it."""
    asked = USDT | {
        "from": max(first_ms, last_ms - LIQUIDATIONS_WINDOW_MS + 1000) // 1000,
        "to": last_ms // 1000,
        "limit": MOST_LIQUIDATIONS,
    }
    payload = await rest.call("publicFuturesGetSettleLiqOrders", asked)
    return parse.parse_liquidations(payload, instruments)


async def book(rest: Rest, instrument: Instrument) -> list[Book]:
    """``order_book``: 300 levels."""
    asked = USDT | {"contract": instrument.symbol, "limit": 300}
    return parse.parse_book(await rest.call("publicFuturesGetSettleOrderBook", asked), instrument)


async def margin_tiers(
    rest: Rest, instrument: Instrument, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """``risk_limit_tiers`` of one contract."""
    asked = USDT | {"contract": instrument.symbol}
    payload = await rest.call("publicFuturesGetSettleRiskLimitTiers", asked)
    return parse.parse_margin_tiers(payload, {instrument.symbol: instrument}, as_of_ms=as_of_ms)


async def ratios(rest: Rest, instrument: Instrument) -> list[Ratio]:
    """The quotients in ``contract_stats``, every five minutes."""
    asked = USDT | {"contract": instrument.symbol, "interval": "5m", "limit": 2}
    payload = await rest.call("publicFuturesGetSettleContractStats", asked)
    return parse.parse_ratios(payload, instrument)


QUESTIONS = Questions(
    venue=parse.VENUE,
    time_url="https://api.gateio.ws/api/v4/spot/time",
    usual_symbol="{}_USDT",
    usual_quote="USDT",
    server_time_ms=server_time_ms,
    instruments=instruments,
    candles=candles,
    candles_per_call=1000,
    readings=readings,
    dates_readings=False,
    open_interest_history=open_interest_history,
    open_interest_per_call=100,
    liquidations=liquidations,
    liquidations_every_s=8.0,
    liquidations_window_ms=LIQUIDATIONS_WINDOW_MS,
    book=book,
    margin_tiers=margin_tiers,
    ratios=ratios,
)
