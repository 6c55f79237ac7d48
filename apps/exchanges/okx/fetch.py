"""OKX swaps by REST. Every call has a limit of its own; a unit is a fortieth of two seconds."""

from apps.exchanges.live.questions import Questions, Reading
from apps.exchanges.live.transport import Rest
from apps.exchanges.okx import parse
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

SWAPS = {"instType": "SWAP"}
BARS = {MINUTE_MS: "1m", 5 * MINUTE_MS: "5m"}
STATISTICS_COST = 8.0  # 5 in two seconds
RATIOS: dict[RatioKind, str] = {
    "accounts": "publicGetRubikStatContractsLongShortAccountRatioContract",
    "top_accounts": "publicGetRubikStatContractsLongShortAccountRatioContractTopTrader",
    "top_positions": "publicGetRubikStatContractsLongShortPositionRatioContractTopTrader",
}
PERIOD_MS = 5 * MINUTE_MS
RECENT_CANDLES = 1400  # older ones are another call's
LIQUIDATIONS_URL = "https://www.okx.com/api/v5/public/liquidation-orders"
MOST_PAGES = 20
LIQUIDATIONS_PER_PAGE = 100


async def server_time_ms(rest: Rest) -> int:
    """``time``."""
    reply = Payload(parse.VENUE, await rest.call("publicGetPublicTime", cost=4))
    return reply["data"][0].milliseconds("ts")


async def instruments(rest: Rest) -> list[Instrument]:
    """``instruments``."""
    return parse.parse_instruments(await rest.call("publicGetPublicInstruments", SWAPS, cost=2))


async def candles(
    rest: Rest,
    instrument: Instrument,
    first_ms: int,
    last_ms: int,
    *,
    now_ms: int,
    span_ms: int = MINUTE_MS,
) -> list[BarRow]:
    """``candles``, or ``history-candles`` where the first knows no more; both ends are open."""
    asked = {
        "instId": instrument.symbol,
        "bar": BARS[span_ms],
        "before": first_ms - 1,
        "after": last_ms,
        "limit": 100,
    }
    is_recent = now_ms - first_ms < RECENT_CANDLES * span_ms
    name = "publicGetMarketCandles" if is_recent else "publicGetMarketHistoryCandles"
    payload = await rest.call(name, asked, cost=1 if is_recent else 2)
    return parse.parse_candles(payload, instrument, span_ms=span_ms)


async def readings(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``open-interest`` and ``mark-price`` of all swaps."""
    interest = await rest.call("publicGetPublicOpenInterest", SWAPS, cost=2)
    marks = await rest.call("publicGetPublicMarkPrice", SWAPS, cost=4)
    return [
        *parse.parse_open_interest(interest, instruments),
        *parse.parse_marks(marks, instruments),
    ]


async def funding(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``funding-rate``, one swap after the other."""
    told: list[Reading] = []
    for symbol in instruments:
        payload = await rest.call("publicGetPublicFundingRate", {"instId": symbol}, cost=4)
        told += parse.parse_funding(payload, instruments)
    return told


async def open_interest_history(
    rest: Rest, instrument: Instrument, first_ms: int, last_ms: int
) -> list[OpenInterest]:
    """The per-instrument history; a row is stamped five minutes before it is known."""
    asked = {
        "instId": instrument.symbol,
        "period": "5m",
        "begin": first_ms - PERIOD_MS,
        "end": last_ms - PERIOD_MS,
        "limit": 100,
    }
    payload = await rest.call(
        "publicGetRubikStatContractsOpenInterestHistory", asked, cost=8
    )  # fmt: skip
    return parse.parse_open_interest_history(payload, instrument, period_ms=PERIOD_MS)


async def liquidations(
    rest: Rest, instruments: Instruments, first_ms: int, last_ms: int
) -> list[Liquidation]:
    """``liquidation-orders`` of one family after the other, backwards page by page."""
    told: list[Liquidation] = []
    for symbol, instrument in instruments.items():
        asked = SWAPS | {
            "instFamily": symbol.removesuffix("-SWAP"),
            "state": "filled",
            "limit": LIQUIDATIONS_PER_PAGE,
        }
        after_ms = last_ms + 1
        for _ in range(MOST_PAGES):
            payload = await rest.get(LIQUIDATIONS_URL, asked | {"after": after_ms}, cost=2)
            page = parse.parse_liquidations(payload, {symbol: instrument})
            told += page
            if len(page) < LIQUIDATIONS_PER_PAGE or page[0].ts_ms < first_ms:
                break
            after_ms = page[0].ts_ms
    return [row for row in told if first_ms <= row.ts_ms <= last_ms]


async def book(rest: Rest, instrument: Instrument) -> list[Book]:
    """``books``: 400 levels."""
    asked = {"instId": instrument.symbol, "sz": 400}
    return parse.parse_book(await rest.call("publicGetMarketBooks", asked), instrument)


async def margin_tiers(
    rest: Rest, instrument: Instrument, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """``position-tiers`` of one family."""
    asked = SWAPS | {"tdMode": "isolated", "instFamily": instrument.symbol.removesuffix("-SWAP")}
    payload = await rest.call("publicGetPublicPositionTiers", asked, cost=4)
    return parse.parse_margin_tiers(payload, instrument, mark_price=mark_price, as_of_ms=as_of_ms)


async def ratios(rest: Rest, instrument: Instrument) -> list[Ratio]:
    """The three long/short statistics, every five minutes."""
    asked = {"instId": instrument.symbol, "period": "5m", "limit": 2}
    told: list[Ratio] = []
    for kind, name in RATIOS.items():
        payload = await rest.call(name, asked, cost=STATISTICS_COST)
        told += parse.parse_ratios(payload, instrument, kind)
    return told


QUESTIONS = Questions(
    venue=parse.VENUE,
    time_url="https://www.okx.com/api/v5/public/time",
    usual_symbol="{}-USDT-SWAP",
    usual_quote="USDT",
    probe_cost=4,
    server_time_ms=server_time_ms,
    instruments=instruments,
    candles=candles,
    candles_per_call=100,
    says_closed=True,
    readings=readings,
    funding=funding,
    open_interest_history=open_interest_history,
    open_interest_per_call=100,
    open_interest_back_ms=72 * HOUR_MS,
    liquidations=liquidations,
    liquidations_window_ms=24 * HOUR_MS,
    book=book,
    margin_tiers=margin_tiers,
    ratios=ratios,
)
