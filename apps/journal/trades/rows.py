"""A trade as one plain row and back: the same columns in every export."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.journal.rows import LAST_MS, BadRow
from apps.journal.trades.decimals import LARGEST, ExactDecimalField, exact
from apps.journal.trades.models import Trade
from apps.journal.trades.services import MOST_TRADES, gross_of
from apps.markets.tables import Row, Table

FIELDS = {
    field.name: field for field in Trade._meta.concrete_fields if field.name not in ("id", "user")
}
BOOLEANS = {"true": True, "false": False}
POSITIVE = ("entry", "exit", "size", "stop", "target", "leverage", "usd_rate")
REQUIRED = ("base", "quote")


def row_of(trade: Trade) -> Row:
    """Text, numbers and None by column; ``read`` is that read's own name."""
    row = {name: getattr(trade, name) for name in FIELDS if name != "read"}
    row["public"] = str(trade.public)
    return row | {"read": str(trade.read.public) if trade.read else ""}


def trade_of(row: Mapping[str, Any], user: User, reads: Mapping[UUID, int]) -> Trade:
    """The trade, not saved, that ``row_of`` told of; ``BadRow`` for anything else.

    ``reads`` are the person's own, by their public names; a read that is not here is forgotten.
    """
    if missing := [name for name in FIELDS if name not in row]:
        raise BadRow(_("The column “%s” is missing.") % missing[0])
    values = {}
    for name, field in FIELDS.items():
        try:
            values[name] = _value(field, row[name])
        except (TypeError, ValueError, KeyError, OverflowError, ValidationError) as error:
            raise BadRow(_("“%s” holds what it cannot mean.") % name) from error
    read = values.pop("read")
    trade = Trade(user=user, read_id=reads.get(read), **values)
    try:
        trade.clean_fields(exclude=["user", "read"])
    except ValidationError as error:
        raise BadRow(_("“%s” holds what it cannot mean.") % next(iter(error.error_dict))) from error
    _check(trade)
    return trade


def _check(trade: Trade) -> None:
    numbers = [getattr(trade, name) for name in POSITIVE]
    costs = (trade.fees, trade.funding)
    if any(number is not None and number <= 0 for number in numbers):
        raise BadRow(_("A price or a size is not positive."))
    if any(number is not None and abs(number) > LARGEST for number in (*numbers, *costs)):
        raise BadRow(_("A number is too large."))
    if trade.stop == trade.entry:
        raise BadRow(_("The stop is the entry."))
    if trade.closed_ms is not None and trade.closed_ms < trade.opened_ms:
        raise BadRow(_("It closed before it opened."))
    if not trade.is_open and (trade.exit is None or trade.gross is None):
        raise BadRow(_("A closed trade needs an exit."))
    if not trade.is_imported and trade.gross != gross_of(trade):
        raise BadRow(_("“%s” holds what it cannot mean.") % "gross")


def _value(field: models.Field, told: Any) -> Any:
    """A cell as the column's own kind; an empty one is None where there may be nothing."""
    if isinstance(field, models.ForeignKey):
        return UUID(str(told)) if told else None
    if isinstance(field, models.BooleanField):
        return BOOLEANS[str(told).lower()]
    if isinstance(field, ExactDecimalField | models.BigIntegerField) and told in (None, ""):
        if not field.null:
            raise ValueError(field.name)
        return None
    if isinstance(field, ExactDecimalField):
        return exact(told)
    if isinstance(field, models.BigIntegerField):
        return _whole(told)
    if told is None or "\x00" in str(told):
        raise ValueError(field.name)
    str(told).encode()  # half of a character is a ValueError too
    return field.to_python(told) if isinstance(field, models.UUIDField) else str(told)


def _whole(told: Any) -> int:
    whole = int(told)
    if isinstance(told, bool) or whole != float(told) or not 0 <= whole < LAST_MS:
        raise ValueError(told)
    return whole


def _kind(field: models.Field) -> type:
    if isinstance(field, models.BooleanField):
        return bool
    if isinstance(field, ExactDecimalField):
        return Decimal
    return int if isinstance(field, models.BigIntegerField) else str


TRADES = Table(
    name="trades",
    kinds={name: _kind(field) for name, field in FIELDS.items()},
    most_rows=MOST_TRADES,
    unreadable=gettext_lazy("This file cannot be read as trades."),
    too_many=gettext_lazy("The file holds more than %d trades."),
)
