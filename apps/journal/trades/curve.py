"""Results as a line: what all trades until then come to, for an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.journal.trades.statistics import equity

WIDTH, HEIGHT = 640.0, 180.0
POINTS = 320
MARGIN = 8.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of a line in a box of ``WIDTH`` by ``HEIGHT``; ``zero`` is where nothing is won."""

    points: str
    zero: str
    highest: Decimal
    lowest: Decimal


def curve_of(results: Sequence[Decimal]) -> Curve | None:
    """The line, thinned to what a screen can show; None of fewer than two results."""
    if len(results) < 2:
        return None
    levels = [Decimal(0), *equity(results)]
    highest, lowest = max(levels), min(levels)
    span = float(highest - lowest) or 1.0

    def y(level: Decimal) -> str:
        return f"{MARGIN + (HEIGHT - 2 * MARGIN) * float(highest - level) / span:.1f}"

    last = len(levels) - 1
    told = (f"{WIDTH * number / last:.1f},{y(levels[number])}" for number in _thinned(levels))
    return Curve(" ".join(told), y(Decimal(0)), highest, lowest)


def _thinned(levels: list[Decimal]) -> list[int]:
    """Which points to draw: of each stretch the highest and the lowest, and both ends."""
    if len(levels) <= POINTS:
        return list(range(len(levels)))
    size = -(-len(levels) // (POINTS // 2))
    kept = {0, len(levels) - 1}
    for start in range(0, len(levels), size):
        stretch = range(start, min(start + size, len(levels)))
        kept |= {max(stretch, key=levels.__getitem__), min(stretch, key=levels.__getitem__)}
    return sorted(kept)
