"""How sure a score is: moving-block bootstrap (model note §9).

Hours that follow each other are alike, so they are drawn again in whole days::

    rows     0 1 2 3 4 5 6 7 8 9        blocks of 3 from anywhere, until there are as many rows:
    drawn    4 5 6 | 0 1 2 | 6 7 8 | 5
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apps.engine.records import IntArray

DRAWS = 200
COVERED = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which values a score lies, 95 times in 100."""

    low: float
    high: float


def block_draw(count: int, block: int, rng: np.random.Generator) -> IntArray:
    """Row numbers (count,) in blocks of ``block`` neighbours that begin anywhere.

    Where there are fewer than two blocks, they are made half as long as the rows.
    """
    block = max(min(block, count // 2), 1)
    starts = rng.integers(0, count - block + 1, size=-(-count // block))
    return (starts[:, None] + np.arange(block)).reshape(-1)[:count]


def bootstrap[Key](
    measure: Callable[[IntArray], dict[Key, float]],
    count: int,
    block: int,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> dict[Key, Interval]:
    """The interval of every value that ``measure`` gives for some of ``count`` rows.

    Values that are not finite in a draw are left out of it; one that never is has no interval.
    """
    if count == 0:
        return {}
    drawn: dict[Key, list[float]] = {}
    for _ in range(draws):
        for key, value in measure(block_draw(count, block, rng)).items():
            if np.isfinite(value):
                drawn.setdefault(key, []).append(value)
    tails = ((1 - COVERED) / 2, (1 + COVERED) / 2)
    return {key: Interval(*np.quantile(values, tails).tolist()) for key, values in drawn.items()}
