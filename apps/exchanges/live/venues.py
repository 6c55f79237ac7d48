"""The eight: one line each. To add a venue, write its three modules and add its line."""

from apps.exchanges.binance import fetch as ask_binance
from apps.exchanges.binance import stream as hear_binance
from apps.exchanges.bitget import fetch as ask_bitget
from apps.exchanges.bitget import stream as hear_bitget
from apps.exchanges.bybit import fetch as ask_bybit
from apps.exchanges.bybit import stream as hear_bybit
from apps.exchanges.dydx import fetch as ask_dydx
from apps.exchanges.dydx import stream as hear_dydx
from apps.exchanges.gate import fetch as ask_gate
from apps.exchanges.gate import stream as hear_gate
from apps.exchanges.htx import fetch as ask_htx
from apps.exchanges.htx import stream as hear_htx
from apps.exchanges.hyperliquid import fetch as ask_hyperliquid
from apps.exchanges.hyperliquid import stream as hear_hyperliquid
from apps.exchanges.live.lines import Pushes
from apps.exchanges.live.questions import Questions
from apps.exchanges.okx import fetch as ask_okx
from apps.exchanges.okx import stream as hear_okx

QUESTIONS: dict[str, Questions] = {
    "binance": ask_binance.QUESTIONS,
    "bybit": ask_bybit.QUESTIONS,
    "okx": ask_okx.QUESTIONS,
    "dydx": ask_dydx.QUESTIONS,
    "bitget": ask_bitget.QUESTIONS,
    "gate": ask_gate.QUESTIONS,
    "htx": ask_htx.QUESTIONS,
    "hyperliquid": ask_hyperliquid.QUESTIONS,
}
PUSHES: dict[str, Pushes] = {
    "binance": hear_binance.PUSHES,
    "bybit": hear_bybit.PUSHES,
    "okx": hear_okx.PUSHES,
    "dydx": hear_dydx.PUSHES,
    "bitget": hear_bitget.PUSHES,
    "gate": hear_gate.PUSHES,
    "htx": hear_htx.PUSHES,
    "hyperliquid": hear_hyperliquid.PUSHES,
}
