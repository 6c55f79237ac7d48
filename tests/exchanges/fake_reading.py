"""Reading the fake venues with the real parsers, and comparing what comes out with the truth."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from apps.exchanges.binance import parse as binance
from apps.exchanges.bitget import parse as bitget
from apps.exchanges.bybit import parse as bybit
from apps.exchanges.dydx import parse as dydx
from apps.exchanges.fake.asking import Ask
from apps.exchanges.fake.hyperliquid import MAKER
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.source import Source
from apps.exchanges.fake.venues import VENUES as FAKES
from apps.exchanges.gate import parse as gate
from apps.exchanges.htx import parse as htx
from apps.exchanges.hyperliquid import parse as hyperliquid
from apps.exchanges.okx import parse as okx
from apps.exchanges.readings import HOUR_MS, MINUTE_MS, Instrument, Mark

EXACT = 1e-9  # relative: what is written and read again
MERGED = ("mark_price", "index_price", "funding_rate", "funding_interval_ms", "next_funding_ms")


@dataclass
class Client:
    """Asks one venue at one instant; ``spoil`` may bend what it answers."""

    source: Source
    venue: str
    now_ms: int
    spoil: Callable[[object], object] = lambda payload: payload

    def get(self, path: str, **params: object) -> Any:
        """The reply to a question, through JSON."""
        (route, found), *_ = [
            (route, match.groupdict())
            for route in FAKES[self.venue].routes
            if (match := re.fullmatch(_pattern(route.path), path))
        ]
        words = {key.rstrip("_"): str(value) for key, value in params.items()}
        ask = Ask(self.venue, self.source, self.now_ms, self.now_ms, words | found)
        return self.spoil(json.loads(json.dumps(route.answer(ask))))

    def instruments(self) -> dict[str, Instrument]:
        """What the venue lists, as parsed; funding intervals where only other calls tell them."""
        return {i.symbol: i for i in READERS[self.venue]["instruments"](self)}

    def read(self, kind: str, i: Instrument) -> list:
        """What the parsers make of the replies about one instrument."""
        return READERS[self.venue][kind](self, i, {i.symbol: i})


def _pattern(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)


type Reader = Callable[..., list]
V1, MARKET = "/linear-swap-api/v1", "/linear-swap-ex/market"
FUTURES, BITGET = "/api/v4/futures/usdt", "/api/v3/market"
READERS: Mapping[str, Mapping[str, Reader]] = {
    "binance": {
        "instruments": lambda c: binance.parse_instruments(c.get("/fapi/v1/exchangeInfo")),
        "bars": lambda c, i, k: binance.parse_candles(
            c.get("/fapi/v1/klines", symbol=i.symbol, interval="1m", limit=90), i, now_ms=c.now_ms
        ),
        "open_interest": lambda c, i, k: binance.parse_open_interest(
            c.get("/fapi/v1/openInterest", symbol=i.symbol), k
        ),
        "history": lambda c, i, k: binance.parse_open_interest_history(
            c.get("/futures/data/openInterestHist", symbol=i.symbol, period="5m", limit=20), k
        ),
        "marks": lambda c, i, k: binance.parse_marks(c.get("/fapi/v1/premiumIndex"), k),
        "book": lambda c, i, k: binance.parse_book(c.get("/fapi/v1/depth", symbol=i.symbol), i),
        "ratios": lambda c, i, k: binance.parse_ratios(
            c.get("/futures/data/topLongShortPositionRatio", symbol=i.symbol, period="5m"),
            k,
            "top_positions",
        ),
    },
    "bybit": {
        "instruments": lambda c: bybit.parse_instruments(
            c.get("/v5/market/instruments-info", category="linear")
        ),
        "bars": lambda c, i, k: bybit.parse_candles(
            c.get("/v5/market/kline", category="linear", symbol=i.symbol, interval=1, limit=90),
            i,
            now_ms=c.now_ms,
        ),
        "open_interest": lambda c, i, k: bybit.parse_open_interest(
            c.get("/v5/market/tickers", category="linear"), k
        ),
        "history": lambda c, i, k: bybit.parse_open_interest_history(
            c.get("/v5/market/open-interest", symbol=i.symbol, intervalTime="5min", limit=20), i
        ),
        "marks": lambda c, i, k: bybit.parse_marks(
            c.get("/v5/market/tickers", category="linear"), k
        ),
        "book": lambda c, i, k: bybit.parse_book(
            c.get("/v5/market/orderbook", symbol=i.symbol, limit=60), i
        ),
        "tiers": lambda c, i, k: bybit.parse_margin_tiers(
            c.get("/v5/market/risk-limit", symbol=i.symbol), k, as_of_ms=c.now_ms
        ),
        "ratios": lambda c, i, k: bybit.parse_ratios(
            c.get("/v5/market/account-ratio", symbol=i.symbol, period="5min"), k
        ),
        "trades": lambda c, i, k: bybit.parse_trades(
            c.get("/v5/market/recent-trade", symbol=i.symbol, limit=1000), k
        ),
    },
    "okx": {
        "instruments": lambda c: okx.parse_instruments(
            c.get("/api/v5/public/instruments", instType="SWAP")
        ),
        "bars": lambda c, i, k: okx.parse_candles(
            c.get("/api/v5/market/candles", instId=i.symbol, bar="1m", limit=90), i
        ),
        "open_interest": lambda c, i, k: okx.parse_open_interest(
            c.get("/api/v5/public/open-interest", instType="SWAP"), k
        ),
        "history": lambda c, i, k: okx.parse_open_interest_history(
            c.get(
                "/api/v5/rubik/stat/contracts/open-interest-history",
                instId=i.symbol,
                period="5m",
                limit=20,
            ),
            i,
            period_ms=5 * MINUTE_MS,
        ),
        "marks": lambda c, i, k: merged(
            okx.parse_marks(c.get("/api/v5/public/mark-price", instType="SWAP"), k),
            okx.parse_index(c.get("/api/v5/market/index-tickers"), k),
            okx.parse_funding(c.get("/api/v5/public/funding-rate", instId=i.symbol), k),
        ),
        "book": lambda c, i, k: okx.parse_book(
            c.get("/api/v5/market/books", instId=i.symbol, sz=60), i
        ),
        "liquidations": lambda c, i, k: okx.parse_liquidations(
            c.get(
                "/api/v5/public/liquidation-orders",
                instType="SWAP",
                instFamily=i.symbol.removesuffix("-SWAP"),
                state="filled",
            ),
            k,
        ),
        "tiers": lambda c, i, k: okx.parse_margin_tiers(
            c.get(
                "/api/v5/public/position-tiers",
                instType="SWAP",
                tdMode="isolated",
                instFamily=i.symbol.removesuffix("-SWAP"),
            ),
            i,
            mark_price=c.source.mark(i, c.now_ms).mark_price,
            as_of_ms=c.now_ms,
        ),
        "ratios": lambda c, i, k: okx.parse_ratios(
            c.get(
                "/api/v5/rubik/stat/contracts/long-short-account-ratio-contract",
                instId=i.symbol,
                period="5m",
            ),
            i,
            "accounts",
        ),
        "trades": lambda c, i, k: okx.parse_trades(
            c.get("/api/v5/market/trades", instId=i.symbol, limit=500), k
        ),
    },
    "dydx": {
        "instruments": lambda c: dydx.parse_instruments(c.get("/v4/perpetualMarkets")),
        "bars": lambda c, i, k: dydx.parse_candles(
            c.get(f"/v4/candles/perpetualMarkets/{i.symbol}", resolution="1MIN", limit=90),
            i,
            now_ms=c.now_ms,
        ),
        "open_interest": lambda c, i, k: dydx.parse_open_interest(
            c.get("/v4/perpetualMarkets"), k, now_ms=c.now_ms
        ),
        "history": lambda c, i, k: dydx.parse_open_interest_history(
            c.get(f"/v4/candles/perpetualMarkets/{i.symbol}", resolution="1MIN", limit=20), i
        ),
        "marks": lambda c, i, k: dydx.parse_marks(
            c.get("/v4/perpetualMarkets"), k, now_ms=c.now_ms
        ),
        "book": lambda c, i, k: dydx.parse_book(
            c.get(f"/v4/orderbooks/perpetualMarket/{i.symbol}"), i, now_ms=c.now_ms
        ),
        "liquidations": lambda c, i, k: dydx.parse_liquidations(
            c.get(f"/v4/trades/perpetualMarket/{i.symbol}", limit=1000), i
        ),
        "tiers": lambda c, i, k: dydx.parse_margin_tiers(
            c.get("/v4/perpetualMarkets"), k, as_of_ms=c.now_ms
        ),
        "trades": lambda c, i, k: dydx.parse_trades(
            c.get(f"/v4/trades/perpetualMarket/{i.symbol}", limit=1000), i
        ),
    },
    "bitget": {
        "instruments": lambda c: bitget.parse_instruments(
            c.get(f"{BITGET}/instruments", category="USDT-FUTURES")
        ),
        "bars": lambda c, i, k: bitget.parse_candles(
            c.get("/api/v2/mix/market/candles", symbol=i.symbol, granularity="1m", limit=90),
            i,
            now_ms=c.now_ms,
        ),
        "open_interest": lambda c, i, k: bitget.parse_open_interest(
            c.get(f"{BITGET}/tickers", category="USDT-FUTURES"), k
        ),
        "marks": lambda c, i, k: merged(
            bitget.parse_marks(c.get(f"{BITGET}/tickers", category="USDT-FUTURES"), k),
            bitget.parse_funding(c.get(f"{BITGET}/current-fund-rate", symbol=i.symbol), k),
        ),
        "book": lambda c, i, k: bitget.parse_book(
            c.get("/api/v2/mix/market/merge-depth", symbol=i.symbol, limit="max"), i
        ),
        "liquidations": lambda c, i, k: bitget.parse_liquidations(
            c.get(f"{BITGET}/liquidations", category="USDT-FUTURES", symbol=i.symbol), k
        ),
        "tiers": lambda c, i, k: bitget.parse_margin_tiers(
            c.get(f"{BITGET}/position-tier", category="USDT-FUTURES", symbol=i.symbol),
            i,
            as_of_ms=c.now_ms,
        ),
        "ratios": lambda c, i, k: bitget.parse_ratios(
            c.get(f"{BITGET}/futures-position-long-short", symbol=i.symbol, period="5m"),
            i,
            "positions",
        ),
        "trades": lambda c, i, k: bitget.parse_trades(
            c.get("/api/v2/mix/market/fills", symbol=i.symbol), i
        ),
    },
    "gate": {
        "instruments": lambda c: gate.parse_instruments(c.get(f"{FUTURES}/contracts")),
        "bars": lambda c, i, k: gate.parse_candles(
            c.get(f"{FUTURES}/candlesticks", contract=i.symbol, interval="1m", limit=90),
            i,
            now_ms=c.now_ms,
        ),
        "open_interest": lambda c, i, k: gate.parse_open_interest(
            c.get(f"{FUTURES}/contracts"), k, now_ms=c.now_ms
        ),
        "history": lambda c, i, k: gate.parse_open_interest_history(
            c.get(f"{FUTURES}/contract_stats", contract=i.symbol, interval="5m", limit=20), i
        ),
        "marks": lambda c, i, k: gate.parse_marks(
            c.get(f"{FUTURES}/contracts"), k, now_ms=c.now_ms
        ),
        "book": lambda c, i, k: gate.parse_book(
            c.get(f"{FUTURES}/order_book", contract=i.symbol, limit=60), i
        ),
        "liquidations": lambda c, i, k: gate.parse_liquidations(
            c.get(f"{FUTURES}/liq_orders", contract=i.symbol), k
        ),
        "tiers": lambda c, i, k: gate.parse_margin_tiers(
            c.get(f"{FUTURES}/risk_limit_tiers", contract=i.symbol), k, as_of_ms=c.now_ms
        ),
        "ratios": lambda c, i, k: gate.parse_ratios(
            c.get(f"{FUTURES}/contract_stats", contract=i.symbol, interval="5m"), i
        ),
        "trades": lambda c, i, k: gate.parse_trades(
            c.get(f"{FUTURES}/trades", contract=i.symbol, limit=1000), k
        ),
    },
    "htx": {
        "instruments": lambda c: htx.parse_instruments(c.get(f"{V1}/swap_contract_info")),
        "bars": lambda c, i, k: htx.parse_candles(
            c.get(f"{MARKET}/history/kline", contract_code=i.symbol, period="1min", size=90),
            i,
            now_ms=c.now_ms,
        ),
        "open_interest": lambda c, i, k: htx.parse_open_interest(
            c.get("/v5/market/open_interest", contract_code=i.symbol), k
        ),
        "history": lambda c, i, k: htx.parse_open_interest_history(
            c.get(
                f"{V1}/swap_his_open_interest",
                contract_code=i.symbol,
                contract_type="swap",
                period="60min",
                amount_type=1,
            ),
            i,
        ),
        "marks": lambda c, i, k: merged(
            htx.parse_marks(
                c.get(
                    "/index/market/history/linear_swap_mark_price_kline",
                    contract_code=i.symbol,
                    period="1min",
                    size=1,
                ),
                k,
            ),
            htx.parse_index(c.get(f"{V1}/swap_index", contract_code=i.symbol), k),
            htx.parse_funding(c.get("/v5/market/funding_rate", contract_code=i.symbol), k),
        ),
        "book": lambda c, i, k: htx.parse_book(
            c.get(f"{MARKET}/depth", contract_code=i.symbol, type="step0"), i
        ),
        "liquidations": lambda c, i, k: htx.parse_liquidations(
            c.get("/v5/market/liquidation_orders", contract_code=i.symbol, limit=100), k
        ),
        "tiers": lambda c, i, k: htx.parse_margin_tiers(
            c.get(f"{V1}/swap_adjustfactor", contract_code=i.symbol),
            k,
            mark_price=c.source.mark(i, c.now_ms).mark_price,
            as_of_ms=c.now_ms,
        ),
        "ratios": lambda c, i, k: htx.parse_ratios(
            c.get(f"{V1}/swap_elite_position_ratio", contract_code=i.symbol, period="5min"),
            i,
            "top_positions",
        ),
    },
    "hyperliquid": {
        "instruments": lambda c: hyperliquid.parse_instruments(c.get("/info", type="meta")),
        "bars": lambda c, i, k: hyperliquid.parse_candles(
            c.get(
                "/info",
                type="candleSnapshot",
                coin=i.symbol,
                interval="1m",
                startTime=c.now_ms - 90 * MINUTE_MS,
            ),
            i,
            now_ms=c.now_ms,
        ),
        "open_interest": lambda c, i, k: hyperliquid.parse_open_interest(
            c.get("/info", type="metaAndAssetCtxs"), k, now_ms=c.now_ms
        ),
        "marks": lambda c, i, k: hyperliquid.parse_marks(
            c.get("/info", type="metaAndAssetCtxs"), k, now_ms=c.now_ms
        ),
        "book": lambda c, i, k: hyperliquid.parse_book(
            c.get("/info", type="l2Book", coin=i.symbol), i
        ),
        "liquidations": lambda c, i, k: hyperliquid.parse_liquidation_fills(
            c.get("/info", type="userFills", user=MAKER), k, user=MAKER
        ),
        "tiers": lambda c, i, k: hyperliquid.parse_margin_tiers(
            c.get("/info", type="meta"), k, as_of_ms=c.now_ms
        ),
        "trades": lambda c, i, k: hyperliquid.parse_trades(
            c.get("/info", type="recentTrades", coin=i.symbol), k
        ),
    },
}
VENUES = tuple(READERS)


def cells(*kinds: str) -> list[tuple[str, str]]:
    """Every venue with every kind of reading that it offers."""
    return [(venue, kind) for venue in VENUES for kind in kinds if kind in READERS[venue]]


def merged(*readings: list[Mark]) -> list[Mark]:
    """One mark from the calls that tell its parts."""
    whole: Mark | None = None
    for (mark,) in readings:
        told = {name: getattr(mark, name) for name in MERGED if getattr(mark, name) is not None}
        whole = mark if whole is None else replace(whole, **told)
    return [] if whole is None else [whole]


def truth(market: FakeMarket, kind: str, i: Instrument, now_ms: int, like: list) -> list:
    """What ``kind`` really was, over the same times as what was read."""
    if kind == "bars":
        assert len(like) >= 89
        return market.bars(i, like[0].end_ms - MINUTE_MS, now_ms, now_ms)
    if kind == "open_interest":
        return [market.open_interest(i, now_ms)]
    if kind == "history":
        return [market.open_interest(i, reading.ts_ms) for reading in like]
    if kind == "marks":
        mark = market.mark(i, now_ms)
        return [replace(mark, index_price=mark.mark_price) if i.venue == "dydx" else mark]
    if kind == "book":
        return [market.book(i, now_ms)]
    if kind == "liquidations":
        return market.liquidations(i.venue, i, now_ms - SPANS_MS[i.venue], now_ms - DELAYS_MS)
    return [row.trade for row in market.prints(i, like[0].ts_ms, now_ms)]


SPANS_MS = {"okx": 24 * HOUR_MS, "dydx": HOUR_MS, "bitget": 72 * HOUR_MS, "gate": HOUR_MS,
            "htx": 2 * HOUR_MS, "hyperliquid": 24 * HOUR_MS}  # fmt: skip
DELAYS_MS = 0


def assert_same(read: Iterable, true: Iterable, names: Iterable[str]) -> None:
    """Both tell the same about ``names``, rounding apart."""
    left, right = list(read), list(true)
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        for name in names:
            value, wanted = getattr(one, name), getattr(other, name)
            if isinstance(wanted, float) and isinstance(value, int | float):
                assert value == pytest.approx(wanted, rel=EXACT), name
            else:
                assert value == wanted, name


def names_of(record: object, *left_out: str) -> list[str]:
    """The fields of a record but for some."""
    return [field.name for field in fields(record) if field.name not in left_out]
