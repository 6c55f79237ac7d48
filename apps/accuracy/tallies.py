"""How many bright zones were reached, and how many dark ones: counted in the database."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from apps.accuracy.models import ZoneTrial
from apps.engine.rates import wilson
from apps.markets.models import Market

HOUR_MS = 3_600_000
DAYS = 30
WITHIN_MS = {"24h": 24 * HOUR_MS, "4h": 4 * HOUR_MS}
DISTANCES = (0.01, 0.03)


@dataclass(frozen=True, slots=True)
class Tally:
    """Zones that have a dark partner, and how many of either were reached."""

    label: str
    count: int
    hits: int
    dark_hits: int

    @property
    def rate(self) -> float:
        return self.hits / self.count if self.count else 0.0

    @property
    def chance(self) -> float:
        """The rate of the dark ones."""
        return self.dark_hits / self.count if self.count else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the rate."""
        return wilson(self.hits, self.count)

    @property
    def beats_chance(self) -> bool:
        """Whether the whole interval lies above the rate of the dark ones."""
        return self.bounds[0] > self.chance


def decided(source: str, *, now_ms: int, within: str) -> QuerySet[ZoneTrial]:
    """Trials of the last month whose time is over and whose bars were all there."""
    within_ms = WITHIN_MS[within]
    return ZoneTrial.objects.filter(
        source=source,
        has_dark=True,
        is_gapped=False,
        at_ms__gt=now_ms - DAYS * 24 * HOUR_MS,
    ).filter(Q(is_final=True) | Q(covered_ms__gte=F("at_ms") + within_ms))


def tally_all(trials: QuerySet[ZoneTrial], within: str) -> Tally:
    """All of them together."""
    return Tally(_("All markets"), **trials.aggregate(**_counts(within)))


def tally_markets(trials: QuerySet[ZoneTrial], within: str) -> list[Tally]:
    """One for each market that has any, in the order of markets."""
    told = {row.pop("market"): row for row in trials.order_by().values("market").annotate(
        **_counts(within))}  # fmt: skip
    return [Tally(m.base, **told[m.slug]) for m in Market.objects.all() if m.slug in told]


def tally_distances(trials: QuerySet[ZoneTrial], within: str) -> list[Tally]:
    """By how far away they were."""
    near, far = DISTANCES
    band = Case(When(distance__lte=near, then=Value(0)), When(distance__lte=far, then=Value(1)),
                default=Value(2))  # fmt: skip
    rows = trials.order_by().values(band=band).annotate(**_counts(within))
    told = {row.pop("band"): row for row in rows}
    labels = (_("≤ 1 % away"), _("1–3 % away"), _("3–10 % away"))
    return [
        Tally(label.replace(" %", "\u00a0%"), **told[number])
        for number, label in enumerate(labels)
        if number in told
    ]


def _counts(within: str) -> dict[str, Count]:
    within_ms = WITHIN_MS[within]
    return {
        "count": Count("pk"),
        "hits": Count("pk", filter=Q(reached_ms__lte=F("at_ms") + within_ms)),
        "dark_hits": Count("pk", filter=Q(dark_reached_ms__lte=F("at_ms") + within_ms)),
    }
