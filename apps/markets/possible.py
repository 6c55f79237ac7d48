"""Which rows can be true at all: the last look at numbers before they are stored."""

import math

from apps.exchanges.records import BarRow, DepthRow, LiquidationRow, MarginTier, Ratio, Row
from apps.markets.depth import is_possible_depth
from apps.markets.ratios import is_possible_ratio
from apps.markets.tiers import is_possible_tier

LARGEST = 1e15
SIZES = ("volume", "open_interest")
MARKS = ("mark_low", "mark_high", "mark_close")


def is_possible(row: Row) -> bool:
    """Whether a row's numbers can be true at all."""
    if isinstance(row, BarRow):
        return is_possible_bar(row)
    if isinstance(row, LiquidationRow):
        return 0 < row.size_base < LARGEST and 0 <= row.usd < LARGEST and row.ts_ms > 0
    if isinstance(row, DepthRow):
        return is_possible_depth(row)
    if isinstance(row, Ratio):
        return is_possible_ratio(row)
    return isinstance(row, MarginTier) and is_possible_tier(row)


def is_possible_bar(row: BarRow) -> bool:
    """Whether a bar's prices contain one another and its amounts are amounts."""
    prices = (row.open, row.high, row.low, row.close)
    marks = [mark for name in MARKS if (mark := getattr(row, name)) is not None]
    sizes = [size for name in SIZES if (size := getattr(row, name)) is not None]
    signed = [value for value in (row.taker_delta, row.funding_rate) if value is not None]
    if (row.mark_low is None) != (row.mark_high is None):
        return False
    return (
        all(0 < price < LARGEST for price in (*prices, *marks))
        and row.low == min(prices)
        and row.high == max(prices)
        and (row.mark_low is None or row.mark_low <= row.mark_high)
        and all(0 <= size < LARGEST for size in sizes)
        and all(math.isfinite(value) for value in signed)
        and row.span_ms > 0
        and row.end_ms > 0
    )
