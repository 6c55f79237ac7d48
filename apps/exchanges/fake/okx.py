"""OKX swaps, mirrored: what ``apps.exchanges.okx.parse`` reads, written.

Sizes are CONTRACTS of ``ctVal`` coins, everything is text, lists come newest first, candles say
whether they are confirmed, and liquidations of one instrument share a row.
"""

from collections.abc import Iterable

from apps.exchanges.fake.asking import Ask, BadSymbol, decimal, open_ms, quote_volume
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.source import Print
from apps.exchanges.readings import HOUR_MS, Instrument, Level, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow

ORDER_SIDE = {"long": "sell", "short": "buy"}
KEPT_CANDLES = 1440  # minutes; older ones are in history-candles
OWN = ("path:",)


def reply(rows: list) -> dict:
    """The envelope of every answer."""
    return {"code": "0", "msg": "", "data": rows}


def contracts(i: Instrument, size_base: float) -> str:
    """So much base coin in contracts."""
    return decimal(size_base / i.contract_size)


def server_time(ask: Ask) -> dict:
    """``time``."""
    return reply([{"ts": str(ask.stamp_ms)}])


def instruments(ask: Ask) -> dict:
    """``instruments``; only swaps are listed."""
    rows = ask.one_or_all("instId") if ask.text("instType") == "SWAP" else []
    return reply([_swap(i) for i in rows])


def _swap(i: Instrument) -> dict:
    return {
        "instId": i.symbol,
        "instType": "SWAP",
        "instFamily": family(i),
        "uly": family(i),
        "alias": "",
        "baseCcy": "",
        "quoteCcy": "",
        "settleCcy": i.settle,
        "category": "1",
        "ctType": "linear",
        "ctVal": decimal(i.contract_size),
        "ctMult": "1",
        "ctValCcy": i.base,
        "tickSz": decimal(i.tick),
        "lotSz": decimal(i.size_step),
        "minSz": decimal(i.size_step),
        "lever": decimal(i.max_leverage),
        "listTime": str(i.listed_ms),
        "expTime": "",
        "optType": "",
        "stk": "",
        "state": "live" if i.active else "suspend",
        "ruleType": "normal",
    }


def family(i: Instrument) -> str:
    """``BTC-USDT`` of ``BTC-USDT-SWAP``."""
    return i.symbol.removesuffix("-SWAP")


def candles(ask: Ask) -> dict:
    """``candles``, newest first, of the last 1440 minutes."""
    return _candles(ask, 300, ask.now_ms - KEPT_CANDLES * 60_000)


def history_candles(ask: Ask) -> dict:
    """``history-candles``, newest first, only those that are over."""
    return _candles(ask, 100, None)


def _candles(ask: Ask, most: int, oldest_ms: int | None) -> dict:
    i = ask.instrument("instId")
    if ask.params.get("bar", "1m") != "1m":
        ask.minute_only("bar", "1m")
    after, before = ask.whole_or_none("after"), ask.whole_or_none("before")
    first = max(before + 1 if before else 0, oldest_ms or 0)
    bars = ask.bars(i, first, after - 1 if after else None, ask.whole("limit", 100, most))
    return reply([candle(i, bar) for bar in reversed(bars) if bar.closed or oldest_ms is not None])


def candle(i: Instrument, bar: BarRow) -> list:
    """Volume in contracts, then in coins, then in quote currency; then whether it is over."""
    return [
        str(open_ms(bar)),
        *map(decimal, (bar.open, bar.high, bar.low, bar.close)),
        contracts(i, bar.volume),
        decimal(bar.volume),
        decimal(quote_volume(bar)),
        "1" if bar.closed else "0",
    ]


def open_interest(ask: Ask) -> dict:
    """``open-interest`` of one swap, or of all."""
    rows = [(i, ask.source.open_interest(i, ask.now_ms)) for i in ask.one_or_all("instId")]
    return reply([interest(i, reading) for i, reading in rows])


def interest(i: Instrument, reading: OpenInterest) -> dict:
    """One side: in contracts, in coins and in USD."""
    return {
        "instId": i.symbol,
        "instType": "SWAP",
        "oi": contracts(i, reading.open_interest),
        "oiCcy": decimal(reading.open_interest),
        "oiUsd": decimal(reading.usd),
        "ts": str(reading.ts_ms),
    }


def mark_price(ask: Ask) -> dict:
    """``mark-price`` of one swap, or of all."""
    rows = [(i, ask.source.mark(i, ask.now_ms)) for i in ask.one_or_all("instId")]
    return reply([mark_row(i, mark) for i, mark in rows])


def mark_row(i: Instrument, mark: Mark) -> dict:
    """The mark price alone."""
    return {
        "instType": "SWAP",
        "instId": i.symbol,
        "markPx": decimal(mark.mark_price),
        "ts": str(mark.ts_ms),
    }


def index_tickers(ask: Ask) -> dict:
    """``index-tickers``: named by the pair."""
    rows = ask.instruments()
    if ask.params.get("instId"):
        rows = [ask.named(ask.params["instId"] + "-SWAP")]
    return reply([index_row(i, ask.source.mark(i, ask.now_ms)) for i in rows])


def index_row(i: Instrument, mark: Mark) -> dict:
    """The index price."""
    return {"instId": family(i), "idxPx": decimal(mark.index_price), "ts": str(mark.ts_ms)}


def funding_rate(ask: Ask) -> dict:
    """``funding-rate``."""
    i = ask.instrument("instId")
    return reply([funding_row(i, ask.source.mark(i, ask.now_ms))])


def funding_row(i: Instrument, mark: Mark) -> dict:
    """The rate is paid at ``fundingTime``; the settlement after it tells the interval."""
    return {
        "instId": i.symbol,
        "instType": "SWAP",
        "method": "current_period",
        "fundingRate": decimal(mark.funding_rate),
        "fundingTime": str(mark.next_funding_ms),
        "nextFundingRate": "",
        "nextFundingTime": str(mark.next_funding_ms + mark.funding_interval_ms),
        "ts": str(mark.ts_ms),
    }


def books(ask: Ask) -> dict:
    """``books``: levels of price, contracts, nothing, orders."""
    i = ask.instrument("instId")
    book, limit = ask.source.book(i, ask.now_ms), ask.whole("sz", 1, 400)
    return reply(
        [
            {
                "asks": _levels(i, book.asks[:limit]),
                "bids": _levels(i, book.bids[:limit]),
                "ts": str(book.ts_ms),
            }
        ]
    )


def _levels(i: Instrument, levels: Iterable[Level]) -> list:
    return [[decimal(price), contracts(i, size), "0", "1"] for price, size in levels]


def liquidation_orders(ask: Ask) -> dict:
    """``liquidation-orders`` of one family, newest first; ``after`` pages to older ones."""
    i = ask.named((ask.params.get("instFamily") or ask.text("uly")) + "-SWAP")
    after = ask.whole_or_none("after")
    last = min(after - 1, ask.now_ms) if after else ask.now_ms
    rows = ask.source.liquidations(ask.venue, i, last - 24 * HOUR_MS, last)
    newest = list(reversed(rows))[: ask.whole("limit", 100, 100)]
    return reply([liquidation_group(i, newest)] if newest else [])


def liquidation_group(i: Instrument, rows: list[LiquidationRow]) -> dict:
    """All of one instrument in one row."""
    return {
        "instId": i.symbol,
        "instFamily": family(i),
        "instType": "SWAP",
        "uly": family(i),
        "totalLoss": "0",
        "details": [
            {
                "side": ORDER_SIDE[row.side],
                "posSide": row.side,
                "bkPx": decimal(row.price),
                "sz": contracts(i, row.size_base),
                "bkLoss": "0",
                "ccy": "",
                "ts": str(row.ts_ms),
            }
            for row in rows
        ],
    }


def trades(ask: Ask) -> dict:
    """``trades``, newest first."""
    i = ask.instrument("instId")
    prints = ask.source.prints(i, ask.now_ms - HOUR_MS // 2, ask.now_ms)
    rows = [trade_row(i, row) for row in reversed(prints)]
    return reply(rows[: ask.whole("limit", 100, 500)])


def trade_row(i: Instrument, row: Print) -> dict:
    """Contracts, by the taker's side."""
    return {
        "instId": i.symbol,
        "tradeId": row.trade.native_id,
        "px": decimal(row.trade.price),
        "sz": contracts(i, row.trade.size_base),
        "side": row.trade.taker_side,
        "ts": str(row.trade.ts_ms),
    }


def refusal(error: Exception) -> tuple[int, object]:
    """An unknown instrument is refused with status 200."""
    if isinstance(error, BadSymbol):
        words = "Instrument ID, Instrument ID code, or Spread ID doesn't exist."
        return 200, {"code": "51001", "data": [], "msg": words}
    return 400, {"code": "50014", "data": [], "msg": f"{error} cannot be empty"}


ROUTES = (
    Route("/api/v5/public/time", server_time, "time", OWN),
    Route("/api/v5/public/instruments", instruments, "instruments", OWN),
    Route("/api/v5/market/candles", candles, "candles", OWN),
    Route("/api/v5/market/history-candles", history_candles, "candles", OWN),
    Route("/api/v5/public/open-interest", open_interest, "open_interest", OWN),
    Route("/api/v5/public/mark-price", mark_price, "marks", OWN),
    Route("/api/v5/market/index-tickers", index_tickers, "marks", OWN),
    Route("/api/v5/public/funding-rate", funding_rate, "marks", OWN),
    Route("/api/v5/market/books", books, "book", OWN),
    Route("/api/v5/public/liquidation-orders", liquidation_orders, "liquidations", OWN),
    Route("/api/v5/market/trades", trades, "trades", OWN),
)
