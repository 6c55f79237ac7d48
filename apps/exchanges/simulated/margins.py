"""The margin tiers of the simulated venues.

Where a coin has no table of its own, its venue's usual one holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

type TierRow = tuple[float, float, float]
"""Notional cap of the tier (USD), maintenance margin rate, greatest leverage in the tier."""

TIERS: dict[tuple[str, str], tuple[TierRow, ...]] = {
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
    ("gate", "BTC"): (
        (500e3, 0.003, 200), (1e6, 0.0035, 150), (1.5e6, 0.004, 125), (3e6, 0.005, 100),
    ),
}  # fmt: skip
USUAL_TIERS: dict[str, tuple[TierRow, ...]] = {
    "binance": ((50e3, 0.005, 75), (400e3, 0.01, 50), (2e6, 0.02, 25), (8e6, 0.05, 10)),
    "bybit": ((100e3, 0.0075, 50), (1e6, 0.015, 25), (4e6, 0.03, 12.5)),
    "hyperliquid": ((20e6, 0.025, 20), (1e9, 0.05, 10)),
    "okx": ((500e3, 0.004, 100), (2.5e6, 0.0065, 75), (10e6, 0.01, 50), (50e6, 0.02, 25)),
    "bitget": ((150e3, 0.004, 125), (900e3, 0.005, 100), (5e6, 0.01, 50), (40e6, 0.02, 25)),
    "gate": ((200e3, 0.005, 100), (1e6, 0.0075, 75), (5e6, 0.01, 50), (20e6, 0.02, 25)),
    "htx": ((500e3, 0.005, 100), (3e6, 0.0075, 75), (20e6, 0.015, 33)),
    "dydx": ((inf, 0.012, 50),),
}


@dataclass(frozen=True, slots=True)
class Tiers:
    """Margin tiers of all instruments, (I, tiers); unused ones end the rows, without leverage."""

    cap_usd: NDArray[np.float64]
    rate: NDArray[np.float64]
    deduction_usd: NDArray[np.float64]
    max_leverage: NDArray[np.float64]


def tier_rows(venue: str, base: str) -> tuple[TierRow, ...]:
    """The tiers of one instrument, from the lowest up."""
    return TIERS.get((venue, base), USUAL_TIERS[venue])


def tiers_of(instruments: Sequence[tuple[str, str]]) -> Tiers:
    """The tiers of instruments given by venue and base, with what makes them continuous."""
    rows = [tier_rows(venue, base) for venue, base in instruments]
    width = max(len(row) for row in rows)
    padded = np.array([[*row, *[(np.inf, row[-1][1], 0.0)] * (width - len(row))] for row in rows])
    cap, rate, leverage = np.moveaxis(padded, 2, 0)
    steps = np.where(np.isfinite(cap), cap, 0)[:, :-1] * np.diff(rate, axis=1)
    deduction = np.concatenate([np.zeros((len(rows), 1)), steps.cumsum(axis=1)], axis=1)
    return Tiers(cap, rate, deduction, leverage)
