"""The worked examples on the page about the model."""

import numpy as np

from apps.engine.margin import liquidation_price
from apps.engine.records import Side

ENTRY_SGD = 90_000.0
EXAMPLES = ((5.0, 0.010), (10.0, 0.008), (25.0, 0.0065), (50.0, 0.005), (100.0, 0.004))
"""Leverage, and the maintenance margin rate it is usually offered with (model note §1.5)."""


def long_examples() -> list[tuple[str, str, str]]:
    """Leverage, and where a long from S$90,000 is closed: simply, and by our formula."""
    leverage, rate = np.array(EXAMPLES).T
    simple = liquidation_price(ENTRY_SGD, leverage, rate, Side.LONG, formula="brief")
    exact = liquidation_price(ENTRY_SGD, leverage, rate, Side.LONG)
    rows = zip(leverage, simple, exact, strict=True)
    return [(f"{one:g}", f"{brief:,.0f}", f"{ours:,.0f}") for one, brief, ours in rows]
