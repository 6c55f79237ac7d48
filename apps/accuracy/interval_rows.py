"""Rows of a dot, its interval and ◇ for chance, on one scale::

BTC   ────────◇──────(──●──)────────   n 188
      0 %    20 %    40 %    60 %
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accuracy.board import Standing
from apps.accuracy.tallies import Tally
from apps.heatmaps.templatetags.amounts import MINUS, NBSP

SIDE_WORDS = {"long": gettext_lazy("longs"), "short": gettext_lazy("shorts")}


@dataclass(frozen=True, slots=True)
class Row:
    """One row; places are percent of the scale's width, as SVG takes them."""

    label: str
    note: str
    at: str
    low: str
    high: str
    width: str
    chance: str
    is_hollow: bool
    told: str  # in words, for those who cannot see the dot


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """Rows and the ticks of their scale, (place, label)."""

    rows: list[Row]
    ticks: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    note: str
    value: float
    low: float
    high: float
    chance: float
    is_hollow: bool


def chart_of_tallies(tallies: Iterable[Tally]) -> IntervalChart | None:
    """Hit rates; None without any."""
    return _chart(
        [
            _Line(one.label, f"n{NBSP}{one.count}", one.rate, *one.bounds, one.chance,
                  not one.beats_chance)
            for one in tallies
            if one.count
        ],
        is_share=True,
    )  # fmt: skip


def chart_of_standings(standings: Iterable[Standing], measured: str) -> IntervalChart | None:
    """Scores of every market by one measure, either side; None without any."""
    return _chart(
        [
            _Line(
                f"{standing.market.base} {SIDE_WORDS[verdict.side]}",
                f"n{NBSP}{standing.card.told['scored']}",
                verdict.value,
                verdict.low,
                verdict.high,
                verdict.baseline,
                verdict.is_like_baseline or verdict.is_below,
            )
            for standing in standings
            for verdict in standing.by(measured)
        ],
        is_share=False,
    )


def _chart(lines: list[_Line], *, is_share: bool) -> IntervalChart | None:
    if not lines:
        return None
    ends = [end for line in lines for end in (line.low, line.high, line.chance)]
    low = 0.2 * floor(min(0.0, *ends) / 0.2)
    high = max(0.2 * ceil(max(ends) / 0.2 - 1e-9), low + 0.2)
    high = min(high, 1.0) if is_share else high
    step = 0.2 if high - low < 0.7 else 0.5
    steps = [step * n for n in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]

    def place(value: float) -> float:
        return 100 * min(max((value - low) / (high - low), 0.0), 1.0)

    def word(value: float) -> str:
        if is_share:
            return f"{100 * value:.0f}{NBSP}%"
        return f"{MINUS if value < -1e-9 else ''}{abs(value):.1f}"

    def precise(value: float) -> str:
        if is_share:
            return word(value)
        return f"{MINUS if value < 0 else ''}{abs(value):.2f}"

    return IntervalChart(
        rows=[
            Row(
                label=line.label,
                note=line.note,
                at=f"{place(line.value):.2f}",
                low=f"{place(line.low):.2f}",
                high=f"{place(line.high):.2f}",
                width=f"{max(place(line.high) - place(line.low), 0.5):.2f}",
                chance=f"{place(line.chance):.2f}",
                is_hollow=line.is_hollow,
                told=_("%(value)s, between %(low)s and %(high)s; chance %(chance)s")
                % {
                    "value": precise(line.value),
                    "low": precise(line.low),
                    "high": precise(line.high),
                    "chance": precise(line.chance),
                },
            )
            for line in lines
        ],
        ticks=[(f"{place(step):.2f}", word(step)) for step in steps],
    )
