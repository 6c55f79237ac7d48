"""What a reader asks of the plan page, from the address: a position, its stop, and what to risk.

Prices and amounts in the address are in the reader's currency, as typed; here they become US
dollars. What is missing is filled in from the map, so the page always shows an example.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.engine.records import Side
from apps.heatmaps.column import Column

SIDES = ("long", "short")
USUAL_RISK = 500.0  # of the reader's currency
USUAL_LEVERAGE = 10.0
USUAL_STOP = 0.03  # of the entry, where the map has no cluster to show
LONGEST = 24  # characters of a number


@dataclass(frozen=True, slots=True)
class Plan:
    """A position that is being planned, in US dollars; NaN where the address held no number."""

    side: Side
    entry: float
    stop: float
    risk_usd: float
    leverage: float
    venue: str
    per_usd: float  # of the currency it was typed in

    @property
    def side_name(self) -> str:
        """ "long" or "short"."""
        return self.side.name.lower()


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of the form as the page prints them again."""

    side: str
    entry: str
    stop: str
    risk: str
    leverage: str
    venue: str


def read_plan(
    query: Mapping[str, str], column: Column, *, per_usd: float, venues: tuple[str, ...]
) -> tuple[Plan, Typed]:
    """The plan of an address, and its fields; unknown sides and venues become the first."""
    side = Side(query.get("side") if query.get("side") in SIDES else "long")
    price = column.reading.price
    entry = _number(query, "entry", per_usd, default=price)
    stop = _number(query, "stop", per_usd, default=_example_stop(column, side, entry))
    risk_usd = _number(query, "risk", per_usd, default=USUAL_RISK / per_usd)
    leverage = _number(query, "leverage", 1.0, default=USUAL_LEVERAGE)
    venue = query.get("venue", "")
    plan = Plan(
        side, entry, stop, risk_usd, leverage, venue if venue in venues else venues[0], per_usd
    )
    return plan, Typed(
        side=plan.side_name,
        entry=_again(query, "entry", entry * per_usd),
        stop=_again(query, "stop", stop * per_usd),
        risk=_again(query, "risk", risk_usd * per_usd),
        leverage=_again(query, "leverage", leverage),
        venue=plan.venue,
    )


def plain_number(value: float) -> str:
    """A number as a field holds it: no separators, no more digits than matter.

    >>> plain_number(85400.0), plain_number(0.123456789), plain_number(10.0)
    ('85400', '0.12346', '10')
    """
    return f"{value:.0f}" if abs(value) >= 10_000 else f"{value:.5g}"


def _number(query: Mapping[str, str], name: str, per_usd: float, *, default: float) -> float:
    """A typed number; commas and spaces between digits are fine, NaN for anything else."""
    text = query.get(name, "").strip()[:LONGEST]
    if not text:
        return default
    try:
        return float(text.replace(",", "").replace(" ", "")) / per_usd
    except ValueError:
        return float("nan")


def _again(query: Mapping[str, str], name: str, value: float) -> str:
    return query.get(name, "").strip()[:LONGEST] or plain_number(value)


def _example_stop(column: Column, side: Side, entry: float) -> float:
    """A stop where many stand: in the middle of the nearest cluster on the way to a loss."""
    sign = -1 if side is Side.LONG else 1
    for cluster in column.of_side(side):
        if sign * (cluster.peak - entry) > 0:
            return cluster.peak
    return entry * (1 + sign * USUAL_STOP)
