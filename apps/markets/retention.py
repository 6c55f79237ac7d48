"""How long rows are kept: the database stays as large as a set number of days makes it.

bars, liquidations      as many days as a map is built from (``EMBERMAP_HISTORY_DAYS``)
order books             two days
ratios, gaps, unheard   as bars
minutes heard           a week, by the wall's clock
days of leverage        half a year: they outlive their bars, and count ever less
"""

from django.conf import settings

from apps.markets.depth import prune_depth
from apps.markets.models import (
    Gap,
    HeardMinute,
    LeverageDay,
    Liquidation,
    LongShortRatio,
    MinuteBar,
    UnheardSpan,
)
from apps.markets.services import DAY_MS

HEARD_DAYS = 7
LEVERAGE_DAYS = 180


def prune(*, now_ms: int, wall_ms: int) -> int:
    """Delete what is too old at ``now_ms``, the data's clock; how many rows that were."""
    before_ms = now_ms - settings.HISTORY_DAYS * DAY_MS
    old = (
        MinuteBar.objects.filter(end_ms__lt=before_ms),
        Liquidation.objects.filter(ts_ms__lt=before_ms),
        LongShortRatio.objects.filter(ts_ms__lt=before_ms),
        Gap.objects.filter(to_ms__lt=before_ms),
        UnheardSpan.objects.filter(to_ms__lt=before_ms),
        LeverageDay.objects.filter(day__lt=now_ms // DAY_MS - LEVERAGE_DAYS),
        HeardMinute.objects.filter(minute_ms__lt=wall_ms - HEARD_DAYS * DAY_MS),
    )
    return prune_depth(now_ms) + sum(rows.delete()[0] for rows in old)
