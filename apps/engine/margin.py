"""The price at which a leveraged position is force-closed (model note §1).

A linear (USDT-margined) position of size Q opened at E with leverage L holds Q·E/L of margin and
is closed when equity falls to the maintenance margin m·Q·P plus the fee f·Q·P a venue reserves::

    long   E·(1 − 1/L) / (1 − m − f)          short   E·(1 + 1/L) / (1 + m + f)

An inverse (coin-margined) position is the same argument in 1/P. The numerator alone is the
bankruptcy price, where nothing of the margin is left: that is the simple formula of many maps
(``formula="brief"``), always too far away by about m. Older Bybit texts value the maintenance
margin at entry (``formula="entry"``): E·(1 ∓ 1/L ± m).
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from apps.engine.records import FloatArray, Side

Kind = Literal["linear", "inverse"]
Formula = Literal["exact", "brief", "entry"]


def liquidation_price(
    entry_price: ArrayLike,
    leverage: ArrayLike,
    maintenance_margin_rate: ArrayLike,
    side: Side,
    *,
    fee_rate: ArrayLike = 0.0,
    kind: Kind = "linear",
    formula: Formula = "exact",
) -> FloatArray:
    """Mark price at which an isolated position is force-closed, USD; arguments broadcast.

    A long at 1× linear gets 0, a short at 1× inverse gets infinity: they are never closed.
    ``brief`` and ``entry`` are simple forms in the entry price and ignore ``kind``. Raises
    ``ValueError`` for leverage below 1, rates outside [0, 1) and unknown names. Model note §1.1.

    >>> float(liquidation_price(90_000, 10, 0.004, Side.LONG, formula="brief"))
    81000.0
    """
    entry = np.asarray(entry_price, dtype=np.float64)
    margin = 1.0 / _checked_leverage(leverage)
    buffer = _checked_rate(np.asarray(maintenance_margin_rate) + np.asarray(fee_rate))
    sign = -1.0 if Side(side) is Side.LONG else 1.0
    if formula == "brief":
        return entry * (1.0 + sign * margin)
    if formula == "entry":
        return entry * (1.0 + sign * (margin - buffer))
    if formula != "exact":
        raise ValueError(f"unknown liquidation formula {formula!r}")
    if kind == "linear":
        return entry * (1.0 + sign * margin) / (1.0 + sign * buffer)
    if kind != "inverse":
        raise ValueError(f"unknown contract kind {kind!r}")
    with np.errstate(divide="ignore"):
        return entry * (1.0 - sign * buffer) / (1.0 - sign * margin)


def bankruptcy_price(entry_price: ArrayLike, leverage: ArrayLike, side: Side) -> FloatArray:
    """Price at which a linear position's margin is used up, USD. Model note §1.3."""
    return liquidation_price(entry_price, leverage, 0.0, side)


def _checked_leverage(leverage: ArrayLike) -> FloatArray:
    values = np.asarray(leverage, dtype=np.float64)
    if not np.all(values >= 1.0):
        raise ValueError("leverage must be at least 1")
    return values


def _checked_rate(rate: ArrayLike) -> FloatArray:
    values = np.asarray(rate, dtype=np.float64)
    if not np.all((values >= 0.0) & (values < 1.0)):
        raise ValueError("maintenance margin and fee rates must lie in [0, 1)")
    return values
