"""Reading one number of a venue's reply without trusting it.

A value may be a JSON number or its text. Anything else, and anything that no market can show
(NaN, infinity, 1e308, a time of another century), is refused with ``BadPayload``.
"""

import re
from datetime import UTC, datetime, timedelta
from reprlib import repr as shortened

LARGEST = 1e18
SMALLEST = 1e-15  # of what must be above zero: prices are divided by
EARLIEST_MS = 1_230_768_000_000  # 2009-01-01, before the first coin
LATEST_MS = 4_102_444_800_000  # 2100-01-01
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")


class BadPayload(ValueError):
    """A reply or message that cannot be trusted; the message is one sentence naming the field."""


def finite(value: object, field: object) -> float:
    """A number of at most ``LARGEST`` in size; ``field`` is named when it is refused."""
    if isinstance(value, str) and DECIMAL.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refusal(value, field, "a number")
    if not -LARGEST <= value <= LARGEST:
        raise _refusal(value, field, "a number a market can show")
    return float(value)


def positive(value: object, field: object) -> float:
    """A number above zero."""
    number = finite(value, field)
    if number < SMALLEST:
        raise _refusal(value, field, "above zero")
    return number


def not_negative(value: object, field: object) -> float:
    """A number that is zero or more."""
    number = finite(value, field)
    if number < 0:
        raise _refusal(value, field, "zero or more")
    return number


def milliseconds(value: object, field: object) -> int:
    """Epoch milliseconds of this century: seconds and microseconds are refused, not guessed."""
    return _instant(finite(value, field), value, field)


def seconds(value: object, field: object) -> int:
    """Epoch milliseconds from a time written in seconds, whole or with a fraction."""
    return _instant(finite(value, field) * 1000, value, field)


def iso_instant(value: object, field: object) -> int:
    """Epoch milliseconds from ``2025-12-08T16:11:00.000Z``."""
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        return _instant((moment - EPOCH) / timedelta(milliseconds=1), value, field)
    except (ValueError, TypeError, OverflowError) as error:
        raise _refusal(value, field, "a time with its zone") from error


def _instant(number: float, value: object, field: object) -> int:
    if not EARLIEST_MS <= number < LATEST_MS:
        raise _refusal(value, field, "a time of this century in the unit expected")
    return round(number)


def _refusal(value: object, field: object, wanted: str) -> BadPayload:
    return BadPayload(f"{field} is {shortened(value)}, not {wanted}.")
