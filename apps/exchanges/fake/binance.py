"""Binance USD-M, mirrored: what ``apps.exchanges.binance.parse`` reads, written.

Sizes are base coin, open interest counts one side, candles come oldest first as text, the rate is
that of the coming settlement.
"""

from apps.exchanges.fake.asking import Ask, BadSymbol, decimal, open_ms, quote_volume
from apps.exchanges.fake.routes import Route
from apps.exchanges.readings import HOUR_MS, Book, Instrument, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow

ORDER_SIDE = {"long": "SELL", "short": "BUY"}
USUAL_INTERVAL_MS = 8 * HOUR_MS
MOST_CANDLES, MOST_STATISTICS = 1500, 500
DEPTHS = (5, 10, 20, 50, 100, 500, 1000)
STATISTICS = ("statistics",)
WEIGHT = ("weight",)


def server_time(ask: Ask) -> dict:
    """``time``."""
    return {"serverTime": ask.stamp_ms}


def exchange_info(ask: Ask) -> dict:
    """``exchangeInfo``, always of all symbols."""
    return {
        "timezone": "UTC",
        "serverTime": ask.stamp_ms,
        "futuresType": "U_MARGINED",
        "rateLimits": [
            {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1,
             "limit": 2400},
        ],
        "exchangeFilters": [],
        "assets": [],
        "symbols": [_symbol(i) for i in ask.instruments()],
    }  # fmt: skip


def _symbol(i: Instrument) -> dict:
    return {
        "symbol": i.symbol,
        "pair": i.symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": i.listed_ms,
        "status": "TRADING" if i.active else "SETTLING",
        "baseAsset": i.base,
        "quoteAsset": i.quote,
        "marginAsset": i.settle,
        "pricePrecision": 8,
        "quantityPrecision": 8,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "liquidationFee": "0.012500",
        "orderTypes": ["LIMIT", "MARKET"],
        "timeInForce": ["GTC", "IOC"],
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": decimal(i.tick), "maxPrice": "10000000",
             "tickSize": decimal(i.tick)},
            {"filterType": "LOT_SIZE", "minQty": decimal(i.size_step), "maxQty": "1000000000",
             "stepSize": decimal(i.size_step)},
        ],
    }  # fmt: skip


def funding_info(ask: Ask) -> list:
    """``fundingInfo``: only symbols whose interval is not the usual one."""
    return [
        {"symbol": i.symbol, "fundingIntervalHours": i.funding_interval_ms // HOUR_MS}
        for i in ask.instruments()
        if i.funding_interval_ms != USUAL_INTERVAL_MS
    ]


def klines(ask: Ask) -> list:
    """``klines``, oldest first; with a beginning, those that follow it."""
    i = ask.instrument("symbol")
    ask.minute_only("interval", "1m")
    first, last = ask.whole_or_none("startTime"), ask.whole_or_none("endTime")
    limit = ask.whole("limit", 500, MOST_CANDLES)
    return [kline(bar) for bar in ask.bars(i, first, last, limit, keeps_oldest=True)]


def kline(bar: BarRow) -> list:
    """One candle: text but for the times and the count of trades."""
    quote, buys = quote_volume(bar), (bar.volume + bar.taker_delta) / 2
    return [
        open_ms(bar),
        *map(decimal, (bar.open, bar.high, bar.low, bar.close, bar.volume)),
        bar.end_ms - 1,
        decimal(quote),
        16,
        decimal(buys),
        decimal(quote * buys / bar.volume if bar.volume else 0.0),
        "0",
    ]


def open_interest(ask: Ask) -> dict:
    """``openInterest``."""
    i = ask.instrument("symbol")
    return open_interest_row(i, ask.source.open_interest(i, ask.now_ms))


def open_interest_row(i: Instrument, reading: OpenInterest) -> dict:
    """Base coin, one side."""
    return {
        "symbol": i.symbol,
        "openInterest": decimal(reading.open_interest),
        "time": reading.ts_ms,
    }


def open_interest_history(ask: Ask) -> list:
    """``openInterestHist``."""
    i = ask.instrument("symbol")
    readings = [ask.source.open_interest(i, ts) for ts in _grid(ask)]
    return [
        {
            "symbol": i.symbol,
            "sumOpenInterest": decimal(reading.open_interest),
            "sumOpenInterestValue": decimal(reading.usd),
            "timestamp": reading.ts_ms,
        }
        for reading in readings
    ]


def premium_index(ask: Ask) -> dict | list:
    """``premiumIndex`` of one symbol, or of all."""
    rows = [
        mark_row(i, ask.source.mark(i, ask.now_ms), ask.stamp_ms) for i in ask.one_or_all("symbol")
    ]
    return rows[0] if ask.params.get("symbol") else rows


def mark_row(i: Instrument, mark: Mark, stamp_ms: int) -> dict:
    """Prices and the rate of the coming settlement."""
    return {
        "symbol": i.symbol,
        "markPrice": decimal(mark.mark_price),
        "indexPrice": decimal(mark.index_price),
        "estimatedSettlePrice": decimal(mark.index_price),
        "lastFundingRate": decimal(mark.funding_rate),
        "interestRate": "0.00010000",
        "nextFundingTime": mark.next_funding_ms,
        "time": stamp_ms,
    }


def depth(ask: Ask) -> dict:
    """``depth``."""
    i = ask.instrument("symbol")
    return book(ask.source.book(i, ask.now_ms), ask.whole("limit", 500, DEPTHS[-1]))


def book(book: Book, limit: int) -> dict:
    """Levels of price and base coin."""
    return {
        "lastUpdateId": book.ts_ms,
        "E": book.ts_ms,
        "T": book.ts_ms,
        "bids": [[decimal(price), decimal(size)] for price, size in book.bids[:limit]],
        "asks": [[decimal(price), decimal(size)] for price, size in book.asks[:limit]],
    }


def ratios(ask: Ask) -> list:
    """``globalLongShortAccountRatio`` and its two kin."""
    i = ask.instrument("symbol")
    shares = [(ts, ask.source.long_share(i, ts)) for ts in _grid(ask)]
    return [
        {
            "symbol": i.symbol,
            "longAccount": decimal(share),
            "longShortRatio": decimal(share / (1 - share)),
            "shortAccount": decimal(1 - share),
            "timestamp": ts,
        }
        for ts, share in shares
    ]


def taker_ratios(ask: Ask) -> list:
    """``takerlongshortRatio``: periods that are over, named by their beginning."""
    i, step_ms, rows = ask.instrument("symbol"), ask.period_ms("period"), []
    for ts in _grid(ask):
        if ts + step_ms <= ask.now_ms:
            bars = ask.source.bars(i, ts, ts + step_ms - 1, ask.now_ms)
            buys = sum((bar.volume + bar.taker_delta) / 2 for bar in bars)
            sells = sum(bar.volume for bar in bars) - buys
            rows.append(
                {
                    "buySellRatio": decimal(buys / sells),
                    "sellVol": decimal(sells),
                    "buyVol": decimal(buys),
                    "timestamp": ts,
                }
            )
    return rows


def agg_trades(ask: Ask) -> list:
    """``aggTrades``; ``m`` is whether the BUYER was the maker."""
    i = ask.instrument("symbol")
    last = ask.whole("endTime", ask.now_ms)
    first = ask.whole("startTime", last - 5 * 60_000)
    prints = ask.source.prints(i, first, min(last, ask.now_ms))
    return [
        {
            "a": int(row.trade.native_id),
            "p": decimal(row.trade.price),
            "q": decimal(row.trade.size_base),
            "f": int(row.trade.native_id),
            "l": int(row.trade.native_id),
            "T": row.trade.ts_ms,
            "m": row.trade.taker_side == "sell",
        }
        for row in prints[: ask.whole("limit", 500, 1000)]
    ]


def force_order(i: Instrument, row: LiquidationRow) -> dict:
    """The order that closes a position: ``p`` is its limit, ``ap`` what it got."""
    beyond = -0.004 if row.side == "long" else 0.004
    return {
        "s": i.symbol,
        "S": ORDER_SIDE[row.side],
        "o": "LIMIT",
        "f": "IOC",
        "q": decimal(row.size_base),
        "p": decimal(row.price * (1 + beyond)),
        "ap": decimal(row.price),
        "X": "FILLED",
        "l": decimal(row.size_base / 2),
        "z": decimal(row.size_base),
        "T": row.ts_ms,
    }


def refusal(error: Exception) -> tuple[int, object]:
    """Status and body of a question that cannot be answered."""
    if isinstance(error, BadSymbol):
        return 400, {"code": -1121, "msg": "Invalid symbol."}
    return 400, {"code": -1102, "msg": f"Mandatory parameter '{error}' was not sent."}


def _grid(ask: Ask) -> list[int]:
    return ask.grid(
        ask.whole_or_none("startTime"),
        ask.whole_or_none("endTime"),
        ask.whole("limit", 30, MOST_STATISTICS),
        ask.period_ms("period"),
    )


def _premium_weight(ask: Ask) -> int:
    return 1 if ask.params.get("symbol") else 10


def _kline_weight(ask: Ask) -> int:
    limit = ask.whole("limit", 500, MOST_CANDLES)
    return next(weight for most, weight in ((99, 1), (499, 2), (1000, 5), (1500, 10))
                if limit <= most)  # fmt: skip


def _depth_weight(ask: Ask) -> int:
    limit = ask.whole("limit", 500, DEPTHS[-1])
    return next(weight for most, weight in ((50, 2), (100, 5), (500, 10), (1000, 20))
                if limit <= most)  # fmt: skip


ROUTES = (
    Route("/fapi/v1/time", server_time, "time", WEIGHT),
    Route("/fapi/v1/exchangeInfo", exchange_info, "instruments", WEIGHT),
    Route("/fapi/v1/fundingInfo", funding_info, "instruments", WEIGHT),
    Route("/fapi/v1/klines", klines, "candles", WEIGHT, _kline_weight),
    Route("/fapi/v1/openInterest", open_interest, "open_interest", WEIGHT),
    Route("/fapi/v1/premiumIndex", premium_index, "marks", WEIGHT, _premium_weight),
    Route("/fapi/v1/depth", depth, "book", WEIGHT, _depth_weight),
    Route("/fapi/v1/aggTrades", agg_trades, "trades", WEIGHT, 20),
    Route("/futures/data/openInterestHist", open_interest_history, "open_interest", STATISTICS),
    Route("/futures/data/globalLongShortAccountRatio", ratios, "ratios", STATISTICS),
    Route("/futures/data/topLongShortAccountRatio", ratios, "ratios", STATISTICS),
    Route("/futures/data/topLongShortPositionRatio", ratios, "ratios", STATISTICS),
    Route("/futures/data/takerlongshortRatio", taker_ratios, "ratios", STATISTICS),
)
