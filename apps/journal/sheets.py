"""Journals as files: reads as the rows of a table, which comes back as it went."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.journal.models import Read
from apps.journal.rows import FIELDS, row_of, told_of
from apps.journal.services import MOST_READS
from apps.markets.tables import Row, Table


def written(reads: Iterable[Read], ending: str) -> bytes:
    """The reads as a file of the kind whose name ends so; in JSON the frozen map is an object."""
    return READS.written(map(told_of if ending == "json" else row_of, reads), ending)


def rows_in(data: bytes) -> list[Row]:
    """The rows of a file of any of the three kinds; else ``BadFile``."""
    return READS.rows_in(data)


def _kind(field: models.Field) -> type:
    if isinstance(field, models.BooleanField):
        return bool
    if isinstance(field, models.FloatField):
        return float
    return int if isinstance(field, models.BigIntegerField) else str


READS = Table(
    name="reads",
    kinds={name: _kind(field) for name, field in FIELDS.items()},
    most_rows=MOST_READS,
    unreadable=_("This file cannot be read as a journal."),
    too_many=_("The file holds more than %d reads."),
)
