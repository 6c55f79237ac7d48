"""Bitget USDT perpetuals, mirrored: what ``apps.exchanges.bitget.parse`` reads, written.

Versions 2 and 3 side by side: the same facts under other names. Sizes are base coin, everything is
text, candles come oldest first. Sides of liquidations are those of POSITIONS; the reply is a minute
late and counts base coin, the pushed message counts QUOTE currency.
"""

from apps.exchanges.fake.asking import Ask, BadSymbol, decimal, open_ms, quote_volume
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.source import Print
from apps.exchanges.readings import HOUR_MS, MINUTE_MS, Instrument, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow

POSITION_SIDE = {"long": "buy", "short": "sell"}
DELAY_MS = MINUTE_MS  # of the liquidations in replies
KEPT_MS = 3 * 24 * HOUR_MS  # of them
OWN = ("path:",)


def reply(ask: Ask, data: object) -> dict:
    """The envelope of every answer."""
    return {"code": "00000", "msg": "success", "requestTime": ask.stamp_ms, "data": data}


def server_time(ask: Ask) -> dict:
    """``time``."""
    return reply(ask, {"serverTime": str(ask.stamp_ms)})


def nothing(ask: Ask) -> dict:
    """Coins and spot symbols: there are none."""
    return reply(ask, [])


def contracts(ask: Ask) -> dict:
    """Version 2 of the list."""
    return reply(ask, [_contract(i) for i in _listed(ask, "productType")])


def _contract(i: Instrument) -> dict:
    places = max(0, len(decimal(i.tick).partition(".")[2]))
    return {
        "symbol": i.symbol,
        "baseCoin": i.base,
        "quoteCoin": i.quote,
        "makerFeeRate": "0.0002",
        "takerFeeRate": "0.0006",
        "supportMarginCoins": ["USDT"],
        "minTradeNum": decimal(i.size_step),
        "priceEndStep": str(round(i.tick * 10**places)),
        "pricePlace": str(places),
        "volumePlace": str(len(decimal(i.size_step).partition(".")[2])),
        "sizeMultiplier": decimal(i.size_step),
        "symbolType": "perpetual",
        "minTradeUSDT": "5",
        "symbolStatus": "normal" if i.active else "off",
        "offTime": "-1",
        "limitOpenTime": "-1",
        "deliveryTime": "",
        "launchTime": str(i.listed_ms),
        "fundInterval": str(i.funding_interval_ms // HOUR_MS),
        "minLever": "1",
        "maxLever": decimal(i.max_leverage),
    }


def instruments(ask: Ask) -> dict:
    """Version 3 of the list."""
    return reply(ask, [_instrument(i) for i in _listed(ask, "category")])


def _instrument(i: Instrument) -> dict:
    return {
        "symbol": i.symbol,
        "category": "USDT-FUTURES",
        "baseCoin": i.base,
        "quoteCoin": i.quote,
        "minOrderQty": decimal(i.size_step),
        "priceMultiplier": decimal(i.tick),
        "quantityMultiplier": decimal(i.size_step),
        "type": "perpetual",
        "symbolType": "crypto",
        "status": "online" if i.active else "offline",
        "launchTime": str(i.listed_ms),
        "fundInterval": str(i.funding_interval_ms // HOUR_MS),
        "minLeverage": "1",
        "maxLeverage": decimal(i.max_leverage),
    }


def candles(ask: Ask) -> dict:
    """``candles``, oldest first, the newest of the range."""
    return _candles(ask, 1000, 100)


def history_candles(ask: Ask) -> dict:
    """``history-candles``."""
    return _candles(ask, 200, 100)


def _candles(ask: Ask, most: int, usual: int) -> dict:
    i = ask.instrument("symbol")
    ask.minute_only("granularity" if ask.params.get("granularity") else "interval", "1m")
    first, last = ask.whole_or_none("startTime"), ask.whole_or_none("endTime")
    return reply(
        ask, [candle(bar) for bar in ask.bars(i, first, last, ask.whole("limit", usual, most))]
    )


def candle(bar: BarRow) -> list:
    """Volume in base coin, then in quote currency."""
    values = (bar.open, bar.high, bar.low, bar.close, bar.volume, quote_volume(bar))
    return [str(open_ms(bar)), *map(decimal, values)]


def open_interest(ask: Ask) -> dict:
    """Version 2 of ``open-interest``."""
    i = ask.instrument("symbol")
    reading = ask.source.open_interest(i, ask.now_ms)
    row = {"symbol": i.symbol, "size": decimal(reading.open_interest)}
    return reply(ask, {"openInterestList": [row], "ts": str(reading.ts_ms)})


def open_interest_now(ask: Ask) -> dict:
    """Version 3 of ``open-interest``."""
    readings = [(i, ask.source.open_interest(i, ask.now_ms)) for i in ask.one_or_all("symbol")]
    rows = [{"symbol": i.symbol, "openInterest": decimal(r.open_interest)} for i, r in readings]
    return reply(ask, {"list": rows, "ts": str(ask.now_ms)})


def tickers_v2(ask: Ask) -> dict:
    """Version 2 of ``tickers``."""
    return reply(ask, [_ticker_v2(*facts) for facts in _facts(ask)])


def _ticker_v2(i: Instrument, reading: OpenInterest, mark: Mark, last: float) -> dict:
    return {
        "symbol": i.symbol,
        "lastPr": decimal(last),
        "indexPrice": decimal(mark.index_price),
        "markPrice": decimal(mark.mark_price),
        "fundingRate": decimal(mark.funding_rate),
        "holdingAmount": decimal(reading.open_interest),
        "baseVolume": "0",
        "quoteVolume": "0",
        "ts": str(mark.ts_ms),
    }


def tickers(ask: Ask) -> dict:
    """Version 3 of ``tickers``."""
    rows = [
        {"category": "USDT-FUTURES", "symbol": facts[0].symbol, "ts": str(ask.now_ms)}
        | ticker(*facts)
        for facts in _facts(ask)
    ]
    return reply(ask, rows)


def ticker(i: Instrument, reading: OpenInterest, mark: Mark, last: float) -> dict:
    """Prices, funding and open interest; in a message the symbol is told beside."""
    return {
        "lastPrice": decimal(last),
        "bid1Price": decimal(last),
        "ask1Price": decimal(last),
        "indexPrice": decimal(mark.index_price),
        "markPrice": decimal(mark.mark_price),
        "fundingRate": decimal(mark.funding_rate),
        "openInterest": decimal(reading.open_interest),
        "volume24h": "0",
        "turnover24h": "0",
        "deliveryTime": "",
        "deliveryStatus": "",
    }


def _facts(ask: Ask) -> list[tuple[Instrument, OpenInterest, Mark, float]]:
    source, now_ms = ask.source, ask.now_ms
    return [
        (i, source.open_interest(i, now_ms), source.mark(i, now_ms), source.last_price(i, now_ms))
        for i in ask.one_or_all("symbol")
    ]


def current_fund_rate(ask: Ask) -> dict:
    """``current-fund-rate``, which tells the interval."""
    marks = [(i, ask.source.mark(i, ask.now_ms)) for i in ask.one_or_all("symbol")]
    return reply(
        ask,
        [
            {
                "symbol": i.symbol,
                "fundingRate": decimal(mark.funding_rate),
                "fundingRateInterval": str(mark.funding_interval_ms // HOUR_MS),
                "nextUpdate": str(mark.next_funding_ms),
                "minFundingRate": "-0.003",
                "maxFundingRate": "0.003",
            }
            for i, mark in marks
        ],
    )


def merge_depth(ask: Ask) -> dict:
    """Version 2 of the book: numbers, not text."""
    book = ask.source.book(ask.instrument("symbol"), ask.now_ms)
    limit = 1000 if ask.params.get("limit") == "max" else ask.whole("limit", 100, 1000)
    return reply(
        ask,
        {
            "asks": [[price, size] for price, size in book.asks[:limit]],
            "bids": [[price, size] for price, size in book.bids[:limit]],
            "ts": str(book.ts_ms),
            "scale": "0.1",
            "precision": "scale0",
            "isMaxPrecision": "NO",
        },
    )


def orderbook(ask: Ask) -> dict:
    """Version 3 of the book."""
    book = ask.source.book(ask.instrument("symbol"), ask.now_ms)
    limit = ask.whole("limit", 50, 200)
    return reply(
        ask,
        {
            "a": [[price, size] for price, size in book.asks[:limit]],
            "b": [[price, size] for price, size in book.bids[:limit]],
            "ts": str(book.ts_ms),
        },
    )


def liquidations(ask: Ask) -> dict:
    """``liquidations``, newest first and late; ``cursor`` pages to older ones."""
    i = ask.instrument("symbol") if ask.params.get("symbol") else None
    last = min(ask.whole("cursor", ask.now_ms), ask.now_ms - DELAY_MS)
    first = ask.now_ms - KEPT_MS
    dead = list(reversed(ask.source.liquidations(ask.venue, i, first, last)))
    limit = ask.whole("limit", 100, 100)
    symbols = {listed.slug: listed.symbol for listed in ask.instruments()}
    rows = [
        liquidation(symbols[row.instrument], row) | {"amount": decimal(row.size_base)}
        for row in dead[:limit]
    ]
    cursor = str(dead[limit - 1].ts_ms - 1) if len(dead) > limit else ""
    return reply(ask, {"list": rows, "cursor": cursor})


def liquidation(symbol: str, row: LiquidationRow) -> dict:
    """As pushed: the POSITION's side, ``amount`` in QUOTE currency."""
    return {
        "symbol": symbol,
        "side": POSITION_SIDE[row.side],
        "price": decimal(row.price),
        "amount": decimal(row.size_base * row.price),
        "ts": str(row.ts_ms),
    }


def fills(ask: Ask) -> dict:
    """``fills``, newest first."""
    i = ask.instrument("symbol")
    prints = ask.source.prints(i, ask.now_ms - 30 * MINUTE_MS, ask.now_ms)
    rows = [_fill(row) for row in reversed(prints)]
    return reply(ask, rows[: ask.whole("limit", 100, 100)])


def _fill(row: Print) -> dict:
    return {
        "execId": row.trade.native_id,
        "tradeId": row.trade.native_id,
        "price": decimal(row.trade.price),
        "size": decimal(row.trade.size_base),
        "side": row.trade.taker_side,
        "ts": str(row.trade.ts_ms),
    }


def refusal(error: Exception) -> tuple[int, object]:
    """Status 400 with the venue's code."""
    code = "40034" if isinstance(error, BadSymbol) else "400172"
    return 400, {"code": code, "msg": f"Parameter {error} does not exist", "data": None}


def _listed(ask: Ask, key: str) -> list[Instrument]:
    return ask.one_or_all("symbol") if ask.text(key).upper() == "USDT-FUTURES" else []


V2, V3 = "/api/v2/mix/market", "/api/v3/market"
ROUTES = (
    Route("/api/v2/public/time", server_time, "time", OWN),
    Route("/api/v2/spot/public/coins", nothing, "instruments", OWN),
    Route("/api/v2/spot/public/symbols", nothing, "instruments", OWN),
    Route(f"{V2}/contracts", contracts, "instruments", OWN),
    Route(f"{V3}/instruments", instruments, "instruments", OWN),
    Route(f"{V2}/candles", candles, "candles", OWN),
    Route(f"{V2}/history-candles", history_candles, "candles", OWN),
    Route(f"{V3}/candles", candles, "candles", OWN),
    Route(f"{V2}/open-interest", open_interest, "open_interest", OWN),
    Route(f"{V3}/open-interest", open_interest_now, "open_interest", OWN),
    Route(f"{V2}/tickers", tickers_v2, "everything", OWN),
    Route(f"{V2}/ticker", tickers_v2, "everything", OWN),
    Route(f"{V3}/tickers", tickers, "everything", OWN),
    Route(f"{V2}/current-fund-rate", current_fund_rate, "marks", OWN),
    Route(f"{V3}/current-fund-rate", current_fund_rate, "marks", OWN),
    Route(f"{V2}/merge-depth", merge_depth, "book", OWN),
    Route(f"{V3}/orderbook", orderbook, "book", OWN),
    Route(f"{V3}/liquidations", liquidations, "liquidations", ("path:liquidations",)),
    Route(f"{V2}/fills", fills, "trades", OWN),
    Route(f"{V3}/fills", fills, "trades", OWN),
)
