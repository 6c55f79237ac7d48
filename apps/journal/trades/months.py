"""Months in addresses: ``2026-06``."""

import re
from datetime import date, timedelta

FIRST, LAST = date(2009, 1, 1), date(2099, 12, 1)


def month_of(told: str, otherwise: date) -> date:
    """The first day of that month; of the other date's where there is no such month.

    >>> month_of("2026-06", date(2025, 1, 9)), month_of("2026-13", date(2025, 1, 9))
    (datetime.date(2026, 6, 1), datetime.date(2025, 1, 1))
    """
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", told):
        year, month = int(told[:4]), int(told[5:])
        if 1 <= month <= 12 and FIRST.year <= year <= LAST.year:
            return date(year, month, 1)
    return otherwise.replace(day=1)


def neighbours(month: date) -> tuple[date | None, date | None]:
    """The month before and the month after; None beyond what a calendar here shows."""
    before = (month - timedelta(days=1)).replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    return before if before >= FIRST else None, after if after <= LAST else None
