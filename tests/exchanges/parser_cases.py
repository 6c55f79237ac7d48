"""Every parser with a reply it can read, and what else it is asked with."""

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from apps.exchanges.readings import Instrument
from tests.exchanges.payloads import recorded

VENUES = ("binance", "bybit", "okx", "dydx", "bitget", "gate", "htx", "hyperliquid")
ROWS_KEPT = 4  # of a long list: the rest says nothing new
NOW_MS = 1_789_147_104_000
ARGUMENTS = {
    "now_ms": NOW_MS,
    "as_of_ms": NOW_MS,
    "mark_price": 50_000.0,
    "period_ms": 300_000,
    "kind": "accounts",
    "user": "0x193bd350ec838b1e22d6f302da5343b920aa1c2b",
}
OKX_TABLE = {"code": "0", "msg": "", "data": [["1789147200000", "30", "70", "5"]]}
BITGET_LIQUIDATIONS = {
    "code": "00000",
    "data": {
        "list": [
            {"symbol": "BTCUSDT", "side": "sell", "price": "76000", "amount": "0.5",
             "ts": "1789337180512"}
        ]
    },
}  # fmt: skip
BITGET_RATIOS = {
    "code": "00000",
    "data": [{"longRatio": "0.6", "shortRatio": "0.4", "buyVolume": "3", "sellVolume": "1",
              "ts": "1789337100000"}],
}  # fmt: skip
GATE_LIQUIDATION = {
    "time": 1789242268,
    "channel": "futures.public_liquidates",
    "event": "update",
    "result": [{"price": "76801.9", "size": -2, "time_ms": 1789242268123, "contract": "BTC_USDT"}],
}
HYPERLIQUID_TRADES = [
    {"coin": "FXS", "side": "A", "px": "1.9", "sz": "10.5", "time": 1730160015113, "tid": 611279}
]


@dataclass(frozen=True)
class Case:
    """A parser, the name of a recorded reply or the reply itself, and whose it is."""

    venue: str
    function: str
    source: str | dict | list
    symbol: str
    message: int | None = None  # which of a list of pushed messages
    contract_size: float = 1.0

    @property
    def parser(self) -> Callable[..., list]:
        """The function itself."""
        return getattr(import_module(f"apps.exchanges.{self.venue}.parse"), self.function)

    def reply(self) -> object:
        """A fresh copy of the reply, long lists cut; skips where the recording is absent."""
        return json.loads(_reply_text(self.venue, self.function))

    def read(self, reply: object) -> list:
        """What the parser makes of it."""
        instrument = Instrument(
            self.venue, self.symbol, "BTC", "USDT", contract_size=self.contract_size
        )
        given = ARGUMENTS | {"instrument": instrument, "instruments": {self.symbol: instrument}}
        wanted = list(inspect.signature(self.parser).parameters)[1:]
        return self.parser(reply, **{name: given[name] for name in wanted if name in given})


@cache
def _reply_text(venue: str, function: str) -> str:
    (case,) = (case for case in CASES if (case.venue, case.function) == (venue, function))
    whole = recorded(venue, case.source) if isinstance(case.source, str) else case.source
    return json.dumps(shortened(whole if case.message is None else whole[case.message]))


def shortened(value: object) -> object:
    """The same, with at most ``ROWS_KEPT`` members of every list of lists or objects."""
    if isinstance(value, dict):
        return {key: shortened(member) for key, member in value.items()}
    if isinstance(value, list):
        nested = bool(value) and isinstance(value[0], dict | list)
        return [shortened(member) for member in (value[:ROWS_KEPT] if nested else value)]
    return value


CASES = (
    Case("binance", "parse_instruments", "instruments.rest", ""),
    Case("binance", "parse_funding_intervals", "funding-info.rest-docs", "BLZUSDT"),
    Case("binance", "parse_candles", "candles-1m.rest", "BTCUSDT"),
    Case("binance", "parse_candle_push", "candles-1m.ws", "CTKUSDT", 0),
    Case("binance", "parse_open_interest", "open-interest.rest", "BTCUSDT"),
    Case("binance", "parse_open_interest_history", "open-interest-history.rest", "BTCUSDT"),
    Case("binance", "parse_marks", "mark-price.rest", "ETHUSDT"),
    Case("binance", "parse_mark_push", "mark-price-all.ws", "BTCUSDT"),
    Case("binance", "parse_book", "order-book.rest", "SUSHIUSDT"),
    Case("binance", "parse_liquidation_push", "liquidations.ws", "BTCUSDT", 0),
    Case("binance", "parse_margin_tiers", "leverage-tiers.rest", "BTCUSDT"),
    Case("binance", "parse_ratios", "long-short-ratio.rest-docs", "BTCUSDT"),
    Case("binance", "parse_taker_ratios", "long-short-ratio-taker.rest-docs", "BTCUSDT"),
    Case("bybit", "parse_instruments", "instruments.rest", ""),
    Case("bybit", "parse_candles", "candles.rest", "BTCUSDT"),
    Case("bybit", "parse_candle_push", "candles.ws-docs", "BTCUSDT"),
    Case("bybit", "parse_open_interest", "tickers.rest", "BTCUSDT"),
    Case("bybit", "parse_open_interest_push", "tickers-live.ws", "BTCUSDT", 0),
    Case("bybit", "parse_open_interest_history", "open-interest.rest", "BTCUSDT"),
    Case("bybit", "parse_marks", "tickers.rest", "BTCUSDT"),
    Case("bybit", "parse_mark_push", "tickers-live.ws", "BTCUSDT", 0),
    Case("bybit", "parse_book", "order-book.rest", "BTCUSDT"),
    Case("bybit", "parse_liquidation_push", "liquidations-live.ws", "ICPUSDT", 0),
    Case("bybit", "parse_margin_tiers", "leverage-tiers.rest", "0GUSDT"),
    Case("bybit", "parse_ratios", "long-short-ratio.rest", "ETHUSDT"),
    Case("bybit", "parse_trades", "trades.rest", "BTCUSDT"),
    Case("bybit", "parse_trade_push", "trades.ws", "LTCUSDT", 1),
    Case("okx", "parse_instruments", "instruments-recent.rest", ""),
    Case("okx", "parse_candles", "candles.rest", "BTC-USDT-SWAP", contract_size=0.01),
    Case(
        "okx",
        "parse_candle_push",
        {
            "arg": {"channel": "candle1m", "instId": "BTC-USDT-SWAP"},
            "data": [["1662716640000", "207", "208", "206", "207", "9", "7", "842", "0"]],
        },
        "BTC-USDT-SWAP",
    ),
    Case("okx", "parse_open_interest", "open-interest.rest", "BTC-USDT-SWAP"),
    Case("okx", "parse_open_interest_history", OKX_TABLE, "BTC-USDT-SWAP"),
    Case("okx", "parse_marks", "mark-price.rest", "BTC-USDT-SWAP"),
    Case("okx", "parse_funding", "funding.rest", "BTC-USDT-SWAP"),
    Case("okx", "parse_index", "mark-index-funding.ws", "WNCG-USDT-SWAP", 1),
    Case("okx", "parse_book", "order-book.rest", "BTC-USDT-SWAP", contract_size=0.01),
    Case("okx", "parse_liquidations", "liquidations.rest", "BTC-USDT-SWAP", contract_size=0.01),
    Case("okx", "parse_margin_tiers", "leverage-tiers.rest", "BTC-USDT-SWAP"),
    Case("okx", "parse_ratios", "long-short-ratio.rest-docs", "BTC-USDT-SWAP"),
    Case("okx", "parse_taker_ratios", OKX_TABLE, "BTC-USDT-SWAP"),
    Case("okx", "parse_trades", "trades-btc.ws", "BTC-USDT-SWAP"),
    Case("dydx", "parse_instruments", "instruments.rest", ""),
    Case("dydx", "parse_candles", "candles.rest", "BTC-USD"),
    Case("dydx", "parse_open_interest_history", "candles.rest", "BTC-USD"),
    Case("dydx", "parse_open_interest", "instruments.rest", "BTC-USD"),
    Case("dydx", "parse_open_interest_push", "tickers.ws", "ETH-USD", 1),
    Case("dydx", "parse_marks", "instruments.rest", "BTC-USD"),
    Case("dydx", "parse_mark_push", "tickers.ws", "ETH-USD", 2),
    Case("dydx", "parse_book", "order-book.rest", "BTC-USD"),
    Case("dydx", "parse_margin_tiers", "instruments.rest", "BTC-USD"),
    Case("dydx", "parse_liquidations", "liquidations.rest", "BTC-USD"),
    Case("dydx", "parse_liquidation_push", "liquidations-live.ws", "BTC-USD", 0),
    Case("dydx", "parse_trades", "trades.rest", "BTC-USD"),
    Case("dydx", "parse_trade_push", "liquidations.ws", "BTC-USD", 0),
    Case("bitget", "parse_instruments", "instruments.rest-v2-docs", ""),
    Case("bitget", "parse_candles", "candles.rest-v2", "BTCUSDT"),
    Case("bitget", "parse_candle_push", "candles-snapshot.ws-v1", "BTCUSDT"),
    Case("bitget", "parse_open_interest", "tickers.rest-v3", "BTCUSDT"),
    Case("bitget", "parse_marks", "tickers.rest-v3", "BTCUSDT"),
    Case("bitget", "parse_mark_push", "tickers.ws-v3", "BTCUSDT", 0),
    Case("bitget", "parse_funding", "funding.rest-v3", "BTCUSDT"),
    Case("bitget", "parse_book", "order-book.rest-v3-docs", "BTCUSDT"),
    Case("bitget", "parse_liquidations", BITGET_LIQUIDATIONS, "BTCUSDT"),
    Case("bitget", "parse_liquidation_push", "liquidations.ws-v3", "APEUSDT", 0),
    Case("bitget", "parse_margin_tiers", "leverage-tiers.rest-v3", "BTCUSDT"),
    Case("bitget", "parse_ratios", BITGET_RATIOS, "BTCUSDT"),
    Case("bitget", "parse_taker_ratios", BITGET_RATIOS, "BTCUSDT"),
    Case("bitget", "parse_trades", "trades.rest-v3", "BTCUSDT"),
    Case("bitget", "parse_trade_push", "trades.ws-v3", "BTCUSDT", 0),
    Case("gate", "parse_instruments", "instruments-recent.rest", ""),
    Case("gate", "parse_candles", "candles.rest-docs", "BTC_USDT", contract_size=0.0001),
    Case("gate", "parse_candle_push", "candles-btc.ws", "BTC_USDT", contract_size=0.0001),
    Case("gate", "parse_open_interest", "instruments-recent.rest", "BTC_USDT"),
    Case("gate", "parse_open_interest_history", "contract-stats.rest", "BTC_USDT"),
    Case("gate", "parse_marks", "instruments-recent.rest", "BTC_USDT"),
    Case("gate", "parse_mark_push", "tickers-btc.ws", "BTC_USDT"),
    Case("gate", "parse_book", "order-book-btc.rest", "BTC_USDT", contract_size=0.0001),
    Case("gate", "parse_liquidations", "liquidations.rest", "LSK_USDT"),
    Case("gate", "parse_liquidation_push", GATE_LIQUIDATION, "BTC_USDT"),
    Case("gate", "parse_margin_tiers", "leverage-tiers.rest", "BTC_USDT"),
    Case("gate", "parse_ratios", "contract-stats.rest", "BTC_USDT"),
    Case("gate", "parse_trades", "trades.rest-docs", "BTC_USDT"),
    Case("gate", "parse_trade_push", "trades.ws", "ETH_USDT", 1),
    Case("htx", "parse_instruments", "instruments-recent.rest", ""),
    Case("htx", "parse_candles", "candles.rest-docs", "BTC-USDT", contract_size=0.001),
    Case("htx", "parse_candle_push", "candles.ws", "BTC-USDT", contract_size=0.001),
    Case("htx", "parse_open_interest", "open-interest-recent.rest", "BTC-USDT"),
    Case(
        "htx", "parse_open_interest_history", "open-interest-history.rest-docs", "BTC-USDT-211210"
    ),
    Case("htx", "parse_marks", "mark-candles.rest-docs", "BTC-USDT"),
    Case("htx", "parse_index", "index-price.rest-docs", "BTC-USDT"),
    Case("htx", "parse_funding", "funding.rest-v5", "BTC-USDT"),
    Case("htx", "parse_funding_push", "funding.ws", "BTC-USDT"),
    Case("htx", "parse_book", "order-book.rest", "BTC-USDT", contract_size=0.001),
    Case("htx", "parse_liquidations", "liquidations.rest-v5", "BTC-USDT", contract_size=0.001),
    Case("htx", "parse_liquidation_push", "liquidations-live.ws", "ETH-USDT", 0),
    Case("htx", "parse_margin_tiers", "leverage-tiers-adjust-factor.rest-docs", "BTC-USDT-211210"),
    Case("htx", "parse_ratios", "long-short-ratio-accounts.rest-docs", "BTC-USDT"),
    Case("htx", "parse_trade_push", "trades.ws", "EOS-USDT", 0),
    Case("hyperliquid", "parse_instruments", "tickers.rest", ""),
    Case("hyperliquid", "parse_candles", "candles-1m.rest", "BTC"),
    Case("hyperliquid", "parse_candle_push", "candles.ws-docs", "HYPE"),
    Case("hyperliquid", "parse_open_interest", "tickers.rest", "BTC"),
    Case("hyperliquid", "parse_open_interest_push", "tickers.ws", "MOODENG", 0),
    Case("hyperliquid", "parse_marks", "tickers.rest", "BTC"),
    Case("hyperliquid", "parse_mark_push", "tickers.ws", "MOODENG", 0),
    Case("hyperliquid", "parse_book", "order-book.rest", "DYDX"),
    Case("hyperliquid", "parse_book_push", "order-book.ws", "BANANA", 1),
    Case("hyperliquid", "parse_liquidation_fills", "liquidations.rest", "HYPE"),
    Case("hyperliquid", "parse_liquidation_push", "liquidations.ws", "BTC"),
    Case("hyperliquid", "parse_margin_tiers", "leverage-tiers.rest", "MATIC"),
    Case("hyperliquid", "parse_trades", HYPERLIQUID_TRADES, "FXS"),
    Case("hyperliquid", "parse_trade_push", "trades.ws", "FXS", 0),
)
