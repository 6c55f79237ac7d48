"""The simulated coins and venues, and the customs of those who trade there.

Axes used throughout the package: market ``m``; instrument ``i = m * VENUES + v``; book
``k = 2 * i + side`` with side 0 long, 1 short. ``SIGN[k]`` is +1 for longs and -1 for shorts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.records import InstrumentInfo

type FloatArray = NDArray[np.float64]
type IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coin:
    """One market: its price at the start, how it moves, how deep its books are."""

    base: str
    price: float  # USD
    beta: float  # to the common factor
    own_sigma: float  # per minute, natural log, what the factor does not explain
    usd_per_bp: float  # of forced market orders, to move the price by one basis point
    open_interest: tuple[float, ...]  # base coin, one side, per venue


VENUE_NAMES = ("binance", "bybit", "hyperliquid")
COINS = (
    Coin("BTC", 63_000.0, 1.0, 0.00011, 30e6, (100_000.0, 30_000.0, 30_000.0)),
    Coin("ETH", 1_700.0, 1.25, 0.00025, 11e6, (1_900_000.0, 600_000.0, 700_000.0)),
    Coin("SOL", 72.0, 1.45, 0.00038, 3.5e6, (9_000_000.0, 3_500_000.0, 4_200_000.0)),
)
SYMBOLS = {"binance": "{}USDT", "bybit": "{}USDT", "hyperliquid": "{}"}
QUOTES = {"binance": "USDT", "bybit": "USDT", "hyperliquid": "USD"}

MARKETS, VENUES = len(COINS), len(VENUE_NAMES)
INSTRUMENTS, BOOKS = MARKETS * VENUES, 2 * MARKETS * VENUES
SIGN: FloatArray = np.tile([1.0, -1.0], INSTRUMENTS)
MARKET_OF_BOOK: IntArray = np.repeat(np.arange(MARKETS), 2 * VENUES)

INFOS = tuple(
    InstrumentInfo(venue, SYMBOLS[venue].format(coin.base), coin.base, QUOTES[venue])
    for coin in COINS
    for venue in VENUE_NAMES
)

# Notional cap of the tier (USD), maintenance margin rate, greatest leverage in the tier.
TIERS: dict[tuple[str, str], tuple[tuple[float, float, float], ...]] = {
    ("binance", "BTC"): (
        (300e3, 0.004, 125), (800e3, 0.005, 100), (3e6, 0.0065, 75), (12e6, 0.01, 50),
        (70e6, 0.02, 25),
    ),
    ("binance", "ETH"): (
        (300e3, 0.004, 125), (800e3, 0.005, 100), (3e6, 0.0065, 75), (12e6, 0.01, 50),
        (50e6, 0.02, 25),
    ),
    ("binance", "SOL"): (
        (50e3, 0.005, 100), (400e3, 0.0065, 75), (1e6, 0.01, 50), (4e6, 0.02, 25),
        (8e6, 0.025, 20),
    ),
    ("bybit", "BTC"): ((300e3, 0.0033, 100), (2e6, 0.005, 100), (2.6e6, 0.0056, 75)),
    ("bybit", "ETH"): ((300e3, 0.004, 100), (2e6, 0.0055, 75), (6e6, 0.01, 50)),
    ("bybit", "SOL"): ((200e3, 0.005, 100), (1e6, 0.0075, 50), (4e6, 0.015, 25)),
    ("hyperliquid", "BTC"): ((150e6, 0.0125, 40), (1e9, 0.025, 20)),
    ("hyperliquid", "ETH"): ((100e6, 0.02, 25), (1e9, 0.0333, 15)),
    ("hyperliquid", "SOL"): ((70e6, 0.025, 20), (1e9, 0.05, 10)),
}  # fmt: skip

# Share of the standing open interest held at each leverage: few stops, round numbers preferred.
LEVERAGES: FloatArray = np.array([2, 3, 5, 7, 10, 12.5, 15, 20, 25, 33, 40, 50, 75, 100, 125])
OFFSHORE_SHARES = (
    0.104, 0.164, 0.185, 0.055, 0.142, 0.031, 0.035, 0.110, 0.062, 0.021, 0.014, 0.032, 0.011,
    0.006, 0.004,
)  # fmt: skip
ON_CHAIN_SHARES = (
    0.174, 0.299, 0.278, 0.056, 0.097, 0.0, 0.028, 0.028, 0.010, 0.0, 0.005, 0.0, 0.0, 0.0, 0.0,
)  # fmt: skip
SHARES = {"binance": OFFSHORE_SHARES, "bybit": OFFSHORE_SHARES, "hyperliquid": ON_CHAIN_SHARES}

HEDGED_SHARE = 0.25  # of open interest: held against spot, unlevered, out of reach
MEAN_LIFE_MIN: FloatArray = 28.9 * 1440 * (3 / LEVERAGES) ** 1.25  # before closing by choice
STANDING_PER_BOOK = 5_000  # positions, when births and deaths balance


@dataclass(frozen=True, slots=True)
class Tiers:
    """Margin tiers of all instruments, (I, tiers); unused ones end the rows, without leverage."""

    cap_usd: FloatArray
    rate: FloatArray
    deduction_usd: FloatArray
    max_leverage: FloatArray


def _tiers() -> Tiers:
    rows = [TIERS[info.venue, info.base] for info in INFOS]
    width = max(len(row) for row in rows)
    padded = np.array([[*row, *[(np.inf, row[-1][1], 0.0)] * (width - len(row))] for row in rows])
    cap, rate, leverage = np.moveaxis(padded, 2, 0)
    steps = np.where(np.isfinite(cap), cap, 0)[:, :-1] * np.diff(rate, axis=1)
    deduction = np.concatenate([np.zeros((INSTRUMENTS, 1)), steps.cumsum(axis=1)], axis=1)
    return Tiers(cap, rate, deduction, leverage)


def _standing_shares() -> FloatArray:
    """(I, leverages): what may be chosen there, summing to one."""
    shares = np.array([SHARES[info.venue] for info in INFOS])
    shares *= MARGIN.max_leverage.max(axis=1)[:, None] >= LEVERAGES
    return shares / shares.sum(axis=1, keepdims=True)


MARGIN = _tiers()
STANDING = _standing_shares()
DEATHS_PER_MIN: FloatArray = (STANDING / MEAN_LIFE_MIN).sum(axis=1)  # (I,) per standing position
OPENING: FloatArray = STANDING / MEAN_LIFE_MIN / DEATHS_PER_MIN[:, None]
LEVERED: FloatArray = np.array([q for coin in COINS for q in coin.open_interest]) * (
    1 - HEDGED_SHARE
)
MEAN_SIZE: FloatArray = LEVERED / STANDING_PER_BOOK  # (I,) base coin of one position
HEDGED: FloatArray = LEVERED * HEDGED_SHARE / (1 - HEDGED_SHARE)
