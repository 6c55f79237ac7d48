"""A journal's hits added up over time, beside what chance alone may have given.

The band is nineteen in twenty of the sums that independent reads of these chances would give.
Reads that overlap are not independent, so it is a yardstick and not a test.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from apps.engine.rates import Z
from apps.journal.tallies import Result, chance_to_hit, is_hit, is_known

FEWEST = 2
POINTS = 200


@dataclass(frozen=True, slots=True)
class Course:
    """Lines and a polygon in a box of 100 by 100; ``count`` reads with a known chance."""

    hits_line: str
    chance_line: str
    band: str
    count: int
    hits: int
    expected: float
    most: int
    first_ms: int
    last_ms: int


def course_of(reads: Iterable[Result]) -> Course | None:
    """The sums over the reads whose outcome and chance are known, oldest first; None of one."""
    told = [read for read in reads if is_known(read) and read.chance is not None]
    told.sort(key=lambda read: read.at_ms)
    if len(told) < FEWEST:
        return None
    chances = np.clip([chance_to_hit(read) for read in told], 0, 1)
    hits = np.cumsum([0, *map(is_hit, told)])
    expected = np.cumsum([0.0, *chances])
    half = Z * np.sqrt(np.cumsum([0.0, *(chances * (1 - chances))]))
    count = len(told)
    low, high = np.clip(expected - half, 0, None), np.minimum(expected + half, np.arange(count + 1))
    most = max(int(hits[-1]), int(np.ceil(high[-1])), 1)
    at = np.unique(np.linspace(0, count, min(count + 1, POINTS)).round().astype(int))
    upper, lower = (_points(at, line, count, most) for line in (high, low))
    return Course(
        hits_line=" ".join(_points(at, hits, count, most)),
        chance_line=" ".join(_points(at, expected, count, most)),
        band=" ".join([*upper, *reversed(lower)]),
        count=count, hits=int(hits[-1]), expected=float(expected[-1]), most=most,
        first_ms=told[0].at_ms, last_ms=told[-1].at_ms,
    )  # fmt: skip


def _points(at: np.ndarray, line: np.ndarray, count: int, most: int) -> list[str]:
    """Places along a line as an SVG has them."""
    x, y = at / count * 100, 100 - line[at] / most * 100
    return [f"{one:.2f},{two:.2f}" for one, two in zip(x, y, strict=True)]
