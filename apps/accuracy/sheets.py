"""Every hour and every zone as files, so that anybody can do the sums again.

A file holds the newest rows, and of the instant at which it begins all or none, so an earlier file
that ends before it goes on without a seam.
"""

import json
from collections.abc import Iterable

from django.db.models import Model, QuerySet

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
    return [_hour_row(hour) for hour in _newest(hours.order_by("-start_ms", "venue"), "start_ms")]


def zone_rows(trials: QuerySet[ZoneTrial]) -> list[Row]:
    """The newest zones, rising in time, with the horizon they were judged by."""
    newest = _newest(trials.order_by("-at_ms", "-pk"), "at_ms")
    return [
        {name: getattr(trial, name) for name in TRIAL_FIELDS} | {"horizon_ms": HORIZON_MS}
        for trial in newest
    ]


def written(rows: Iterable[Row], ending: str) -> bytes:
    """The rows as CSV, or as a list of JSON objects, one to a line."""
    rows = list(rows)
    if ending == "csv":
        return csv_of(rows[0] if rows else (), rows)
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    return "[\n{}\n]\n".format(",\n".join(lines)).encode()


def _newest[Dated: Model](falling: QuerySet[Dated], instant: str) -> list[Dated]:
    found = list(falling[: MOST_ROWS + 1])
    if len(found) > MOST_ROWS:
        cut_ms = getattr(found[-1], instant)
        found = [one for one in found if getattr(one, instant) > cut_ms]
    return found[::-1]


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
