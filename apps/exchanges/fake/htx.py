"""HTX linear swaps, mirrored: what ``apps.exchanges.htx.parse`` reads, written.

Volumes, trades and open interest count BOTH sides of every deal, in CONTRACTS of ``contract_size``
coins; liquidations count one. Older calls say ``status``, newer ones ``code`` and write text.
"""

from collections.abc import Iterable

from apps.exchanges.fake.asking import Ask, BadParameter, BadSymbol, decimal, open_ms, quote_volume
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.source import Print
from apps.exchanges.readings import HOUR_MS, Instrument, Level, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow

SIDES = 2
ORDER_SIDE = {"long": "sell", "short": "buy"}
WINDOW_MS = 2 * HOUR_MS  # longest range of liquidations
ALL = ("requests",)


def reply(ask: Ask, data: object, **more: object) -> dict:
    """The older envelope."""
    return {**more, "status": "ok", "data": data, "ts": ask.stamp_ms}


def reply_v5(ask: Ask, data: object) -> dict:
    """The newer envelope, times as text."""
    return {"code": "200", "message": "Success", "data": data, "ts": str(ask.stamp_ms)}


def contracts_of(i: Instrument, size_base: float) -> float:
    """So much base coin in contracts."""
    return size_base / i.contract_size


def server_time(ask: Ask) -> dict:
    """``timestamp``."""
    return {"status": "ok", "ts": ask.stamp_ms}


def nothing(ask: Ask) -> dict:
    """Currencies: there are none."""
    return {"code": 200, "data": []}


def contract_info(ask: Ask) -> dict:
    """``swap_contract_info``."""
    return reply(ask, [_contract(i) for i in ask.one_or_all("contract_code")])


def _contract(i: Instrument) -> dict:
    return {
        "symbol": i.base,
        "contract_code": i.symbol,
        "contract_size": i.contract_size,
        "price_tick": i.tick,
        "delivery_date": "",
        "delivery_time": "",
        "create_date": "20201021",
        "contract_status": 1 if i.active else 0,
        "settlement_date": "",
        "support_margin_mode": "all",
        "settlement_period": str(i.funding_interval_ms // HOUR_MS),
        "business_type": "swap",
        "pair": i.symbol,
        "contract_type": "swap",
        "trade_partition": i.quote,
    }


def kline(ask: Ask) -> dict:
    """``kline``, oldest first; ``from`` and ``to`` are seconds."""
    i, bars = _asked_bars(ask)
    return reply(ask, [candle(i, bar) for bar in bars], ch=f"market.{i.symbol}.kline.1min")


def candle(i: Instrument, bar: BarRow) -> dict:
    """The time in seconds; contracts, coins and turnover of both sides."""
    return {
        "id": open_ms(bar) // 1000,
        "open": bar.open,
        "high": bar.high,
        "low": bar.low,
        "close": bar.close,
        "amount": SIDES * bar.volume,
        "vol": SIDES * contracts_of(i, bar.volume),
        "trade_turnover": SIDES * quote_volume(bar),
        "count": 32,
    }


def mark_kline(ask: Ask) -> dict:
    """``linear_swap_mark_price_kline``: text, and no volumes."""
    i, bars = _asked_bars(ask)
    marks = ask.source.mark_bars(i, open_ms(bars[0]), open_ms(bars[-1]), ask.now_ms) if bars else []
    rows = [
        {
            "id": open_ms(bar) // 1000,
            "open": decimal(bar.open),
            "high": decimal(bar.high),
            "low": decimal(bar.low),
            "close": decimal(bar.close),
            "amount": "0",
            "vol": "0",
            "count": "0",
            "trade_turnover": "0",
        }
        for bar in marks
    ]
    return reply(ask, rows, ch=f"market.{i.symbol}.mark_price.1min")


def _asked_bars(ask: Ask) -> tuple[Instrument, list[BarRow]]:
    i = ask.instrument("contract_code")
    ask.minute_only("period", "1min")
    first, last = ask.whole_or_none("from"), ask.whole_or_none("to")
    if first is not None and last is not None:
        return i, ask.bars(i, 1000 * first, 1000 * last, 2000)
    return i, ask.bars(i, None, None, ask.whole("size", 150, 2000))


def open_interest(ask: Ask) -> dict:
    """``swap_open_interest`` of one contract, or of all."""
    return reply(ask, _interests(ask))


def open_interest_v5(ask: Ask) -> dict:
    """``open_interest``, version 5: the same in the newer envelope."""
    return reply_v5(ask, _interests(ask))


def _interests(ask: Ask) -> list:
    rows = ask.one_or_all("contract_code")
    return [interest(i, ask.source.open_interest(i, ask.now_ms)) for i in rows]


def interest(i: Instrument, reading: OpenInterest) -> dict:
    """Both sides, in contracts, coins and USDT."""
    both = SIDES * reading.open_interest
    return {
        "symbol": i.base,
        "contract_code": i.symbol,
        "volume": contracts_of(i, both),
        "amount": both,
        "value": SIDES * reading.usd,
        "trade_amount": 0,
        "trade_volume": 0,
        "trade_turnover": 0,
        "business_type": "swap",
        "pair": i.symbol,
        "contract_type": "swap",
        "trade_partition": i.quote,
    }


def index(ask: Ask) -> dict:
    """``swap_index``."""
    rows = [(i, ask.source.mark(i, ask.now_ms)) for i in ask.one_or_all("contract_code")]
    return reply(
        ask,
        [
            {"index_price": mark.index_price, "index_ts": mark.ts_ms, "contract_code": i.symbol}
            for i, mark in rows
        ],
    )


def funding_rate_v5(ask: Ask) -> dict:
    """``funding_rate``, version 5; the rate is paid at ``funding_time``."""
    rows = [(i, ask.source.mark(i, ask.now_ms)) for i in ask.one_or_all("contract_code")]
    return reply_v5(ask, [_funding(i, mark) for i, mark in rows])


def _funding(i: Instrument, mark: Mark) -> dict:
    return {
        "contract_code": i.symbol,
        "funding_rate": decimal(mark.funding_rate),
        "funding_time": str(mark.next_funding_ms),
        "next_funding_time": str(mark.next_funding_ms + mark.funding_interval_ms),
        "min_funding_rate": "-0.00375",
        "max_funding_rate": "0.00375",
    }


def pushed_funding(i: Instrument, mark: Mark) -> dict:
    """As pushed: ``funding_time`` is now, ``settlement_time`` is coming."""
    return {
        "symbol": i.base,
        "contract_code": i.symbol,
        "fee_asset": i.quote,
        "funding_time": str(mark.ts_ms),
        "funding_rate": decimal(mark.funding_rate),
        "estimated_rate": decimal(mark.funding_rate),
        "settlement_time": str(mark.next_funding_ms),
    }


def depth(ask: Ask) -> dict:
    """``depth``: numbers, prices and contracts."""
    i = ask.instrument("contract_code")
    book, limit = ask.source.book(i, ask.now_ms), 20 if ask.params.get("type") == "step6" else 150
    channel = f"market.{i.symbol}.depth.{ask.params.get('type', 'step0')}"
    tick = {
        "asks": _levels(i, book.asks[:limit]),
        "bids": _levels(i, book.bids[:limit]),
        "ch": channel,
        "id": book.ts_ms // 1000,
        "mrid": book.ts_ms,
        "ts": book.ts_ms,
        "version": book.ts_ms // 1000,
    }
    return {"ch": channel, "status": "ok", "tick": tick, "ts": ask.stamp_ms}


def _levels(i: Instrument, levels: Iterable[Level]) -> list:
    return [[price, contracts_of(i, size)] for price, size in levels]


def history_trade(ask: Ask) -> dict:
    """``history/trade``, newest first, a group for every trade."""
    i = ask.instrument("contract_code")
    prints = ask.source.prints(i, ask.now_ms - HOUR_MS // 2, ask.now_ms)
    newest = list(reversed(prints))[: ask.whole("size", 1, 2000)]
    groups = [
        {"id": int(row.trade.native_id), "ts": row.trade.ts_ms, "data": [trade(i, row)]}
        for row in newest
    ]
    return reply(ask, groups, ch=f"market.{i.symbol}.trade.detail")


def trade(i: Instrument, row: Print) -> dict:
    """Contracts of both sides, by the taker's side."""
    return {
        "amount": SIDES * contracts_of(i, row.trade.size_base),
        "quantity": row.trade.size_base,
        "trade_turnover": SIDES * row.trade.size_base * row.trade.price,
        "ts": row.trade.ts_ms,
        "id": int(row.trade.native_id),
        "price": row.trade.price,
        "direction": row.trade.taker_side,
    }


def liquidation_orders_v5(ask: Ask) -> dict:
    """``liquidation_orders``, version 5, newest first, of at most two hours."""
    i = ask.instrument("contract_code")
    last = ask.whole("end_time", ask.now_ms)
    first = ask.whole("start_time", last - WINDOW_MS)
    if last - first > WINDOW_MS:
        raise BadParameter("start_time")
    rows = ask.source.liquidations(ask.venue, i, first, min(last, ask.now_ms))
    newest = list(reversed(rows))[: ask.whole("limit", 20, 100)]
    return reply_v5(ask, [_liquidation_v5(i, row) for row in newest])


def _liquidation_v5(i: Instrument, row: LiquidationRow) -> dict:
    volume = decimal(contracts_of(i, row.size_base))
    return {
        "id": f"{row.ts_ms}{row.native_id.replace('-', '')}",
        "contract_code": i.symbol,
        "liquidation_time": str(row.ts_ms),
        "side": ORDER_SIDE[row.side],
        "position_side": row.side,
        "volume": volume,
        "amount": volume,  # contracts again, though other calls give coins under this name
        "bankrupt_price": decimal(row.price),
        "trade_turnover": decimal(row.usd),
    }


def liquidation(i: Instrument, row: LiquidationRow) -> dict:
    """As pushed: the ORDER's side, contracts, the bankruptcy price."""
    return {
        "symbol": i.base,
        "contract_code": i.symbol,
        "direction": ORDER_SIDE[row.side],
        "offset": "close",
        "volume": contracts_of(i, row.size_base),
        "price": row.price,
        "created_at": row.ts_ms,
        "amount": row.size_base,
        "trade_turnover": row.usd,
        "contract_type": "swap",
        "pair": i.symbol,
        "business_type": "swap",
        "trade_partition": i.quote,
    }


def refusal(error: Exception) -> tuple[int, object]:
    """Errors come with status 200."""
    if isinstance(error, BadSymbol):
        return 200, {"status": "error", "err_code": 1332, "err_msg": "Contract doesnt exist."}
    return 200, {"status": "error", "err_code": 1030, "err_msg": f"Input error: {error}."}


V1 = "/linear-swap-api/v1"
MARKET = "/linear-swap-ex/market"
ROUTES = (
    Route("/api/v1/timestamp", server_time, "time", ALL),
    Route("/v2/reference/currencies", nothing, "instruments", ALL),
    Route(f"{V1}/swap_contract_info", contract_info, "instruments", ALL),
    Route(f"{MARKET}/history/kline", kline, "candles", ALL),
    Route("/index/market/history/linear_swap_mark_price_kline", mark_kline, "marks", ALL),
    Route(f"{V1}/swap_open_interest", open_interest, "open_interest", ALL),
    Route("/v5/market/open_interest", open_interest_v5, "open_interest", ALL),
    Route(f"{V1}/swap_index", index, "marks", ALL),
    Route("/v5/market/funding_rate", funding_rate_v5, "marks", ALL),
    Route(f"{MARKET}/depth", depth, "book", ALL),
    Route(f"{MARKET}/history/trade", history_trade, "trades", ALL),
    Route("/v5/market/liquidation_orders", liquidation_orders_v5, "liquidations", ALL),
)
