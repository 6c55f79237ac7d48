"""HTX's linear perpetuals by REST: 240 requests in 3 seconds, each one unit."""

from apps.exchanges.htx import parse
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
from apps.exchanges.records import BarRow, Ratio, RatioKind

PERIODS = {MINUTE_MS: "1min", 5 * MINUTE_MS: "5min"}
OPEN_INTEREST_URL = "https://api.hbdm.com/linear-swap-api/v1/swap_open_interest"
IN_CONTRACTS = 1
LIQUIDATIONS_WINDOW_MS = 2 * HOUR_MS
RATIOS: dict[RatioKind, str] = {
    "top_accounts": "contractPublicGetLinearSwapApiV1SwapEliteAccountRatio",
    "top_positions": "contractPublicGetLinearSwapApiV1SwapElitePositionRatio",
}
MOST_PAGES = 20
LIQUIDATIONS_PER_PAGE = 100


async def server_time_ms(rest: Rest) -> int:
    """``timestamp``."""
    reply = await rest.call("contractPublicGetApiV1Timestamp")
    return Payload(parse.VENUE, reply).milliseconds("ts")


async def instruments(rest: Rest) -> list[Instrument]:
    """``swap_contract_info``."""
    payload = await rest.call("contractPublicGetLinearSwapApiV1SwapContractInfo")
    return parse.parse_instruments(payload)


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
    asked = {
        "contract_code": instrument.symbol,
        "period": PERIODS[span_ms],
        "from": first_ms // 1000,
        "to": last_ms // 1000 - 1,
    }
    payload = await rest.call("contractPublicGetLinearSwapExMarketHistoryKline", asked)
    return parse.parse_candles(payload, instrument, now_ms=now_ms, span_ms=span_ms)


async def readings(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``swap_open_interest`` of all contracts, and the newest mark candle of each."""
    told: list[Reading] = []
    told += parse.parse_open_interest(await rest.get(OPEN_INTEREST_URL), instruments)
    for symbol in instruments:
        payload = await rest.call(
            "contractPublicGetIndexMarketHistoryLinearSwapMarkPriceKline",
            {"contract_code": symbol, "period": "1min", "size": 1},
        )
        told += parse.parse_marks(payload, instruments)
    return told


async def funding(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``funding_rate``, one contract after the other."""
    told: list[Reading] = []
    for symbol in instruments:
        asked = {"contract_code": symbol}
        payload = await rest.call("contractPublicGetV5MarketFundingRate", asked)
        told += parse.parse_funding(payload, instruments)
    return told


async def open_interest_history(
    rest: Rest, instrument: Instrument, first_ms: int, last_ms: int
) -> list[OpenInterest]:
    """``swap_his_open_interest`` of the last 200 hours, whatever was asked."""
    asked = {
        "contract_code": instrument.symbol,
        "contract_type": "swap",
        "period": "60min",
        "amount_type": IN_CONTRACTS,
        "size": 200,
    }
    payload = await rest.call("contractPublicGetLinearSwapApiV1SwapHisOpenInterest", asked)
    rows = parse.parse_open_interest_history(payload, instrument)
    return [row for row in rows if first_ms <= row.ts_ms <= last_ms]


async def liquidations(
    rest: Rest, instruments: Instruments, first_ms: int, last_ms: int
) -> list[Liquidation]:
    """``liquidation_orders`` of one contract after the other, at most two hours of each."""
    told: list[Liquidation] = []
    for symbol in instruments:
        asked = {
            "contract_code": symbol,
            "start_time": max(first_ms, last_ms - LIQUIDATIONS_WINDOW_MS + 1000),
            "end_time": last_ms,
            "limit": LIQUIDATIONS_PER_PAGE,
        }
        for _ in range(MOST_PAGES):
            payload = await rest.call("contractPublicGetV5MarketLiquidationOrders", asked)
            page = parse.parse_liquidations(payload, instruments)
            told += page
            if len(page) < LIQUIDATIONS_PER_PAGE:
                break
            asked["end_time"] = min(page[0].ts_ms, asked["end_time"] - 1)
    return told


async def book(rest: Rest, instrument: Instrument) -> list[Book]:
    """``depth``: 150 levels."""
    asked = {"contract_code": instrument.symbol, "type": "step0"}
    payload = await rest.call("contractPublicGetLinearSwapExMarketDepth", asked)
    return parse.parse_book(payload, instrument)


async def margin_tiers(
    rest: Rest, instrument: Instrument, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """``swap_adjustfactor`` of one contract."""
    asked = {"contract_code": instrument.symbol}
    payload = await rest.call("contractPublicGetLinearSwapApiV1SwapAdjustfactor", asked)
    known = {instrument.symbol: instrument}
    return parse.parse_margin_tiers(payload, known, mark_price=mark_price, as_of_ms=as_of_ms)


async def ratios(rest: Rest, instrument: Instrument) -> list[Ratio]:
    """The two elite statistics, every five minutes."""
    asked = {"contract_code": instrument.symbol, "period": "5min"}
    told: list[Ratio] = []
    for kind, name in RATIOS.items():
        told += parse.parse_ratios(await rest.call(name, asked), instrument, kind)
    return told


QUESTIONS = Questions(
    venue=parse.VENUE,
    time_url="https://api.hbdm.com/api/v1/timestamp",
    usual_symbol="{}-USDT",
    usual_quote="USDT",
    server_time_ms=server_time_ms,
    instruments=instruments,
    candles=candles,
    candles_per_call=1000,
    readings=readings,
    one_call_for_all=False,
    funding=funding,
    open_interest_history=open_interest_history,
    open_interest_per_call=200,
    open_interest_period_ms=HOUR_MS,
    open_interest_back_ms=200 * HOUR_MS,
    liquidations=liquidations,
    liquidations_every_s=12.0,
    liquidations_window_ms=LIQUIDATIONS_WINDOW_MS,
    book=book,
    margin_tiers=margin_tiers,
    ratios=ratios,
)
