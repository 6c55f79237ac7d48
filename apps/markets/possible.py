"""Which rows can be true at all: the last look at numbers before they are stored."""

import math

from apps.exchanges.records import BarRow, DepthRow, LiquidationRow, MarginTier, Ratio, Row
from apps.markets.depth import is_possible_depth
from apps.markets.ratios import is_possible_ratio
from apps.markets.tiers import is_possible_tier

LARGEST = 1e15


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
    return (
        0 < row.low <= row.open <= row.high < LARGEST
        and row.low <= row.close <= row.high
        and _are_possible_marks(row)
        and _is_amount(row.volume)
        and _is_amount(row.open_interest)
        and _is_known_number(row.taker_delta)
        and _is_known_number(row.funding_rate)
        and row.span_ms > 0
        and row.end_ms > 0
    )


def _are_possible_marks(row: BarRow) -> bool:
    if (row.mark_low is None) != (row.mark_high is None):
        return False
    if row.mark_low is not None and not 0 < row.mark_low <= row.mark_high < LARGEST:
        return False
    return row.mark_close is None or 0 < row.mark_close < LARGEST


def _is_amount(size: float | None) -> bool:
    return size is None or 0 <= size < LARGEST


def _is_known_number(value: float | None) -> bool:
    return value is None or math.isfinite(value)
