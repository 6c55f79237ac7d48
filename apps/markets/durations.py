"""Stretches and instants of time as people type them."""

import re
from datetime import UTC, datetime

UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
LONGEST_DAYS = 3660


def parse_duration(text: str) -> int:
    """Milliseconds of ``30m``, ``4h`` or ``7d``; ``ValueError`` with a sentence for others.

    >>> parse_duration("30m")
    1800000
    """
    match = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", text.strip())
    duration_ms = int(match[1]) * UNITS_MS[match[2]] if match else 0
    if not 0 < duration_ms <= LONGEST_DAYS * UNITS_MS["d"]:
        raise ValueError(f"{text[:40]!r} is not a stretch of time such as 30m, 4h or 7d.")
    return duration_ms


def parse_instant(text: str) -> int:
    """Epoch milliseconds of an ISO date and time, UTC unless it says otherwise.

    >>> parse_instant("2026-04-01")
    1775001600000
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"{text[:40]!r} is not a date and time such as 2026-04-01T12:00."
        ) from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return round(instant.timestamp() * 1000)
