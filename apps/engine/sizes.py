"""How large a position may be: by what may be lost, by its tier, and by the clusters it aims at.

    size · |entry − stop|  =  risk

Its own liquidation price follows from the venue's real margin tiers, with the maintenance margin
m·notional − d of the tier that the size falls into (model note §1)::

    long   (E·(1 − 1/L) − d/Q) / (1 − m)          short   (E·(1 + 1/L) + d/Q) / (1 + m)

A long's d/Q moves its liquidation price away from the entry, as the tier's amount is meant to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from apps.engine.records import FloatArray, Side
from apps.engine.stops import BadPlan, Refusal, check_stop


class Tier(Protocol):
    """A venue's margin tier; ``notional_cap_usd`` None means no upper end."""

    @property
    def notional_floor_usd(self) -> float: ...
    @property
    def notional_cap_usd(self) -> float | None: ...
    @property
    def maintenance_margin_rate(self) -> float: ...
    @property
    def maintenance_amount_usd(self) -> float: ...
    @property
    def max_leverage(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Size:
    """A position whose stop loses exactly the risk."""

    base: float
    notional_usd: float
    margin_usd: float
    liquidation_price: float
    is_liquidated_first: bool  # its own liquidation price is met before the stop
    highest_leverage: float  # at which the stop is still met first; no more than the tier allows
    tier: Tier


def size_for_risk(
    *,
    side: Side,
    entry: float,
    stop: float,
    risk_usd: float,
    leverage: float,
    tiers: Sequence[Tier],
) -> Size:
    """The position that loses ``risk_usd`` at its stop; prices are USD, fees and slippage left out.

    Raises ``BadPlan`` for a stop on the wrong side, no risk, and a leverage or a size that the
    venue does not allow.

    >>> from apps.engine.sizes import FlatTier
    >>> size = size_for_risk(side=Side.LONG, entry=100.0, stop=95.0, risk_usd=50.0, leverage=10.0,
    ...                      tiers=[FlatTier(0.005, 100.0)])
    >>> size.base, size.notional_usd, size.margin_usd, round(size.liquidation_price, 4)
    (10.0, 1000.0, 100.0, 90.4523)
    """
    check_stop(side, entry, stop)
    if not (np.isfinite(risk_usd) and risk_usd > 0):
        raise BadPlan(Refusal.NO_RISK)
    if not (np.isfinite(leverage) and leverage >= 1):
        raise BadPlan(Refusal.LEVERAGE_TOO_LOW)
    base = risk_usd / abs(entry - stop)
    notional = base * entry
    tier = tier_of(notional, leverage, tiers)
    price = liquidation_price(side, entry, base, leverage, tier)
    return Size(
        base=base,
        notional_usd=notional,
        margin_usd=notional / leverage,
        liquidation_price=price,
        is_liquidated_first=price >= stop if side is Side.LONG else price <= stop,
        highest_leverage=_highest_leverage(side, entry, stop, base, tier),
        tier=tier,
    )


@dataclass(frozen=True, slots=True)
class FlatTier:
    """One rate for every size."""

    maintenance_margin_rate: float
    max_leverage: float
    notional_floor_usd: float = 0.0
    notional_cap_usd: float | None = None
    maintenance_amount_usd: float = 0.0


def tier_of(notional_usd: float, leverage: float, tiers: Sequence[Tier]) -> Tier:
    """The tier of a position: of those of its size that allow its leverage the strictest.

    Raises ``BadPlan`` when none is of its size, or none of them allows the leverage.
    """
    of_size = [tier for tier in tiers if _holds(tier, notional_usd)]
    if not of_size:
        raise BadPlan(Refusal.TOO_LARGE_FOR_THE_VENUE)
    allowed = [tier for tier in of_size if tier.max_leverage >= leverage]
    if not allowed:
        limit = max(tier.max_leverage for tier in of_size)
        raise BadPlan(Refusal.LEVERAGE_BEYOND_THE_TIER, limit=limit)
    return max(allowed, key=lambda tier: tier.maintenance_margin_rate)


def liquidation_price(side: Side, entry: float, base: float, leverage: float, tier: Tier) -> float:
    """Mark price in USD at which an isolated linear position of a tier is closed; 0 for never."""
    sign = -1.0 if side is Side.LONG else 1.0
    deducted = tier.maintenance_amount_usd / base
    numerator = entry * (1 + sign / leverage) + sign * deducted
    return max(0.0, numerator / (1 + sign * tier.maintenance_margin_rate))


def in_proportion(total: float, depths_usd: Iterable[float]) -> FloatArray:
    """A total (of risk, of size) shared out over clusters in proportion to their dollars, (N,).

    Nothing is shared where there are no dollars. Raises ``BadPlan`` for amounts below zero.

    >>> in_proportion(600.0, [340e6, 170e6, 170e6]).tolist()
    [300.0, 150.0, 150.0]
    """
    depths = np.array(list(depths_usd), dtype=np.float64)
    if not (np.isfinite(total) and total > 0):
        raise BadPlan(Refusal.NO_RISK)
    if not np.all(np.isfinite(depths) & (depths >= 0)):
        raise BadPlan(Refusal.NOT_A_NUMBER)
    whole = depths.sum()
    return total * depths / whole if whole > 0 else np.zeros(len(depths))


def _highest_leverage(side: Side, entry: float, stop: float, base: float, tier: Tier) -> float:
    """The leverage whose liquidation price is the stop, cut to [1, what the tier allows]."""
    sign = -1.0 if side is Side.LONG else 1.0
    deducted = tier.maintenance_amount_usd / base
    margin = sign * (
        (stop * (1 + sign * tier.maintenance_margin_rate) - sign * deducted) / entry - 1
    )
    if margin <= 1 / tier.max_leverage:
        return tier.max_leverage
    return max(1.0, 1 / margin)


def _holds(tier: Tier, notional_usd: float) -> bool:
    cap = np.inf if tier.notional_cap_usd is None else tier.notional_cap_usd
    return tier.notional_floor_usd <= notional_usd <= cap
