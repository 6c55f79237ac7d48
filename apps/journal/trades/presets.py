"""The exports that are read without a question, by the names of their columns.

Names as the venues write them, in any case, with or without ``(UTC)`` behind a time:

* Binance, futures trade history: ``Uid, Time, Symbol, Side, Price, Quantity, Amount, Fee, Realized
  Profit, Buyer, Maker, Trade ID, Order ID``; the older ``Date(UTC), Symbol, Side, Price, Quantity,
  Amount, Fee, [Fee Coin,] Realized Profit, [Quote Asset]``; and ``userTrades`` of its API.
* Bybit, transaction log of a unified account: ``[Uid,] Currency, Contract, Type, Direction,
  Quantity, Position, Filled Price, Funding, Fee Paid, Cash Flow, Change, Wallet Balance, Action,
  [OrderId, TradeId,] Time``, of which ``SETTLEMENT`` is funding; and ``execution/list`` of its API.
* OKX, trading history: ``id, Order id, Time, Trade Type, Symbol, Action, Amount, Trading Unit,
  Filled Price, [Filled Price Unit,] PnL, Fee, Fee Unit, Position Change, Position Balance, …``; and
  ``fills-history`` of its API. Amounts in contracts are multiplied by the contract's value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

REQUIRED = ("time", "symbol", "side", "price", "size")
OPTIONAL = (
    "fee", "fee_currency", "funding", "currency", "trade_id", "unit", "kind", "settled_in",
)  # fmt: skip
CONTRACT_VALUES = {
    "BTC-USDT-SWAP": "0.01", "ETH-USDT-SWAP": "0.1", "SOL-USDT-SWAP": "1", "XRP-USDT-SWAP": "100",
    "DOGE-USDT-SWAP": "1000", "ADA-USDT-SWAP": "100",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preset:
    """How one export is read. ``columns`` holds for each of our fields the names it may have.

    ``mark`` is a column that only this export has. Of a file with a column of kinds, ``trades`` are
    executions and ``settlements`` funding; other lines are left aside. A line whose side says
    "funding" is funding too.
    """

    name: str
    venue: str
    label: str
    mark: str
    columns: Mapping[str, tuple[str, ...]]
    fees_are_negative: bool = False
    in_contracts: bool = False
    trades: tuple[str, ...] = ()
    settlements: tuple[str, ...] = field(default=())

    def places(self, header: tuple[str, ...]) -> dict[str, int]:
        """Where our fields stand in a headline."""
        names = [plain(name) for name in header]
        found = {
            ours: next((names.index(name) for name in theirs if name in names), None)
            for ours, theirs in self.columns.items()
        }
        return {ours: at for ours, at in found.items() if at is not None}


PRESETS = (
    Preset(
        "binance", "binance", "Binance · futures trade history", "realized profit",
        {"time": ("time", "date"), "symbol": ("symbol",), "side": ("side",), "price": ("price",),
         "size": ("quantity", "qty"), "fee": ("fee",), "fee_currency": ("fee coin", "fee asset"),
         "currency": ("quote asset",), "trade_id": ("trade id", "tradeid")},
    ),
    Preset(
        "binance-api", "binance", "Binance · userTrades", "realizedpnl",
        {"time": ("time",), "symbol": ("symbol",), "side": ("side",), "price": ("price",),
         "size": ("qty",), "fee": ("commission",), "fee_currency": ("commissionasset",),
         "trade_id": ("id",)},
    ),
    Preset(
        "bybit", "bybit", "Bybit · transaction log", "cash flow",
        {"time": ("time", "tradedtime"), "symbol": ("contract",), "side": ("direction",),
         "price": ("filled price",), "size": ("quantity",), "fee": ("fee paid",),
         "funding": ("funding",), "currency": ("currency",), "settled_in": ("currency",),
         "trade_id": ("tradeid", "trade id"), "kind": ("type",)},
        fees_are_negative=True, trades=("trade", "liquidation", "adl"), settlements=("settlement",),
    ),
    Preset(
        "bybit-api", "bybit", "Bybit · execution list", "execqty",
        {"time": ("exectime",), "symbol": ("symbol",), "side": ("side",), "price": ("execprice",),
         "size": ("execqty",), "fee": ("execfee",), "fee_currency": ("feecurrency",),
         "trade_id": ("execid",), "kind": ("exectype",)},
        trades=("trade", "busttrade", "adltrade"),
    ),
    Preset(
        "okx", "okx", "OKX · trading history", "trading unit",
        {"time": ("time",), "symbol": ("symbol",), "side": ("action",), "price": ("filled price",),
         "size": ("amount",), "unit": ("trading unit",), "fee": ("fee",),
         "fee_currency": ("fee unit",), "trade_id": ("id",), "kind": ("trade type",),
         "settled_in": ("balance unit",), "funding": ("balance change",)},
        fees_are_negative=True,
        trades=("swap", "futures", "perpetual", "perpetual swap", "perpetual futures",
                "expiry futures"),
    ),
    Preset(
        "okx-api", "okx", "OKX · fills history", "fillpx",
        {"time": ("filltime", "ts"), "symbol": ("instid",), "side": ("side",),
         "price": ("fillpx",), "size": ("fillsz",), "fee": ("fee",), "fee_currency": ("feeccy",),
         "trade_id": ("billid", "tradeid"), "kind": ("insttype",)},
        fees_are_negative=True, in_contracts=True, trades=("swap", "futures"),
    ),
)  # fmt: skip
BY_NAME = {preset.name: preset for preset in PRESETS}


def plain(name: str) -> str:
    """A column's name without its case and what stands in brackets.

    >>> plain("Date(UTC)"), plain(" Filled Price ")
    ('date', 'filled price')
    """
    return re.sub(r"\s*\(.*?\)\s*", "", name).strip().lower()


def guess(header: tuple[str, ...]) -> Preset | None:
    """The export that this headline belongs to."""
    names = {plain(name) for name in header}
    for preset in PRESETS:
        if preset.mark in names and all(one in preset.places(header) for one in REQUIRED):
            return preset
    return None
