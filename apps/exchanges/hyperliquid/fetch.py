"""Hyperliquid by REST, which is one address and a question in the body: 1200 weight a minute."""

from apps.exchanges.hyperliquid import parse
from apps.exchanges.live.questions import Questions, Reading
from apps.exchanges.live.transport import Rest
from apps.exchanges.readings import MINUTE_MS, Book, Instrument, Instruments, MarginTier
from apps.exchanges.records import BarRow

INTERVALS = {MINUTE_MS: "1m", 5 * MINUTE_MS: "5m"}
USUAL_WEIGHT, BOOK_WEIGHT = 20.0, 2.0
CANDLES_PER_WEIGHT = 60
CANDLES_PER_CALL = 1200
SLOW_S = 30.0  # candles cost; between two askings the socket tells the newest


async def instruments(rest: Rest) -> list[Instrument]:
    """The universe of ``metaAndAssetCtxs``."""
    return parse.parse_instruments(await _universe(rest))


async def candles(
    rest: Rest,
    instrument: Instrument,
    first_ms: int,
    last_ms: int,
    *,
    now_ms: int,
    span_ms: int = MINUTE_MS,
) -> list[BarRow]:
    """``candleSnapshot``, of the last 5000 candles only."""
    request = {
        "coin": instrument.symbol,
        "interval": INTERVALS[span_ms],
        "startTime": first_ms,
        "endTime": last_ms - 1,
    }
    rows = -(-(last_ms - first_ms) // span_ms)
    payload = await rest.call(
        "publicPostInfo",
        {"type": "candleSnapshot", "req": request},
        cost=USUAL_WEIGHT - (-rows // CANDLES_PER_WEIGHT),
    )
    return parse.parse_candles(payload, instrument, now_ms=now_ms, span_ms=span_ms)


async def readings(rest: Rest, instruments: Instruments, *, now_ms: int) -> list[Reading]:
    """``metaAndAssetCtxs``: everything about every market."""
    payload = await _universe(rest)
    return [
        *parse.parse_open_interest(payload, instruments, now_ms=now_ms),
        *parse.parse_marks(payload, instruments, now_ms=now_ms),
    ]


async def book(rest: Rest, instrument: Instrument) -> list[Book]:
    """``l2Book``: 20 levels."""
    asked = {"type": "l2Book", "coin": instrument.symbol}
    return parse.parse_book(await rest.call("publicPostInfo", asked, cost=BOOK_WEIGHT), instrument)


async def margin_tiers(
    rest: Rest, instrument: Instrument, *, mark_price: float, as_of_ms: int
) -> list[MarginTier]:
    """The margin tables of the universe."""
    known = {instrument.symbol: instrument}
    return parse.parse_margin_tiers(await _universe(rest), known, as_of_ms=as_of_ms)


async def _universe(rest: Rest) -> object:
    return await rest.call("publicPostInfo", {"type": "metaAndAssetCtxs"}, cost=USUAL_WEIGHT)


QUESTIONS = Questions(
    venue=parse.VENUE,
    time_url="https://api.hyperliquid.xyz/info",
    usual_symbol="{}",
    usual_quote="USD",
    probe_body='{"type":"meta"}',
    probe_cost=USUAL_WEIGHT,
    server_time_ms=None,
    instruments=instruments,
    candles=candles,
    candles_per_call=CANDLES_PER_CALL,
    candles_every_s=SLOW_S,
    readings=readings,
    dates_readings=False,
    book=book,
    margin_tiers=margin_tiers,
)
