"""Lines and bars as SVG coordinates: predicted against realised by day, and scores over time."""

from dataclasses import dataclass

import numpy as np

from apps.accuracy.models import Scorecard, ScoredHour
from apps.accuracy.periods import DAY_MS
from apps.accuracy.walking import MAP

WIDTH, HEIGHT = 320.0, 120.0
FLOOR_USD = 1_000.0  # the axis is logarithmic: less is drawn as that
LEAST_DAYS = 2
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """What was liquidated on one day."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class DayChart:
    """One side of a market, day by day; ``ticks`` are (y, USD)."""

    side: str
    bars: list[Bar]
    line: str  # points of what was foretold
    ticks: list[tuple[str, float]]
    first_ms: int
    last_ms: int
    realised_usd: float


@dataclass(frozen=True, slots=True)
class History:
    """A score over time: one line per parameter set and side."""

    measured: str
    lines: list[tuple[str, str, str]]  # side, parameter set, points
    ticks: list[tuple[str, float]]
    first_ms: int
    last_ms: int


def day_charts(hours: list[ScoredHour]) -> list[DayChart]:
    """Both sides; [] before there are two days. A day's prediction is scaled to what was told.

    The map foretells a fixed share of what is forced; a line through the logarithms takes the
    scale out of the score, so it is taken out of the picture too.
    """
    days = sorted({hour.start_ms // DAY_MS for hour in hours})
    if len(days) < LEAST_DAYS:
        return []
    place = np.array([days.index(hour.start_ms // DAY_MS) for hour in hours])
    charts = []
    for number, side in enumerate(("long", "short")):
        realised = np.bincount(place, [getattr(hour, f"{side}_usd") for hour in hours])
        foretold = np.bincount(place, [hour.predicted[MAP][number] for hour in hours])
        charts.append(_day_chart(side, days, realised, _scaled(foretold, realised)))
    return charts


def history_of(cards: list[Scorecard], measured: str) -> History | None:
    """How a score went, card by card; None before there are two."""
    lines: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for card in cards:
        for side, told in card.told.get("sides", {}).items():
            if found := told.get(MAP, {}).get(measured):
                lines.setdefault((side, card.parameters), []).append((card.day_ms, found["value"]))
    drawn = {key: points for key, points in lines.items() if len(points) > 1}
    if not drawn:
        return None
    times = [ms for points in drawn.values() for ms, _ in points]
    values = [value for points in drawn.values() for _, value in points]
    first_ms, last_ms = min(times), max(times)
    low, high = min(0.0, *values), max(1.0, *values)

    def point(ms: int, value: float) -> str:
        x = WIDTH * (ms - first_ms) / (last_ms - first_ms)
        return f"{x:.1f},{_height(value, low, high):.1f}"

    return History(
        measured=measured,
        lines=[
            (side, version, " ".join(point(*one) for one in points))
            for (side, version), points in drawn.items()
        ],
        ticks=[(f"{_height(step, low, high):.1f}", step) for step in STEPS],
        first_ms=first_ms,
        last_ms=last_ms,
    )


def _day_chart(side: str, days: list[int], realised: np.ndarray, foretold: np.ndarray) -> DayChart:
    both = np.log10(np.maximum(np.stack((realised, foretold)), FLOOR_USD))
    low, high = np.floor(both.min() - 0.1), np.ceil(both.max() + 1e-9)
    step = WIDTH / (days[-1] - days[0] + 1)
    middles = [step * (day - days[0] + 0.5) for day in days]
    tops = HEIGHT * (1 - (both - low) / (high - low))
    bars = [
        Bar(f"{x - 0.36 * step:.1f}", f"{top:.1f}", f"{0.72 * step:.1f}", f"{HEIGHT - top:.1f}")
        for x, top in zip(middles, tops[0], strict=True)
    ]
    return DayChart(
        side=side,
        bars=bars,
        line=" ".join(f"{x:.1f},{y:.1f}" for x, y in zip(middles, tops[1], strict=True)),
        ticks=[(f"{HEIGHT * (1 - (t - low) / (high - low)):.1f}", float(10.0**t))
               for t in np.arange(low, high + 0.5)],
        first_ms=days[0] * DAY_MS,
        last_ms=days[-1] * DAY_MS,
        realised_usd=float(realised.sum()),
    )  # fmt: skip


def _scaled(foretold: np.ndarray, realised: np.ndarray) -> np.ndarray:
    total = float(foretold.sum())
    return foretold * (float(realised.sum()) / total) if total > 0 else foretold


def _height(value: float, low: float, high: float) -> float:
    return HEIGHT * (1 - (value - low) / (high - low))
