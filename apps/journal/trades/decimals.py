"""Money and sizes to the last digit: decimals that no database rounds.

SQLite keeps a ``DecimalField`` as a binary fraction of some fifteen digits. A trader's fees have
more, so these columns hold the number as text, always written the same way.
"""

from decimal import Context, Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

LARGEST = Decimal(10) ** 15  # of what is typed or read from a file
LARGEST_SUM = Decimal(10) ** 36  # of products and sums of that
PLACES = 18  # after the point, of whatever is typed or read from a file
EXACT = Context(prec=80)  # sums and products of such numbers lose nothing
AVERAGE = Decimal(1).scaleb(-PLACES)


class ExactDecimalField(models.Field):
    """A decimal as text. The database never reckons with it, so it cannot round it either."""

    description = "exact decimal"
    empty_strings_allowed = False

    def __init__(self, *args: Any, **wishes: Any) -> None:
        super().__init__(*args, **(wishes | {"max_length": 96}))

    def get_internal_type(self) -> str:
        return "CharField"

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return exact(value)
        except ValueError as error:
            raise ValidationError(_("This is not a number.")) from error

    def from_db_value(self, value: str | None, *_args: object) -> Decimal | None:
        return None if value is None else Decimal(value)

    def get_prep_value(self, value: Any) -> str | None:
        told = self.to_python(super().get_prep_value(value))
        return None if told is None else written(told)


def exact(told: Any) -> Decimal:
    """A finite number of a sensible size from text or a number; else ``ValueError``.

    >>> exact("0.10"), exact(7)
    (Decimal('0.10'), Decimal('7'))
    """
    if isinstance(told, bool) or len(text := str(told)) > 96:
        raise ValueError(told)
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or abs(number) > LARGEST_SUM:
        raise ValueError(text)
    if number and EXACT.normalize(number).as_tuple().exponent < -2 * PLACES:
        raise ValueError(text)
    return number


def written(number: Decimal) -> str:
    """The one way to write a number down: no exponent, no zeros at the end.

    >>> written(Decimal("1E+3")), written(Decimal("-0.50")), written(Decimal("-0.0"))
    ('1000', '-0.5', '0')
    """
    return f"{EXACT.normalize(number):f}" if number else "0"


def average(value: Decimal, size: Decimal) -> Decimal:
    """A mean price, to eighteen places."""
    return EXACT.quantize(EXACT.divide(value, size), AVERAGE)
