"""Round numbers along the axes of a small drawing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import ceil, floor, log10

from django.utils import timezone
from django.utils.formats import date_format

MINUTE_MS = 60_000
DAY_MS = 86_400_000
TIME_STEPS_MIN = (5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10080, 20160, 43200)
MOST_TIMES = 5
FEWEST_PRICES = 3


def price_ticks(low: float, high: float) -> list[float]:
    """Three to seven round numbers between two prices.

    >>> price_ticks(59_300, 60_900)
    [59500.0, 60000.0, 60500.0]
    """
    size = 10.0 ** floor(log10((high - low) / FEWEST_PRICES))
    step = max(one * size for one in (1, 2, 5) if one * size * FEWEST_PRICES <= (high - low))
    return [step * number for number in range(ceil(low / step), floor(high / step) + 1)]


def time_ticks(since_ms: int, until_ms: int) -> Iterator[tuple[int, str]]:
    """At most five instants on the reader's clock, each with its word: 14:00, or 18 Jun."""
    steps = (step * MINUTE_MS for step in TIME_STEPS_MIN)
    span = until_ms - since_ms
    step_ms = next((step for step in steps if span // step < MOST_TIMES), span)
    offset_ms = round(_local(since_ms).utcoffset().total_seconds() * 1000)
    first = -(-(since_ms + offset_ms + span // 50) // step_ms)
    for number in range(first, (until_ms + offset_ms) // step_ms + 1):
        at_ms = number * step_ms - offset_ms
        here = _local(at_ms)
        is_day = (here.hour, here.minute) == (0, 0)
        yield at_ms, date_format(here, "j M" if is_day else "H:i")


def _local(at_ms: int) -> datetime:
    return timezone.localtime(datetime.fromtimestamp(at_ms / 1000, UTC))
