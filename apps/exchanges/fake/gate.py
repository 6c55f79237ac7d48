"""Gate perpetuals settled in USDT, mirrored: what ``apps.exchanges.gate.parse`` reads, written.

Times are SECONDS, sizes are CONTRACTS of ``quanto_multiplier`` coins. ``position_size`` counts one
side, the statistics count BOTH. The sign of a liquidation's ``size`` is the POSITION's, that of its
order is the opposite.
"""

from collections.abc import Iterable

from apps.exchanges.fake.asking import Ask, BadParameter, BadSymbol, decimal, open_ms, quote_volume
from apps.exchanges.fake.routes import Route
from apps.exchanges.fake.source import Print
from apps.exchanges.readings import MINUTE_MS, Instrument, Level, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow

POSITION_SIGN = {"long": 1, "short": -1}
TAKER_SIGN = {"buy": 1, "sell": -1}
WINDOW_S = 3600  # longest range of liquidations
OWN = ("path:",)


def contracts_of(i: Instrument, size_base: float) -> str:
    """So much base coin in contracts."""
    return decimal(size_base / i.contract_size)


def server_time(ask: Ask) -> dict:
    """``spot/time``: the one time in milliseconds."""
    return {"server_time": ask.stamp_ms}


def nothing(ask: Ask) -> list:
    """Currencies and other kinds of market: there are none."""
    return []


def contracts(ask: Ask) -> list:
    """``contracts``: the list, open interest, prices and funding at once, without a time."""
    source, now_ms = ask.source, ask.now_ms
    return [
        contract(
            i, source.open_interest(i, now_ms), source.mark(i, now_ms), source.last_price(i, now_ms)
        )
        for i in _listed(ask)
    ]


def one_contract(ask: Ask) -> dict:
    """``contracts/{contract}``."""
    return contracts(ask)[0]


def contract(i: Instrument, reading: OpenInterest, mark: Mark, last: float) -> dict:
    """One contract."""
    return {
        "name": i.symbol,
        "type": "direct",
        "quanto_multiplier": decimal(i.contract_size),
        "order_price_round": decimal(i.tick),
        "mark_price_round": decimal(i.tick),
        "order_size_min": 1,
        "order_size_max": 12000000,
        "enable_decimal": True,
        "leverage_min": "1",
        "leverage_max": decimal(i.max_leverage),
        "maintenance_rate": "0.004",
        "maker_fee_rate": "-0.0002",
        "taker_fee_rate": "0.0005",
        "mark_type": "index",
        "mark_price": decimal(mark.mark_price),
        "index_price": decimal(mark.index_price),
        "last_price": decimal(last),
        "funding_rate": decimal(mark.funding_rate),
        "funding_rate_indicative": decimal(mark.funding_rate),
        "funding_interval": mark.funding_interval_ms // 1000,
        "funding_next_apply": mark.next_funding_ms // 1000,
        "position_size": contracts_of(i, reading.open_interest),
        "trade_size": 0,
        "create_time": i.listed_ms // 1000,
        "in_delisting": not i.active,
        "status": "trading",
    }


def tickers(ask: Ask) -> list:
    """``tickers``."""
    rows = [(i, ask.source.mark(i, ask.now_ms)) for i in _listed(ask)]
    return [ticker(i, mark, ask.source.last_price(i, ask.now_ms)) for i, mark in rows]


def ticker(i: Instrument, mark: Mark, last: float) -> dict:
    """Prices and funding."""
    return {
        "contract": i.symbol,
        "last": decimal(last),
        "mark_price": decimal(mark.mark_price),
        "index_price": decimal(mark.index_price),
        "funding_rate": decimal(mark.funding_rate),
        "funding_rate_indicative": decimal(mark.funding_rate),
        "volume_24h": "0",
        "volume_24h_base": "0",
        "volume_24h_quote": "0",
        "volume_24h_settle": "0",
        "change_percentage": "0",
        "highest_bid": decimal(last),
        "lowest_ask": decimal(last),
    }


def candlesticks(ask: Ask) -> list:
    """``candlesticks``, oldest first; ``mark_`` before the contract asks for its mark price."""
    name = ask.text("contract")
    is_mark = name.startswith("mark_")
    i = ask.named(name.removeprefix("mark_"))
    if ask.params.get("interval", "5m") != "1m":
        raise BadParameter("interval")
    first, last = times(ask)
    if (first is not None or last is not None) and ask.params.get("limit"):
        raise BadParameter("limit")
    limit = ask.whole("limit", 100 if first is None else 2000, 2000)
    bars = ask.bars(i, first, last, limit)
    if is_mark and bars:
        bars = ask.source.mark_bars(i, open_ms(bars[0]), open_ms(bars[-1]), ask.now_ms)
    return [candle(i, bar) for bar in bars]


def candle(i: Instrument, bar: BarRow) -> dict:
    """The time in seconds, the volume in contracts; a candle of the mark price has none."""
    prices = {
        "t": open_ms(bar) // 1000,
        "o": decimal(bar.open),
        "h": decimal(bar.high),
        "l": decimal(bar.low),
        "c": decimal(bar.close),
    }
    if bar.volume is None:
        return prices
    return prices | {"v": contracts_of(i, bar.volume), "sum": decimal(quote_volume(bar))}


def order_book(ask: Ask) -> dict:
    """``order_book``: contracts, the time in seconds with a fraction."""
    i = ask.instrument("contract")
    book, limit = ask.source.book(i, ask.now_ms), ask.whole("limit", 10, 300)
    return {
        "id": book.ts_ms,
        "current": book.ts_ms / 1000,
        "update": book.ts_ms / 1000,
        "asks": _levels(i, book.asks[:limit]),
        "bids": _levels(i, book.bids[:limit]),
    }


def _levels(i: Instrument, levels: Iterable[Level]) -> list:
    return [{"p": decimal(price), "s": contracts_of(i, size)} for price, size in levels]


def trades(ask: Ask) -> list:
    """``trades``, newest first."""
    i = ask.instrument("contract")
    first, last = times(ask)
    last = ask.now_ms if last is None else min(last, ask.now_ms)
    prints = ask.source.prints(i, last - 30 * MINUTE_MS if first is None else first, last)
    rows = [trade(i, row) for row in reversed(prints)]
    return rows[: ask.whole("limit", 100, 1000)]


def trade(i: Instrument, row: Print) -> dict:
    """The sign of the size is the taker's; ``create_time_ms`` of a reply is in seconds."""
    sign = TAKER_SIGN[row.trade.taker_side]
    return {
        "id": int(row.trade.native_id),
        "create_time": row.trade.ts_ms // 1000,
        "create_time_ms": row.trade.ts_ms / 1000,
        "contract": i.symbol,
        "size": contracts_of(i, sign * row.trade.size_base),
        "price": decimal(row.trade.price),
    }


def liq_orders(ask: Ask) -> list:
    """``liq_orders`` of one contract or of all, newest first, of at most an hour."""
    i = ask.instrument("contract") if ask.params.get("contract") else None
    first, last = times(ask)
    last = ask.now_ms if last is None else last
    first = last - WINDOW_S * 1000 if first is None else first
    if last - first > WINDOW_S * 1000:
        raise BadParameter("from")
    rows = ask.source.liquidations(ask.venue, i, first, min(last + 999, ask.now_ms))
    by_slug = {listed.slug: listed for listed in ask.instruments()}
    newest = [liq_order(by_slug[row.instrument], row) for row in reversed(rows)]
    return newest[: ask.whole("limit", 100, 1000)]


def liq_order(i: Instrument, row: LiquidationRow) -> dict:
    """``size`` is the position, ``order_size`` the order that closes it, whole."""
    signed = POSITION_SIGN[row.side] * row.size_base
    return {
        "time": row.ts_ms // 1000,
        "contract": i.symbol,
        "size": contracts_of(i, signed),
        "order_size": contracts_of(i, -signed),
        "order_price": decimal(row.price * (1 - POSITION_SIGN[row.side] * 0.004)),
        "fill_price": decimal(row.price),
        "left": "0",
    }


def pushed_liquidation(i: Instrument, row: LiquidationRow) -> dict:
    """As pushed: the signed position, the order's price, milliseconds."""
    return {
        "contract": i.symbol,
        "size": contracts_of(i, POSITION_SIGN[row.side] * row.size_base),
        "price": decimal(row.price),
        "time_ms": row.ts_ms,
    }


def refusal(error: Exception) -> tuple[int, object]:
    """A label, and sometimes a message."""
    if isinstance(error, BadSymbol):
        return 400, {"label": "CONTRACT_NOT_FOUND"}
    return 400, {"label": "INVALID_PARAM_VALUE", "message": f"invalid {error}"}


def _listed(ask: Ask) -> list[Instrument]:
    return ask.one_or_all("contract") if ask.params.get("settle") == "usdt" else []


def times(ask: Ask) -> tuple[int | None, int | None]:
    """The range asked for, milliseconds. Whoever sends milliseconds asks about the far future."""
    first, last = ask.whole_or_none("from"), ask.whole_or_none("to")
    return (
        None if first is None else 1000 * first,
        None if last is None else 1000 * last,
    )


BASE = "/api/v4/futures/{settle}"
ROUTES = (
    Route("/api/v4/spot/time", server_time, "time", OWN),
    Route("/api/v4/spot/currencies", nothing, "instruments", OWN),
    Route("/api/v4/spot/currency_pairs", nothing, "instruments", OWN),
    Route(f"{BASE}/contracts", contracts, "everything", OWN),
    Route(f"{BASE}/contracts/{{contract}}", one_contract, "everything", OWN),
    Route(f"{BASE}/tickers", tickers, "marks", OWN),
    Route(f"{BASE}/candlesticks", candlesticks, "candles", OWN),
    Route(f"{BASE}/order_book", order_book, "book", OWN),
    Route(f"{BASE}/trades", trades, "trades", OWN),
    Route(f"{BASE}/liq_orders", liq_orders, "liquidations", OWN),
)
