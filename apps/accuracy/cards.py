"""Scorecards: what the hours of a market, of one venue or of all, add up to so far."""

from dataclasses import asdict

import numpy as np

from apps.accuracy.heard import HOUR_MS
from apps.accuracy.measures import ZONE_FIELDS, Hours, measure
from apps.accuracy.models import Scorecard, ScoredHour
from apps.accuracy.periods import DAY_MS, LEAST_HOURS, MOST_DAYS, MOST_SCORED_DAYS
from apps.accuracy.verdicts import verdicts_of
from apps.engine.intervals import Paths
from apps.engine.parameters import MODELS

NOTHING = dict.fromkeys(ZONE_FIELDS, 0.0)


def renew_cards(rows: list[ScoredHour]) -> None:
    """Make the scorecards anew that these hours belong to; one per venue, for their last day."""
    last = {(row.source, row.market, row.venue, row.parameters): row for row in rows}
    for row in last.values():
        _renew(row)


def hours_of(rows: list[ScoredHour]) -> Hours:
    """Usable rows, rising in time, as arrays."""
    nan = float("nan")
    prices = np.array(
        [[nan if p is None else p for p in (r.open, r.high, r.low)] for r in rows]
    ).reshape(-1, 3)
    volumes = np.array([[row.volume, row.past_volume] for row in rows]).reshape(-1, 2)
    return Hours(
        starts_ms=np.array([row.start_ms for row in rows], dtype=np.int64),
        predicted={
            name: np.array([row.predicted[name] for row in rows]).reshape(-1, 2) for name in MODELS
        },
        realised=np.array([[row.long_usd, row.short_usd] for row in rows]).reshape(-1, 2),
        paths=Paths(*prices.T, *volumes.T),
        zones=np.array([_zones_of(row) for row in rows]).reshape(-1, 2, len(ZONE_FIELDS)),
    )


def _renew(row: ScoredHour) -> None:
    """The card of the day in which this hour ended."""
    until_ms = row.start_ms + HOUR_MS
    stored = ScoredHour.objects.filter(
        source=row.source,
        market=row.market,
        venue=row.venue,
        parameters=row.parameters,
        start_ms__gte=until_ms - MOST_DAYS * DAY_MS,
        start_ms__lt=until_ms,
    ).order_by("start_ms")
    every = list(stored)
    usable = [one for one in every if one.is_usable and one.predicted]
    recent = [one for one in every if one.start_ms >= until_ms - MOST_SCORED_DAYS * DAY_MS]
    told = measure(hours_of(usable)) if len(usable) >= LEAST_HOURS else {}
    Scorecard.objects.update_or_create(
        source=row.source,
        market=row.market,
        venue=row.venue,
        parameters=row.parameters,
        day_ms=row.start_ms // DAY_MS * DAY_MS,
        defaults={
            "feed": row.feed,
            "hours": len(usable),
            "lost_hours": sum(not one.is_usable for one in recent),
            "completeness": row.completeness,
            "coverage": float(np.mean([one.coverage for one in recent])),
            "told": told,
            "verdicts": [asdict(verdict) for verdict in verdicts_of(told)],
        },
    )


def _zones_of(row: ScoredHour) -> list[list[float]]:
    return [
        [row.zones.get(side, NOTHING)[name] for name in ZONE_FIELDS] for side in ("long", "short")
    ]
