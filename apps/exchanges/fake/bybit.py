"""Bybit linear perpetuals, mirrored: what ``apps.exchanges.bybit.parse`` reads, written.

``openInterest`` counts BOTH sides and ``singleOpenInterest`` one, lists come newest first, sides of
liquidations are those of POSITIONS, everything in a list is text.
"""

from apps.exchanges.fake.asking import Ask, BadSymbol, decimal, open_ms, quote_volume
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.source import Print
from apps.exchanges.readings import HOUR_MS, MINUTE_MS, Instrument, MarginTier, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow

SIDES = 2
POSITION_SIDE = {"long": "Buy", "short": "Sell"}
TAKER_SIDE = {"buy": "Buy", "sell": "Sell"}
ALL = ("requests",)


def reply(ask: Ask, result: dict) -> dict:
    """The envelope of every answer."""
    return {
        "retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": ask.stamp_ms
    }  # fmt: skip


def listed(ask: Ask, rows: list, **more: object) -> dict:
    """A list in its envelope."""
    return reply(ask, {"category": ask.params.get("category", "linear"), "list": rows, **more})


def server_time(ask: Ask) -> dict:
    """``time``: seconds, and nanoseconds, both as text."""
    seconds = str(ask.stamp_ms // 1000)
    return reply(ask, {"timeSecond": seconds, "timeNano": f"{ask.stamp_ms}000000"})


def instruments_info(ask: Ask) -> dict:
    """``instruments-info``; only linear contracts are listed."""
    rows = [] if ask.params.get("category") != "linear" else ask.one_or_all("symbol")
    return listed(ask, [_contract(i) for i in rows], nextPageCursor="")


def _contract(i: Instrument) -> dict:
    return {
        "symbol": i.symbol,
        "contractType": "LinearPerpetual",
        "status": "Trading" if i.active else "Closed",
        "baseCoin": i.base,
        "quoteCoin": i.quote,
        "settleCoin": i.settle,
        "launchTime": str(i.listed_ms),
        "deliveryTime": "0",
        "deliveryFeeRate": "",
        "priceScale": "8",
        "leverageFilter": {"minLeverage": "1", "maxLeverage": decimal(i.max_leverage),
                           "leverageStep": "0.01"},
        "priceFilter": {"minPrice": decimal(i.tick), "maxPrice": "10000000",
                        "tickSize": decimal(i.tick)},
        "lotSizeFilter": {"maxOrderQty": "1000000000", "minOrderQty": decimal(i.size_step),
                          "qtyStep": decimal(i.size_step), "minNotionalValue": "5"},
        "unifiedMarginTrade": True,
        "fundingInterval": i.funding_interval_ms // MINUTE_MS,
        "copyTrading": "both",
        "isPreListing": False,
    }  # fmt: skip


def kline(ask: Ask) -> dict:
    """``kline``, newest first."""
    i = ask.instrument("symbol")
    ask.minute_only("interval", "1")
    bars = ask.bars(
        i, ask.whole_or_none("start"), ask.whole_or_none("end"), ask.whole("limit", 200, 1000)
    )
    return listed(ask, [candle(bar) for bar in reversed(bars)], symbol=i.symbol)


def candle(bar: BarRow) -> list:
    """One candle: volume in base coin, turnover in quote currency."""
    values = (bar.open, bar.high, bar.low, bar.close, bar.volume, quote_volume(bar))
    return [str(open_ms(bar)), *map(decimal, values)]


def open_interest(ask: Ask) -> dict:
    """``open-interest``, newest first."""
    i = ask.instrument("symbol")
    times = ask.grid(
        ask.whole_or_none("startTime"),
        ask.whole_or_none("endTime"),
        ask.whole("limit", 50, 200),
        ask.period_ms("intervalTime"),
    )
    rows = [
        interest(ask.source.open_interest(i, ts)) | {"timestamp": str(ts)} for ts in reversed(times)
    ]
    return listed(ask, rows, symbol=i.symbol, nextPageCursor="")


def interest(reading: OpenInterest) -> dict:
    """Both sides, and one of them."""
    return {
        "openInterest": decimal(SIDES * reading.open_interest),
        "singleOpenInterest": decimal(reading.open_interest),
    }


def tickers(ask: Ask) -> dict:
    """``tickers`` of one symbol, or of all."""
    source, now_ms = ask.source, ask.now_ms
    rows = [
        ticker(
            i, source.open_interest(i, now_ms), source.mark(i, now_ms), source.last_price(i, now_ms)
        )
        for i in ask.one_or_all("symbol")
    ]
    return listed(ask, rows)


def ticker(i: Instrument, reading: OpenInterest, mark: Mark, last: float) -> dict:
    """Open interest, prices and funding at once."""
    return {
        "symbol": i.symbol,
        "lastPrice": decimal(last),
        "indexPrice": decimal(mark.index_price),
        "markPrice": decimal(mark.mark_price),
        **interest(reading),
        "openInterestValue": decimal(SIDES * reading.usd),
        "singleOpenInterestValue": decimal(reading.usd),
        "fundingRate": decimal(mark.funding_rate),
        "nextFundingTime": str(mark.next_funding_ms),
        "fundingIntervalHour": str(mark.funding_interval_ms // HOUR_MS),
        "fundingCap": "0.00375",
        "turnover24h": "0",
        "volume24h": "0",
        "bid1Price": decimal(last),
        "ask1Price": decimal(last),
    }


def orderbook(ask: Ask) -> dict:
    """``orderbook``."""
    i = ask.instrument("symbol")
    book, limit = ask.source.book(i, ask.now_ms), ask.whole("limit", 25, 1000)
    return reply(
        ask,
        {
            "s": i.symbol,
            "b": [[decimal(price), decimal(size)] for price, size in book.bids[:limit]],
            "a": [[decimal(price), decimal(size)] for price, size in book.asks[:limit]],
            "ts": book.ts_ms,
            "u": book.ts_ms,
            "seq": book.ts_ms,
            "cts": book.ts_ms,
        },
    )


def account_ratio(ask: Ask) -> dict:
    """``account-ratio``, newest first."""
    i = ask.instrument("symbol")
    times = ask.grid(
        ask.whole_or_none("startTime"),
        ask.whole_or_none("endTime"),
        ask.whole("limit", 50, 500),
        ask.period_ms("period"),
    )
    rows = []
    for ts in reversed(times):
        share = ask.source.long_share(i, ts)
        rows.append(
            {
                "symbol": i.symbol,
                "buyRatio": decimal(share),
                "sellRatio": decimal(1 - share),
                "timestamp": str(ts),
            }
        )
    return listed(ask, rows, nextPageCursor="")


def risk_limit(ask: Ask) -> dict:
    """``risk-limit``: rates as fractions, with the deduction."""
    rows = [
        _tier(i, tier, number)
        for i in ask.one_or_all("symbol")
        for number, tier in enumerate(ask.source.margin_tiers(i, ask.now_ms), 1)
    ]
    return listed(ask, rows, nextPageCursor="")


def _tier(i: Instrument, tier: MarginTier, number: int) -> dict:
    return {
        "id": number,
        "symbol": i.symbol,
        "riskLimitValue": decimal(tier.notional_cap_usd),
        "maintenanceMargin": decimal(tier.maintenance_margin_rate),
        "initialMargin": decimal(tier.initial_margin_rate),
        "isLowestRisk": int(number == 1),
        "maxLeverage": decimal(tier.max_leverage),
        "mmDeduction": decimal(tier.maintenance_amount_usd),
    }


def recent_trade(ask: Ask) -> dict:
    """``recent-trade``, newest first."""
    i = ask.instrument("symbol")
    prints = ask.source.prints(i, ask.now_ms - 30 * MINUTE_MS, ask.now_ms)
    rows = [_trade(i, row) for row in reversed(prints)]
    return listed(ask, rows[: ask.whole("limit", 500, 1000)])


def _trade(i: Instrument, row: Print) -> dict:
    return {
        "execId": row.trade.native_id,
        "symbol": i.symbol,
        "price": decimal(row.trade.price),
        "size": decimal(row.trade.size_base),
        "side": TAKER_SIDE[row.trade.taker_side],
        "time": str(row.trade.ts_ms),
        "isBlockTrade": False,
        "isRPITrade": False,
        "seq": row.trade.native_id,
    }


def liquidation(i: Instrument, row: LiquidationRow) -> dict:
    """The POSITION's side, base coin, bankruptcy price."""
    return {
        "T": row.ts_ms,
        "s": i.symbol,
        "S": POSITION_SIDE[row.side],
        "v": decimal(row.size_base),
        "p": decimal(row.price),
    }


def refusal(error: Exception) -> tuple[int, object]:
    """Errors come with status 200."""
    words = "params error: symbol invalid" if isinstance(error, BadSymbol) else f"{error} invalid"
    result = {"category": "", "list": [], "nextPageCursor": ""}
    return 200, {"retCode": 10001, "retMsg": words, "result": result, "retExtInfo": {}, "time": 0}


ROUTES = (
    Route("/v5/market/time", server_time, "time", ALL),
    Route("/v5/market/instruments-info", instruments_info, "instruments", ALL),
    Route("/v5/market/kline", kline, "candles", ALL),
    Route("/v5/market/open-interest", open_interest, "open_interest", ALL),
    Route("/v5/market/tickers", tickers, "everything", ALL),
    Route("/v5/market/orderbook", orderbook, "book", ALL),
    Route("/v5/market/account-ratio", account_ratio, "ratios", ALL),
    Route("/v5/market/risk-limit", risk_limit, "tiers", ALL),
    Route("/v5/market/recent-trade", recent_trade, "trades", ALL),
)
