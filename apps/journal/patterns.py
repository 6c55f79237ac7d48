"""Which reads work: a journal divided in every way that may matter, each part counted by itself.

Before the ``MILESTONE`` no part is compared with chance.
"""

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import numpy as np
from django.utils.translation import gettext as _

from apps.engine.records import BoolArray, FloatArray
from apps.journal.models import Read
from apps.journal.tallies import Result, Tally, chance_to_hit, is_hit, is_known

MILESTONE = 50
SIZES_USD = (10e6, 50e6, 200e6)
DISTANCES = (0.01, 0.02, 0.04)
HOURS = (6, 12, 18)
FRESH = (0.1, 0.3)
UNREST = (0.8, 1.25)
SIDEWAYS = 1.0  # of trend, either way

type Place = Callable[[Result], int | None]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to divide the reads; parts without a read are left out."""

    title: str
    tallies: tuple[Tally, ...]


def patterns_of(reads: list[Result], zone: tzinfo = UTC) -> tuple[Pattern, ...]:
    """Every way to divide a journal; 10,000 reads take about 100 ms."""
    known = [read for read in reads if is_known(read)]
    hits = np.array([is_hit(read) for read in known], dtype=bool)
    chances = np.array([chance_to_hit(read) for read in known], dtype=float)
    return tuple(
        Pattern(title, tuple(_tallies(names, [place(read) for read in known], hits, chances)))
        for title, names, place in _divisions(zone)
    )


def distance_names() -> tuple[str, ...]:
    """The steps of distance, nearest first."""
    return tuple(name.replace(" ", "\u00a0") for name in ("< 1 %", "1–2 %", "2–4 %", "> 4 %"))


def _divisions(zone: tzinfo) -> Iterator[tuple[str, tuple[str, ...], Place]]:
    """Title, names of the parts, and the place of a read among them (None: in no part)."""
    kinds, sides = Read.Kind.values, Read.Side.values
    yield _("By read"), tuple(map(str, Read.Kind.labels)), lambda r: kinds.index(r.kind)
    named = tuple(str(label).capitalize() for label in Read.Side.labels)
    yield _("By side"), named, lambda r: sides.index(r.side)
    sizes = ("< US$10M", "US$10–50M", "US$50–200M", "> US$200M")
    yield _("By estimated depth"), sizes, _step(lambda r: r.usd, SIZES_USD)
    yield _("By distance"), distance_names(), _step(lambda r: abs(r.distance), DISTANCES)
    hours = tuple(f"{first:02}–{first + 6:02}\u00a0h" for first in (0, *HOURS))
    yield _("By time of day"), hours, lambda r: bisect(HOURS, _hour(r, zone))
    ages = tuple(name.replace(" ", "\u00a0") for name in ("< 10 %", "10–30 %", "> 30 %"))
    yield _("By age of the cluster: opened within 4\u00a0h"), ages, _step(lambda r: r.fresh, FRESH)
    days = (_("Calmer than the week before"), _("As usual"), _("More restless"))
    yield _("By the day before: how restless"), days, _step(lambda r: r.unrest, UNREST)
    ways = (_("Away from the zone"), _("Sideways"), _("Towards the zone"))
    yield _("By the day before: where it went"), ways, _step(_towards, (-SIDEWAYS, SIDEWAYS))


def _tallies(
    names: tuple[str, ...], places: list[int | None], hits: BoolArray, chances: FloatArray
) -> Iterator[Tally]:
    """One of every part that has a read; a place of None is in no part, NaN no chance."""
    where = np.array([-1 if place is None else place for place in places], dtype=int)
    is_compared = np.isfinite(chances)
    for at, name in enumerate(names):
        mine = where == at
        compared = mine & is_compared
        if mine.any():
            chance = float(chances[compared].mean()) if compared.any() else None
            sums = (int(one.sum()) for one in (mine, hits & mine, compared, hits & compared))
            count, hit, compared_count, compared_hits = sums
            yield Tally(name, count, hit, chance, compared_count, compared_hits)


def _step(measure: Callable[[Result], float | None], edges: tuple[float, ...]) -> Place:
    """The step that a measure falls into; an edge belongs to the step above it."""

    def place(read: Result) -> int | None:
        value = measure(read)
        return None if value is None else bisect(edges, value)

    return place


def _hour(read: Result, zone: tzinfo) -> int:
    return datetime.fromtimestamp(read.at_ms / 1000, zone).hour


def _towards(read: Result) -> float | None:
    """The day's trend, positive towards the zone."""
    if read.trend is None:
        return None
    return -read.trend if (read.low + read.high) / 2 <= read.price else read.trend
