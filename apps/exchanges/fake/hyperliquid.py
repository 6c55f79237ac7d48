"""Hyperliquid, mirrored: what ``apps.exchanges.hyperliquid.parse`` reads, written.

One address answers everything: the ``type`` of the body is the question. Base coin, one side, text;
contexts have no names, the i-th belongs to the i-th of the universe. There is no public feed of
liquidations: a trade tells its two addresses, and ``userFills`` of an address which of its fills
were forced. Here every liquidated trader has an address of his own.
"""

from apps.exchanges.fake.asking import Ask, BadParameter, decimal, open_ms
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.source import Print
from apps.exchanges.readings import MINUTE_MS, Book, Instrument, MarginTier, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow

TAKER_SIDE = {"buy": "B", "sell": "A"}
CLOSING_SIDE = {"long": "A", "short": "B"}
CLOSING_WORD = {"long": "Close Long", "short": "Close Short"}
KEPT_CANDLES = 5000
LEVELS = 20
FIRST_TABLE = 50
WEIGHT = ("weight",)
LIGHT = ("l2Book", "allMids", "clearinghouseState")
MAKER = "0x" + "ee" * 20  # of every fill in the replies about liquidations


def info(ask: Ask) -> object:
    """Any question."""
    answer = ANSWERS.get(ask.text("type"))
    if answer is None:
        raise BadParameter("type")
    return answer(ask)


def meta(ask: Ask) -> dict:
    """``meta``: the universe and its margin tables."""
    listed = ask.instruments()
    tables = [_table(n, ask.source.margin_tiers(i, ask.now_ms)) for n, i in enumerate(listed)]
    return {
        "universe": [_asset(i, n) for n, i in enumerate(listed)],
        "marginTables": tables,
        "collateralToken": 0,
    }


def _asset(i: Instrument, number: int) -> dict:
    return {
        "szDecimals": len(decimal(i.size_step).partition(".")[2]),
        "name": i.symbol,
        "maxLeverage": int(i.max_leverage),
        "marginTableId": FIRST_TABLE + number,
    }


def _table(number: int, tiers: list[MarginTier]) -> list:
    rows = [
        {"lowerBound": decimal(tier.notional_floor_usd), "maxLeverage": int(tier.max_leverage)}
        for tier in tiers
    ]
    return [FIRST_TABLE + number, {"description": "tiered", "marginTiers": rows}]


def meta_and_contexts(ask: Ask) -> list:
    """``metaAndAssetCtxs``."""
    source, now_ms = ask.source, ask.now_ms
    contexts = [
        context(
            source.open_interest(i, now_ms), source.mark(i, now_ms), source.last_price(i, now_ms)
        )
        for i in ask.instruments()
    ]
    return [meta(ask), contexts]


def context(reading: OpenInterest, mark: Mark, last: float) -> dict:
    """Open interest, prices and funding of whatever stands at the same place."""
    return {
        "funding": decimal(mark.funding_rate),
        "openInterest": decimal(reading.open_interest),
        "prevDayPx": decimal(last),
        "dayNtlVlm": "0.0",
        "dayBaseVlm": "0.0",
        "premium": "0.0",
        "oraclePx": decimal(mark.index_price),
        "markPx": decimal(mark.mark_price),
        "midPx": decimal(last),
        "impactPxs": [decimal(last), decimal(last)],
    }


def all_mids(ask: Ask) -> dict:
    """``allMids``."""
    return {i.symbol: decimal(ask.source.last_price(i, ask.now_ms)) for i in ask.instruments()}


def candle_snapshot(ask: Ask) -> list:
    """``candleSnapshot``, oldest first, of the last 5000 minutes."""
    i = ask.instrument("coin")
    ask.minute_only("interval", "1m")
    first, last = ask.whole("startTime", 0), ask.whole_or_none("endTime")
    first = max(first, ask.now_ms - KEPT_CANDLES * MINUTE_MS)
    return [candle(i, bar) for bar in ask.bars(i, first, last, KEPT_CANDLES)]


def candle(i: Instrument, bar: BarRow) -> dict:
    """One candle."""
    return {
        "t": open_ms(bar),
        "T": bar.end_ms - 1,
        "s": i.symbol,
        "i": "1m",
        "o": decimal(bar.open),
        "c": decimal(bar.close),
        "h": decimal(bar.high),
        "l": decimal(bar.low),
        "v": decimal(bar.volume),
        "n": 16,
    }


def l2_book(ask: Ask) -> dict:
    """``l2Book``."""
    i = ask.instrument("coin")
    return book(i, ask.source.book(i, ask.now_ms))


def book(i: Instrument, book: Book) -> dict:
    """Bids, then asks, twenty levels each."""
    levels = [
        [{"px": decimal(price), "sz": decimal(size), "n": 1} for price, size in side[:LEVELS]]
        for side in (book.bids, book.asks)
    ]
    return {"coin": i.symbol, "levels": levels, "time": book.ts_ms}


def recent_trades(ask: Ask) -> list:
    """``recentTrades``, newest first, ten of them."""
    i = ask.instrument("coin")
    prints = ask.source.prints(i, ask.now_ms - 5 * MINUTE_MS, ask.now_ms)
    return [trade(i, row) for row in reversed(prints[-10:])]


def trade(i: Instrument, row: Print) -> dict:
    """``users`` are buyer and seller; the taker of a forced trade is who died."""
    taker = address(row.trade.native_id) if row.is_liquidation else "0x" + "aa" * 20
    users = [taker, MAKER] if row.trade.taker_side == "buy" else [MAKER, taker]
    return {
        "coin": i.symbol,
        "side": TAKER_SIDE[row.trade.taker_side],
        "px": decimal(row.trade.price),
        "sz": decimal(row.trade.size_base),
        "time": row.trade.ts_ms,
        "hash": "0x" + row.trade.native_id.zfill(64),
        "tid": int(row.trade.native_id),
        "users": users,
    }


def address(number: str) -> str:
    """The address of the trader of that number."""
    return "0x" + number.zfill(40)


def user_fills(ask: Ask) -> list:
    """``userFills`` of whoever made the market: all forced trades of the last day."""
    user = ask.text("user")
    if user.lower() != MAKER:
        return []
    by_slug = {i.slug: i for i in ask.instruments()}
    rows = ask.source.liquidations(ask.venue, None, ask.now_ms - 1440 * MINUTE_MS, ask.now_ms)
    return [maker_fill(by_slug[row.instrument], row) for row in reversed(rows[-2000:])]


def maker_fill(i: Instrument, row: LiquidationRow) -> dict:
    """The counterparty's side of a liquidation: it mirrors that of who died."""
    number = f"{row.ts_ms}{row.native_id.replace('-', '')}"
    return {
        "coin": i.symbol,
        "px": decimal(row.price),
        "sz": decimal(row.size_base),
        "side": "B" if CLOSING_SIDE[row.side] == "A" else "A",
        "time": row.ts_ms,
        "startPosition": "0.0",
        "dir": "Open Long" if row.side == "long" else "Open Short",
        "closedPnl": "0.0",
        "hash": "0x" + number.zfill(64),
        "oid": int(number),
        "crossed": False,
        "fee": "0.0",
        "tid": int(number),
        "liquidation": {
            "liquidatedUser": address(number),
            "markPx": decimal(row.price),
            "method": "market",
        },
        "feeToken": "USDC",
        "twapId": None,
    }


def refusal(error: Exception) -> tuple[int, object]:
    """An unknown coin is answered with null; a body that makes no sense with plain text."""
    if isinstance(error, BadParameter):
        return 422, "Failed to deserialize the JSON body into the target type"
    return 200, None


def _weight(ask: Ask) -> int:
    kind = ask.params.get("type", "")
    if kind in LIGHT:
        return 2
    if kind == "candleSnapshot" and ask.params.get("startTime", "").isdigit():
        last = ask.whole("endTime", ask.now_ms)
        minutes = min(max(0, last - ask.whole("startTime", last)) // MINUTE_MS, KEPT_CANDLES)
        return 20 + minutes // 60
    return 20


ANSWERS = {
    "meta": meta,
    "metaAndAssetCtxs": meta_and_contexts,
    "allMids": all_mids,
    "candleSnapshot": candle_snapshot,
    "l2Book": l2_book,
    "recentTrades": recent_trades,
    "userFills": user_fills,
    "spotMeta": lambda _: {"universe": [], "tokens": []},
    "spotMetaAndAssetCtxs": lambda _: [{"universe": [], "tokens": []}, []],
    "perpDexs": lambda _: [None],
}
ROUTES = (Route("/info", info, "everything", WEIGHT, _weight, method="POST"),)
