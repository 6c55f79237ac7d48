"""The plan page: is my stop in a cluster, how large may I be, where would I be liquidated.

Engine functions do the advising (``stops``, ``sizes``); here they get the published map, the
venue's margin tiers and the reader's currency, and their refusals become one translated sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.engine import sizes, stops
from apps.engine.records import Side
from apps.engine.sizes import Size
from apps.engine.stops import BadPlan, Refusal, StopAdvice
from apps.heatmaps.column import Column, get_column
from apps.heatmaps.plan_form import Plan, Typed, plain_number, read_plan
from apps.heatmaps.plan_map import PlanMap, plan_map
from apps.heatmaps.readings import Zone
from apps.markets.models import Market
from apps.markets.tiers import MarginTier, load_tiers

TARGETS = 4  # clusters over which risk is shared out


@dataclass(frozen=True, slots=True)
class Share:
    """A cluster ahead of the trade, and the part of the risk and the size that its depth earns."""

    zone: Zone
    risk_usd: float
    base: float
    notional_usd: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A stop and the position that goes with it; ``typed`` is the stop as a field holds it."""

    stop: float
    size: Size
    typed: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Everything the page shows. ``refused`` is the one sentence when the plan is nonsense."""

    plan: Plan
    typed: Typed
    column: Column
    venues: tuple[str, ...]
    tiers: tuple[MarginTier, ...]
    drawn: PlanMap
    refused: str = ""
    advice: StopAdvice | None = None
    kept: Choice | None = None
    moved: Choice | None = None  # where another stop would be safer
    shares: tuple[Share, ...] = ()

    @property
    def source(self) -> str:
        """How the margin tiers are known."""
        return self.tiers[0].source


def get_plan_page(market: Market, query: Mapping[str, str], *, per_usd: float) -> PlanPage | None:
    """The page of an address; None before anything was published."""
    column = get_column(market)
    if column is None:
        return None
    venues = tuple(market.venues())
    plan, typed = read_plan(query, column, per_usd=per_usd, venues=venues)
    tiers = load_tiers(market, plan.venue)
    try:
        return _advised(plan, typed, column, venues, tiers)
    except BadPlan as refusal:
        drawn = plan_map(column, plan.side)
        return PlanPage(plan, typed, column, venues, tiers, drawn, refused=sentence(refusal))


def sentence(refusal: BadPlan) -> str:
    """A refusal in one translated sentence."""
    if refusal.limit:
        return _("At this size the venue allows at most %(limit)s×.") % {
            "limit": f"{refusal.limit:g}"
        }
    return {
        Refusal.NOT_A_NUMBER: _("Prices must be positive numbers."),
        Refusal.STOP_ON_THE_WRONG_SIDE: _("A long's stop lies below its entry, a short's above."),
        Refusal.NO_RISK: _("The amount at risk must be more than zero."),
        Refusal.LEVERAGE_TOO_LOW: _("Leverage starts at 1×."),
        Refusal.LEVERAGE_BEYOND_THE_TIER: _("The venue does not allow this leverage."),
        Refusal.TOO_LARGE_FOR_THE_VENUE: _("The venue does not allow a position of this size."),
    }[refusal.refusal]


def _advised(
    plan: Plan,
    typed: Typed,
    column: Column,
    venues: tuple[str, ...],
    tiers: tuple[MarginTier, ...],
) -> PlanPage:
    advice = _advice(plan, column)
    kept = _choice(plan, plan.stop, tiers)
    moved = _choice(plan, advice.safer, tiers) if advice.zone else None
    drawn = plan_map(
        column,
        plan.side,
        entry=plan.entry,
        stop=plan.stop,
        safer=advice.safer if advice.zone else None,
        liquidation=kept.size.liquidation_price,
        trouble=advice.zone,
    )
    shares = _shares(plan, column, kept.size)
    return PlanPage(
        plan, typed, column, venues, tiers, drawn,
        advice=advice, kept=kept, moved=moved, shares=shares,
    )  # fmt: skip


def _advice(plan: Plan, column: Column) -> StopAdvice:
    """In dollars, but with the safer price on a round step of the reader's currency."""
    zones = [stops.Zone(c.low, c.high, c.usd) for c in column.of_side(plan.side)]
    stops.check_stop(plan.side, plan.entry, plan.stop)
    step = stops.tidy_step(plan.stop * plan.per_usd) / plan.per_usd
    return stops.advise_stop(
        side=plan.side, entry=plan.entry, stop=plan.stop, zones=zones, step=step
    )


def _choice(plan: Plan, stop: float, tiers: tuple[MarginTier, ...]) -> Choice:
    size = sizes.size_for_risk(
        side=plan.side,
        entry=plan.entry,
        stop=stop,
        risk_usd=plan.risk_usd,
        leverage=plan.leverage,
        tiers=tiers,
    )
    return Choice(stop, size, plain_number(stop * plan.per_usd))


def _shares(plan: Plan, column: Column, size: Size) -> tuple[Share, ...]:
    """The risk over the clusters ahead of the trade: shorts above a long, longs below a short."""
    target = "short" if plan.side is Side.LONG else "long"
    ahead = [zone for zone in column.reading.clusters if zone.side == target]
    nearest = sorted(ahead, key=lambda zone: abs(zone.distance))[:TARGETS]
    risks = sizes.in_proportion(plan.risk_usd, [zone.usd for zone in nearest])
    return tuple(
        Share(
            zone,
            float(risk),
            size.base * float(risk) / plan.risk_usd,
            size.notional_usd * float(risk) / plan.risk_usd,
        )
        for zone, risk in zip(nearest, risks, strict=True)
    )
