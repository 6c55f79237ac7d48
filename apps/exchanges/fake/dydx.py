"""dYdX v4's indexer, mirrored: what ``apps.exchanges.dydx.parse`` reads, written.

Base coin, one side, text, times as ISO text. The oracle price stands for mark and index, so the
mark of the simulated market is served as that. Candles carry the open interest at their START, and
liquidations are trades of type LIQUIDATED with the ORDER's side.
"""

from apps.exchanges.fake.asking import Ask, BadSymbol, decimal, from_iso, iso, open_ms, quote_volume
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.source import Print
from apps.exchanges.readings import MINUTE_MS, Instrument, MarginTier, Mark, OpenInterest
from apps.exchanges.records import BarRow

ALL = ("requests",)
TRADES_SPAN_MS = 60 * MINUTE_MS


def server_time(ask: Ask) -> dict:
    """``time``: ISO text, and seconds with a fraction."""
    return {"iso": iso(ask.stamp_ms), "epoch": ask.stamp_ms / 1000}


def perpetual_markets(ask: Ask) -> dict:
    """``perpetualMarkets``: everything about every market but its time."""
    source, now_ms = ask.source, ask.now_ms
    return {
        "markets": {
            i.symbol: market(
                i,
                source.open_interest(i, now_ms),
                source.mark(i, now_ms),
                source.margin_tiers(i, now_ms)[0],
            )
            for i in ask.one_or_all("ticker")
        }
    }


def market(i: Instrument, reading: OpenInterest, mark: Mark, tier: MarginTier) -> dict:
    """One market."""
    return {
        "clobPairId": "0",
        "ticker": i.symbol,
        "status": "ACTIVE" if i.active else "PAUSED",
        "oraclePrice": decimal(mark.mark_price),
        "priceChange24H": "0",
        "volume24H": "0",
        "trades24H": 0,
        "nextFundingRate": decimal(mark.funding_rate),
        "initialMarginFraction": decimal(tier.initial_margin_rate),
        "maintenanceMarginFraction": decimal(tier.maintenance_margin_rate),
        "openInterest": decimal(reading.open_interest),
        "baseOpenInterest": decimal(reading.open_interest),
        "openInterestLowerCap": "0",
        "openInterestUpperCap": "0",
        "atomicResolution": -10,
        "quantumConversionExponent": -9,
        "tickSize": decimal(i.tick),
        "stepSize": decimal(i.size_step),
        "stepBaseQuantums": 1000000,
        "subticksPerTick": 100000,
        "marketType": "CROSS",
        "defaultFundingRate1H": "0",
    }


def candles(ask: Ask) -> dict:
    """``candles`` of one market, newest first; ``toISO`` is exclusive."""
    i = ask.instrument("market")
    ask.minute_only("resolution", "1MIN")
    first, last = _instant(ask, "fromISO"), _instant(ask, "toISO")
    limit = ask.whole("limit", 1000, 1000)
    bars = ask.bars(i, first, None if last is None else last - 1, limit)
    rows = [(bar, ask.source.open_interest(i, open_ms(bar))) for bar in reversed(bars)]
    return {"candles": [candle(i, bar, reading) for bar, reading in rows]}


def candle(i: Instrument, bar: BarRow, at_start: OpenInterest) -> dict:
    """One candle, with the open interest at its start."""
    return {
        "startedAt": iso(open_ms(bar)),
        "ticker": i.symbol,
        "resolution": "1MIN",
        "low": decimal(bar.low),
        "high": decimal(bar.high),
        "open": decimal(bar.open),
        "close": decimal(bar.close),
        "baseTokenVolume": decimal(bar.volume),
        "usdVolume": decimal(quote_volume(bar)),
        "trades": 16,
        "startingOpenInterest": decimal(at_start.open_interest),
        "orderbookMidPriceOpen": decimal(bar.open),
        "orderbookMidPriceClose": decimal(bar.close),
    }


def trades(ask: Ask) -> dict:
    """``trades`` of one market, newest first, at or before an instant."""
    i = ask.instrument("market")
    last = _instant(ask, "createdBeforeOrAt")
    last = ask.now_ms if last is None else min(last, ask.now_ms)
    rows = list(reversed(ask.source.prints(i, last - TRADES_SPAN_MS, last)))
    return {"trades": [trade(row) for row in rows[: ask.whole("limit", 1000, 1000)]]}


def trade(row: Print) -> dict:
    """One trade; a forced one says so."""
    return {
        "id": row.trade.native_id,
        "side": row.trade.taker_side.upper(),
        "size": decimal(row.trade.size_base),
        "price": decimal(row.trade.price),
        "type": "LIQUIDATED" if row.is_liquidation else "LIMIT",
        "createdAt": iso(row.trade.ts_ms),
        "createdAtHeight": str(row.trade.ts_ms // 1000),
    }


def orderbook(ask: Ask) -> dict:
    """``orderbooks``, whole and without a time."""
    book = ask.source.book(ask.instrument("market"), ask.now_ms)
    return {
        "bids": [{"price": decimal(price), "size": decimal(size)} for price, size in book.bids],
        "asks": [{"price": decimal(price), "size": decimal(size)} for price, size in book.asks],
    }


def refusal(error: Exception) -> tuple[int, object]:
    """A list of what is wrong."""
    name = "ticker" if isinstance(error, BadSymbol) else str(error)
    words = f"{name} must be a valid {name} (BTC-USD, etc)"
    return 400, {"errors": [{"msg": words, "param": name, "location": "params"}]}


def _instant(ask: Ask, key: str) -> int | None:
    """ISO text, in the documented spelling."""
    return from_iso(ask.params[key], key) if ask.params.get(key) else None


ROUTES = (
    Route("/v4/time", server_time, "time", ALL),
    Route("/v4/perpetualMarkets", perpetual_markets, "everything", ALL),
    Route("/v4/candles/perpetualMarkets/{market}", candles, "candles", ALL),
    Route("/v4/trades/perpetualMarket/{market}", trades, "trades", ALL),
    Route("/v4/orderbooks/perpetualMarket/{market}", orderbook, "book", ALL),
)
