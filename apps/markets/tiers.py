"""Margin tiers: as a venue told them, else as documented or assumed, which is then said.

Of an instrument only the newest stack is kept; a venue that tells one stack for each leverage
(HTX) has several tiers with the same floor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from apps.engine.parameters import default_parameters
from apps.exchanges.documented_tiers import documented_tiers
from apps.exchanges.records import MarginTier as ToldTier
from apps.markets import models

TOLD, DOCUMENTED, ASSUMED = "told", "documented", "assumed"


@dataclass(frozen=True, slots=True)
class MarginTier:
    """What a position from ``notional_floor_usd`` on must hold.

    The maintenance margin is ``notional × maintenance_margin_rate − maintenance_amount_usd``.
    ``source`` is "told" by the venue at ``as_of_ms``, "documented" by it (and copied by hand), or
    "assumed": the engine's own table, by leverage.
    """

    notional_floor_usd: float
    notional_cap_usd: float | None  # None: no upper end
    maintenance_margin_rate: float
    maintenance_amount_usd: float
    max_leverage: float
    source: str
    as_of_ms: int | None


def load_tiers(market: models.Market, venue: str) -> tuple[MarginTier, ...]:
    """The tiers of a venue's instrument, from the lowest up; never empty.

    What the venue told, else what it documents, else what the engine assumes. Raises ``KeyError``
    for a venue that does not trade the market.
    """
    instrument = market.instruments.filter(venue=venue).order_by("slug").first()
    if instrument is None:
        raise KeyError(venue)
    if told := tuple(_tier(row, TOLD) for row in instrument.tiers.all()):
        return told
    if documented := documented_tiers(venue, instrument.symbol, instrument.slug):
        return tuple(_tier(row, DOCUMENTED) for row in documented)
    return assumed_tiers(venue)


def assumed_tiers(venue: str) -> tuple[MarginTier, ...]:
    """What the engine's walk takes for true: a rate by leverage, whatever the notional."""
    terms = default_parameters().terms_of(venue)
    tiers = [
        MarginTier(0.0, None, rate, 0.0, min(limit, terms.max_leverage), ASSUMED, None)
        for limit, rate in terms.maintenance
    ]
    return tuple(reversed(tiers))


def _tier(row: models.MarginTier | ToldTier, source: str) -> MarginTier:
    return MarginTier(
        row.notional_floor_usd,
        row.notional_cap_usd,
        row.maintenance_margin_rate,
        row.maintenance_amount_usd,
        row.max_leverage,
        source,
        row.as_of_ms,
    )


def store_tiers(rows: Iterable[ToldTier], instruments: Mapping[str, models.Instrument]) -> None:
    """Put the stacks told in the place of what each instrument had."""
    by_instrument = sorted(rows, key=attrgetter("instrument"))
    for slug, stack in groupby(by_instrument, key=attrgetter("instrument")):
        instrument = instruments[slug]
        models.MarginTier.objects.filter(instrument=instrument).delete()
        models.MarginTier.objects.bulk_create(
            models.MarginTier(
                instrument=instrument,
                as_of_ms=tier.as_of_ms,
                notional_floor_usd=tier.notional_floor_usd,
                notional_cap_usd=tier.notional_cap_usd,
                maintenance_margin_rate=tier.maintenance_margin_rate,
                maintenance_amount_usd=tier.maintenance_amount_usd,
                initial_margin_rate=tier.initial_margin_rate,
                max_leverage=tier.max_leverage,
            )
            for tier in stack
        )


def is_possible_tier(tier: ToldTier) -> bool:
    """Whether a tier's numbers can be true at all."""
    cap_usd = tier.notional_cap_usd
    return (
        0 < tier.maintenance_margin_rate < 1
        and 1 <= tier.max_leverage <= 1000
        and 0 <= tier.notional_floor_usd < float("inf")
        and (cap_usd is None or tier.notional_floor_usd < cap_usd < float("inf"))
        and 0 <= tier.maintenance_amount_usd < float("inf")
    )
