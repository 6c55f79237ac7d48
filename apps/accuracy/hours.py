"""One hour as rows: what was foretold of it at its start, beside what was liquidated in it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.accuracy.heard import HOUR_MS, Telling
from apps.accuracy.models import ScoredHour
from apps.accuracy.walking import MAP, Carried
from apps.accuracy.way import Prints, zones_of
from apps.engine.intervals import paths_by_interval
from apps.engine.records import Bars, Side
from apps.markets.models import Feed, Market
from apps.markets.source import source_of

ALL = ""  # the venue that stands for all of them
HEARD = 1.0 - 1e-9  # share of the minutes that an hour needs


@dataclass(frozen=True, slots=True)
class Hour:
    """All that is known of one hour of a market."""

    start_ms: int
    before: Carried  # the walks at its start
    after: Carried  # at its end, with its bars in their record
    bars: Bars  # of the hour
    day: Bars  # and of the day before
    prints: Prints
    coverage: dict[str, float]


def rows_of(market: Market, feed: Feed, telling: Telling, hour: Hour) -> list[ScoredHour]:
    """A row for each venue that tells liquidations, and one for all of them, also for none."""
    groups = [(venue, (venue,), telling.completeness[venue]) for venue in telling.venues]
    groups.append((ALL, telling.venues, telling.together))
    return [
        ScoredHour(
            source=source_of(feed),
            feed=feed.kind,
            market=market.slug,
            venue=venue,
            parameters=hour.before.walks[MAP].parameters.version,
            start_ms=hour.start_ms,
            venues=list(venues),
            completeness=completeness,
            **_heard(hour, venues),
            **{f"{side.name.lower()}_usd": hour.prints.usd_of(venues, side) for side in Side},
            **_foretold(hour, venues),
        )
        for venue, venues, completeness in groups
    ]


def _heard(hour: Hour, venues: tuple[str, ...]) -> dict[str, Any]:
    coverage = min((hour.coverage[venue] for venue in venues), default=0.0)
    return {"coverage": coverage, "is_usable": coverage >= HEARD}


def _foretold(hour: Hour, venues: tuple[str, ...]) -> dict[str, Any]:
    """Predictions, the price path, and where it was bright; nothing of an hour without bars."""
    if not len(hour.bars) or not venues:
        return {}
    walk = hour.before.walks[MAP]
    rows = [walk.venues.index(venue) for venue in venues]
    path = paths_by_interval(
        hour.day.end_ms,
        *(getattr(hour.day, name)[rows[0]] for name in ("open", "high", "low", "volume")),
        np.array([hour.start_ms]),
        HOUR_MS,
    )
    prices = {name: float(getattr(path, name)[0]) for name in ("open", "high", "low")}
    return {
        "predicted": {
            name: after.predicted_usd[:, rows].sum(axis=(0, 1)).tolist()
            for name, after in hour.after.walks.items()
        },
        **{name: value if np.isfinite(value) else None for name, value in prices.items()},
        "volume": float(path.volume[0]),
        "past_volume": float(path.past_volume[0]),
        "zones": zones_of(walk, hour.bars, hour.prints, venues),
    }
