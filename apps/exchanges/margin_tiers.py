"""Margin tiers: a venue writes how far each goes, and together they make a stack."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from math import inf

from apps.exchanges.numbers import BadPayload
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instrument, MarginTier


def margin_tier(
    row: Payload,
    instrument: Instrument,
    *,
    cap_usd: float | None,
    maintenance: float,
    max_leverage: float,
    as_of_ms: int,
    initial: float | None = None,
    amount_usd: float = 0.0,
) -> MarginTier:
    """A tier from its upper end, rates as fractions; ``stacked`` gives it its lower end."""
    if not 0 < maintenance < 1:
        raise BadPayload(f"{row} has a maintenance margin of {maintenance}, not a fraction.")
    return MarginTier(
        instrument=instrument.slug,
        notional_floor_usd=0.0,
        notional_cap_usd=cap_usd,
        maintenance_margin_rate=maintenance,
        max_leverage=max_leverage,
        as_of_ms=as_of_ms,
        initial_margin_rate=initial,
        maintenance_amount_usd=amount_usd,
    )


def stacked(tiers: Iterable[MarginTier]) -> list[MarginTier]:
    """Each instrument's tiers from the lowest up, every one beginning where the last ends."""
    stack: list[MarginTier] = []
    ordered = sorted(tiers, key=lambda t: (t.instrument, _cap(t)))
    for _, group in groupby(ordered, key=lambda t: t.instrument):
        floor = 0.0
        for tier in group:
            if _cap(tier) <= floor:
                raise BadPayload(f"{tier.instrument} has two margin tiers that end at {floor:g}.")
            stack.append(replace(tier, notional_floor_usd=floor))
            floor = _cap(tier)
    return stack


def _cap(tier: MarginTier) -> float:
    return inf if tier.notional_cap_usd is None else tier.notional_cap_usd
