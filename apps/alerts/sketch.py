"""A preview as a small picture: the price as a line, and a dot where the rule would have fired."""

from dataclasses import dataclass

from apps.alerts.preview import Preview
from apps.engine.records import Side

WIDTH, HEIGHT, MARGIN = 640.0, 120.0, 12.0
MOST_DOTS = 120


@dataclass(frozen=True, slots=True)
class Dot:
    """Where a firing lies, in the drawing's own units."""

    x: str
    y: str
    side: str


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the template puts into an SVG of ``WIDTH`` by ``HEIGHT``."""

    line: str
    dots: tuple[Dot, ...]


def sketch_of(preview: Preview) -> Sketch | None:
    """The drawing; None without a price line."""
    if len(preview.line) < 2:
        return None
    instants = [at_ms for at_ms, _ in preview.line]
    prices = [price for _, price in preview.line]
    first_ms, span_ms = instants[0], max(instants[-1] - instants[0], 1)
    low, range_usd = min(prices), max(max(prices) - min(prices), 1e-12)

    def x(at_ms: int) -> float:
        return min(max((at_ms - first_ms) / span_ms, 0.0), 1.0) * WIDTH

    def y(price: float) -> float:
        return HEIGHT - MARGIN - min(max((price - low) / range_usd, 0), 1) * (HEIGHT - 2 * MARGIN)

    dots = tuple(
        Dot(f"{x(t.at_ms):.1f}", f"{y(t.price):.1f}", _side(t.sign.side))
        for t in preview.triggers[-MOST_DOTS:]
    )
    return Sketch(" ".join(f"{x(t):.1f},{y(p):.1f}" for t, p in preview.line), dots)


def _side(side: Side | None) -> str:
    return "none" if side is None else side.name.lower()
