"""A read as one plain row and back: the same columns in every export."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.journal.models import Read

FIELDS = {
    field.name: field for field in Read._meta.concrete_fields if field.name not in ("id", "user")
}
COLUMNS = tuple(FIELDS)
LATER = (
    "fresh",
    "unrest",
    "trend",
    "said_ran_on",
    "said_overshoot",
    "said_liquidated_usd",
    "said_r",
)  # older files go without them
MOST_FROZEN = 100_000  # characters
LAST_MS = 1 << 47  # in the year 6429
LARGEST = 1e15
POSITIVE = ("low", "high", "price", "horizon_ms", "entry", "stop", "target", "next_price")
BOOLEANS = {"true": True, "false": False}


class BadRow(ValueError):
    """A row that is no read; the message is one sentence that names the column."""


def told_of(read: Read) -> dict[str, Any]:
    """Text, numbers and None by column; what the map said then is an object."""
    return {name: getattr(read, name) for name in COLUMNS} | {"public": str(read.public)}


def row_of(read: Read) -> dict[str, Any]:
    """The same with what the map said then as JSON text."""
    return told_of(read) | {"frozen": json_text(read.frozen)}


def json_text(value: Any) -> str:
    """Compact JSON, always in the same order."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_of(row: Mapping[str, Any], user: User) -> Read:
    """The read, not saved, that ``row_of`` told of; ``BadRow`` for anything else."""
    told = [name for name in COLUMNS if name in row or name not in LATER]
    if missing := [name for name in told if name not in row]:
        raise BadRow(_("The column “%s” is missing.") % missing[0])
    values = {}
    for name in told:
        try:
            values[name] = _value(FIELDS[name], row[name])
        except (TypeError, ValueError, KeyError, OverflowError, ValidationError) as error:
            raise BadRow(_("“%s” holds what it cannot mean.") % name) from error
    read = Read(user=user, **values)
    try:
        read.clean_fields(exclude=["user"])
    except ValidationError as error:
        raise BadRow(_("“%s” holds what it cannot mean.") % next(iter(error.error_dict))) from error
    amounts = [getattr(read, name) for name in POSITIVE]
    if any(value is not None and value <= 0 for value in amounts) or read.low > read.high:
        raise BadRow(_("A price or a time is not positive."))
    if read.stop is not None and read.stop == read.entry:
        raise BadRow(_("The stop is the entry."))
    return read


def _value(field: models.Field, told: Any) -> Any:
    """A cell as the column's own kind; an empty one is None where there may be nothing."""
    if isinstance(field, models.BooleanField):
        return BOOLEANS[str(told).lower()]
    if isinstance(field, models.JSONField):
        return _json(told)
    if isinstance(field, models.FloatField | models.BigIntegerField) and told in (None, ""):
        if not field.null:
            raise ValueError(field.name)
        return None
    if isinstance(field, models.FloatField):
        return _finite(float(told))
    if isinstance(field, models.BigIntegerField):
        whole = int(told)
        if isinstance(told, bool) or whole != float(told) or not 0 <= whole < LAST_MS:
            raise ValueError(field.name)
        return whole
    if told is None or "\x00" in str(told):
        raise ValueError(field.name)
    str(told).encode()  # half of a character is a ValueError too
    return field.to_python(told) if isinstance(field, models.UUIDField) else str(told)


def _finite(number: float) -> float:
    if not abs(number) <= LARGEST:
        raise ValueError(number)
    return number


def _json(told: Any) -> dict[str, Any]:
    text = told if isinstance(told, str) else json.dumps(told)
    if len(text) > MOST_FROZEN or "\\u0000" in text:
        raise ValueError("frozen")
    value = json.loads(text, parse_constant=_refuse)
    json_text(value).encode()
    if not isinstance(value, dict):
        raise TypeError("frozen")
    return value


def _refuse(constant: str) -> float:
    raise ValueError(constant)
