"""Counting reads: hit rates with their bounds, beside what chance alone gives.

A read of *no trade* hits when the zone is not reached; every other one when it is. Only reads
whose outcome is known count. Below ``ENOUGH`` of a group nothing is concluded.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Avg, Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from apps.engine.rates import wilson
from apps.journal.models import Read, distance_of

ENOUGH = 10


class Result(NamedTuple):
    """What of a read is counted; the names are those of its fields."""

    at_ms: int
    kind: str
    side: str
    low: float
    high: float
    price: float
    usd: float | None
    chance: float | None
    fresh: float | None
    unrest: float | None
    trend: float | None
    state: str
    said_state: str

    @property
    def outcome(self) -> str:
        """What counts: what was said by hand, else what the prices say."""
        return self.said_state or self.state

    @property
    def distance(self) -> float:
        """How far the zone was away."""
        return distance_of(self.low, self.high, self.price)


@dataclass(frozen=True, slots=True)
class Tally:
    """How a group of reads did. ``chance`` is the mean over the ``compared`` that have one."""

    label: str
    count: int
    hits: int
    chance: float | None = None
    compared: int = 0
    compared_hits: int = 0

    @property
    def rate(self) -> float:
        return self.hits / self.count if self.count else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the rate."""
        return wilson(self.hits, self.count)

    @property
    def is_enough(self) -> bool:
        return self.count >= ENOUGH

    @property
    def is_partly_compared(self) -> bool:
        """Whether the chance of some of them is not known."""
        return 0 < self.compared < self.count

    @property
    def verdict(self) -> str:
        """ "above", "below" or "like" chance; empty where too few tell, or chance is unknown."""
        if self.compared < ENOUGH or self.chance is None:
            return ""
        low, high = wilson(self.compared_hits, self.compared)
        return "above" if low > self.chance else "below" if high < self.chance else "like"


def results_of(reads: QuerySet[Read]) -> list[Result]:
    """The reads as they are counted; 10,000 take about 50 ms."""
    return [Result(*row) for row in reads.order_by().values_list(*Result._fields)]


def is_hit(read: Result) -> bool:
    """Whether what was expected happened."""
    return (read.outcome == Read.State.REACHED) != (read.kind == Read.Kind.NONE)


def is_known(read: Result) -> bool:
    """Whether its outcome is known."""
    return read.outcome != Read.State.OPEN


def chance_to_hit(read: Result) -> float | None:
    """What chance alone would have given this read; None where nobody knows."""
    if read.chance is None:
        return None
    return 1 - read.chance if read.kind == Read.Kind.NONE else read.chance


def overall_of(reads: QuerySet[Read]) -> tuple[int, Tally, float | None]:
    """How many reads there are, their tally and their mean result, counted by the database."""
    outcome = Case(When(~Q(said_state=""), then=F("said_state")), default=F("state"))
    is_none, is_reached = Q(kind=Read.Kind.NONE), Q(counts=Read.State.REACHED)
    known = ~Q(counts=Read.State.OPEN)
    hit, compared = known & (is_none ^ is_reached), known & Q(chance__isnull=False)
    chance = Case(When(is_none, then=1.0 - F("chance")), default=F("chance"))
    told = (
        reads.order_by()
        .alias(counts=outcome)
        .aggregate(
            reads=Count("pk"),
            known=Count("pk", filter=known),
            hits=Count("pk", filter=hit),
            mean_chance=Avg(chance, filter=compared),
            compared=Count("pk", filter=compared),
            compared_hits=Count("pk", filter=hit & compared),
            mean_r=Avg(Coalesce("said_r", "result_r")),
        )
    )
    names = ("known", "hits", "mean_chance", "compared", "compared_hits")
    return told["reads"], Tally("", *(told[name] for name in names)), told["mean_r"]
