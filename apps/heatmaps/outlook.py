"""What would happen at the nearest clusters: the chain through the book, and what stands against.

Everything is made from what was published and stored: the newest column, the order books of the
last minute, the takers and the funding of the last half day. What is not known is said, not
guessed; only the book is assumed where a feed tells none, and that is said too.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.engine.advice import CASCADE_REACH, cascade
from apps.engine.cascade import (
    BELIEFS,
    SIMULATED_BELIEFS,
    Chain,
    arrival,
    chain,
    typical_depth,
)
from apps.engine.counterforce import Counterforce, Tide, counterforce
from apps.engine.depth import Depth
from apps.engine.records import Cluster, Side
from apps.heatmaps.column import Column, get_column
from apps.heatmaps.level_map import BRACKET_NAMES
from apps.heatmaps.readings import Band, Reading, Zone
from apps.markets.depth import load_depth
from apps.markets.flow import load_flow
from apps.markets.models import Market

WITHIN_CHOICES = (0.01, 0.02, 0.03, 0.05)
HALF_HOUR_MS, HALF_DAY_MS = 1_800_000, 43_200_000
MOST_LINKS = 4  # clusters of a chain that the page names


@dataclass(frozen=True, slots=True)
class Link:
    """A cluster behind the nearest, and in what share of the cases a chain gets there."""

    zone: Zone
    chance: float


@dataclass(frozen=True, slots=True)
class Magnet:
    """The nearest cluster of a side: what would follow at it, and what stands against it.

    ``stack`` counts the clusters within reach of each other, itself included; 1 is no cascade.
    Prices are USD; those of the chain are where the price would be carried to.
    """

    side: str
    zone: Zone
    chain: Chain
    low_price: float  # nearest of the range
    typical_price: float
    high_price: float  # furthest of the range
    links: tuple[Link, ...]
    stack: int
    stack_usd: float
    counterforce: Counterforce

    @property
    def ages(self) -> tuple[tuple[str, float], ...]:
        """When its positions were opened: the five windows and their shares."""
        names = (_("< 4 h"), _("4–24 h"), _("1–3 d"), _("3–7 d"), _("> 7 d"))
        return tuple(zip(names, self.zone.ages, strict=False))

    @property
    def brackets(self) -> tuple[tuple[str, float], ...]:
        """At what leverage: the five brackets and their shares."""
        return tuple(zip(BRACKET_NAMES, self.zone.brackets, strict=False))


@dataclass(frozen=True, slots=True)
class BandLean:
    """A distance band and which side of it is heavier."""

    band: Band

    @property
    def span(self) -> str:
        """Where it lies: 2–4 %."""
        return f"{self.band.from_distance * 100:.0f}–{self.band.to_distance * 100:.0f}\u00a0%"

    @property
    def longs_to_shorts(self) -> float | None:
        """As the filter ``ratio`` takes it."""
        shorts = self.band.short_usd
        return self.band.long_usd / shorts if shorts > 0 else None


@dataclass(frozen=True, slots=True)
class Outlook:
    """The outlook of one market; ``magnets`` has shorts above first."""

    reading: Reading
    magnets: tuple[Magnet, ...]
    bands: tuple[BandLean, ...]
    is_depth_known: bool


def parse_within(text: str) -> float:
    """How near clusters must be to count as stacked, from a whole per cent; else 2 %."""
    wanted = {str(round(choice * 100)): choice for choice in WITHIN_CHOICES}
    return wanted.get(text, CASCADE_REACH)


def get_outlook(market: Market, *, within: float = CASCADE_REACH) -> Outlook | None:
    """What the newest map leads one to expect; None before anything was published."""
    column = get_column(market)
    if column is None:
        return None
    reading = column.reading
    depth = load_depth(market, reading.as_of_ms)
    tide = _tide(market, reading.as_of_ms)
    zones = {(zone.side, zone.peak): zone for zone in reading.clusters}
    magnets = [
        _magnet(column, of_side, depth, tide, zones, within)
        for side in (Side.SHORT, Side.LONG)
        if (of_side := column.of_side(side))
    ]
    return Outlook(
        reading=reading,
        magnets=tuple(magnets),
        bands=tuple(BandLean(band) for band in reading.bands),
        is_depth_known=depth is not None,
    )


def _magnet(
    column: Column,
    clusters: tuple[Cluster, ...],
    depth: Depth | None,
    tide: Tide | None,
    zones: dict[tuple[str, float], Zone],
    within: float,
) -> Magnet:
    reading, nearest = column.reading, clusters[0]
    name = nearest.side.name.lower()
    told = chain(
        column.curves,
        depth or typical_depth(reading.price, reading.open_interest_usd),
        nearest.side,
        arrival(nearest, reading.price),
        beliefs=SIMULATED_BELIEFS if reading.feed.kind == "simulated" else BELIEFS,
        clusters=clusters,
        is_depth_known=depth is not None,
    )
    stacked = cascade(clusters, nearest.side, within=within) or (nearest,)
    sign = -1 if nearest.side is Side.LONG else 1
    behind = zip(clusters[1 : 1 + MOST_LINKS], told.chances[1:], strict=False)
    return Magnet(
        side=name,
        zone=zones[name, nearest.peak],
        chain=told,
        low_price=reading.price * (1 + sign * told.reach.low),
        typical_price=reading.price * (1 + sign * told.reach.typical),
        high_price=reading.price * (1 + sign * told.reach.high),
        links=tuple(Link(zones[name, cluster.peak], chance) for cluster, chance in behind),
        stack=len(stacked),
        stack_usd=sum(cluster.usd for cluster in stacked),
        counterforce=counterforce(nearest, reading.price, depth, tide),
    )


def _tide(market: Market, now_ms: int) -> Tide | None:
    """Takers of the last twelve hours in half hours; None without a single interval."""
    flow = load_flow(market, now_ms - HALF_DAY_MS, now_ms, HALF_HOUR_MS)
    if not len(flow.end_ms):
        return None
    return Tide(flow.taker_delta_usd, float(flow.funding_rate[-1]))
