"""Every hour and every zone as files, so that anybody can do the sums again."""

import json
from collections.abc import Iterable

from django.db.models import QuerySet

from apps.accuracy.measures import ZONE_FIELDS as ZONE_SUMS
from apps.accuracy.models import ScoredHour, ZoneTrial
from apps.accuracy.reaching import HORIZON_MS
from apps.engine.parameters import MODELS
from apps.markets.tables import Row, csv_of

MOST_ROWS = 10_000
HOUR_FIELDS = (
    "source", "feed", "market", "venue", "parameters", "start_ms", "completeness", "coverage",
    "is_usable", "long_usd", "short_usd", "open", "high", "low", "volume", "past_volume",
)  # fmt: skip
TRIAL_FIELDS = (
    "source", "feed", "market", "venue", "parameters", "at_ms", "side", "low", "high", "price",
    "distance", "has_dark", "covered_ms", "reached_ms", "dark_reached_ms", "is_final",
    "is_gapped",
)  # fmt: skip


def hour_rows(hours: QuerySet[ScoredHour]) -> list[Row]:
    """The newest hours, rising in time; predictions and zone sums in columns of their own."""
    newest = list(hours.order_by("-start_ms", "venue")[:MOST_ROWS])
    return [_hour_row(hour) for hour in reversed(newest)]


def zone_rows(trials: QuerySet[ZoneTrial]) -> list[Row]:
    """The newest zones, rising in time, with the horizon they were judged by."""
    newest = list(trials.order_by("-at_ms", "-pk").values(*TRIAL_FIELDS)[:MOST_ROWS])
    return [row | {"horizon_ms": HORIZON_MS} for row in reversed(newest)]


def written(rows: Iterable[Row], ending: str) -> bytes:
    """The rows as CSV, or as a list of JSON objects."""
    rows = list(rows)
    if ending == "csv":
        return csv_of(rows[0] if rows else (), rows)
    return json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _hour_row(hour: ScoredHour) -> Row:
    row = {name: getattr(hour, name) for name in HOUR_FIELDS} | {"venues": " ".join(hour.venues)}
    for name in MODELS:
        foretold = hour.predicted.get(name, (None, None))
        row |= {f"{name} {side} usd": usd for side, usd in zip(("long", "short"), foretold,
                                                              strict=True)}  # fmt: skip
    for side in ("long", "short"):
        sums = hour.zones.get(side, {})
        row |= {f"{side} zone {name}": sums.get(name) for name in ZONE_SUMS}
    return row
