"""What a picture says in words and numbers: everything the pages print beside the canvas.

A ``Reading`` is made once per picture; the panels, the description inside a frame and the row
that keeps the newest picture are all made from it, so they cannot contradict one another.
Prices and amounts are US dollars; a page converts them for its reader.
"""

from dataclasses import asdict, dataclass
from typing import Any

type Meta = dict[str, Any]

TAGGED_PER_SIDE = 2  # clusters that every update describes
LARGEST_CLUSTERS = 20


@dataclass(frozen=True, slots=True)
class Zone:
    """A cluster of one side: where it is, how big, and who stands in it.

    ``venue``, ``bracket`` and ``age`` name the largest contribution (a slug, an index of the five
    leverage brackets, an index of the five default ages) and the ``*_share`` its part, 0 to 1.
    """

    side: str  # "long" or "short": the position that dies
    low: float
    high: float
    peak: float
    usd: float
    distance: float  # (peak - price) / price: negative below the price
    share: float  # of all dollars in the newest column
    venue: str
    venue_share: float
    bracket: int
    bracket_share: float
    age: int
    age_share: float
    brackets: tuple[float, ...] = ()  # all five shares; empty when nobody knows
    ages: tuple[float, ...] = ()

    @property
    def tuple(self) -> list[float]:
        """As a frame's meta has it: side, low, high, peak, usd, share."""
        return [int(self.side == "short"), self.low, self.high, self.peak, self.usd, self.share]


@dataclass(frozen=True, slots=True)
class Band:
    """Dollars of both sides between two distances from the price (as fractions of it)."""

    from_distance: float
    to_distance: float
    long_usd: float
    short_usd: float


@dataclass(frozen=True, slots=True)
class VenueReading:
    """A venue's part of the picture, and how fresh its data are in seconds of the reader."""

    venue: str  # slug
    name: str
    share: float  # of the dollars in the newest column, 0 where it is not drawn
    age_s: float | None  # None: it never reported
    state: str  # "live", "stale" or "absent"


@dataclass(frozen=True, slots=True)
class FeedReading:
    """Where the data come from; ``kind`` is "live", "replay" or "simulated"."""

    kind: str
    label: str
    speed: float
    state: str  # "starting", "running", "ended" or "failed"
    message: str


@dataclass(frozen=True, slots=True)
class Cascade:
    """Clusters of one side close enough together that one may set off the next."""

    side: str
    count: int
    usd: float
    within: float  # how far apart their peaks are at most, a fraction of the price


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the pages say about one picture; see the module's note on units."""

    market: str  # slug
    version: int
    as_of_ms: int  # the data's own clock
    price: float
    change: float | None  # of the price over the window, a fraction
    reference_venue: str
    parameters: str
    feed: FeedReading
    venues: tuple[VenueReading, ...]
    brackets: tuple[float, ...]  # five shares of the dollars in the newest column
    ages: tuple[float, ...]  # five shares
    bands: tuple[Band, ...]  # 0–2, 2–4, 4–6, 6–10 % from the price
    asymmetry: float | None  # longs to shorts within 5 %; None where there are no shorts
    long_usd: float  # within 5 %
    short_usd: float
    clusters: tuple[Zone, ...]  # largest first, at most twenty
    above: Zone | None  # nearest cluster of shorts above the price
    below: Zone | None  # nearest cluster of longs below it
    cascade: Cascade | None
    is_thin: bool  # too little open interest to map
    open_interest_usd: float

    @property
    def nearest(self) -> tuple[Zone, ...]:
        """The clusters that tags point at: the nearest two of each side."""
        by_distance = sorted(self.clusters, key=lambda zone: abs(zone.distance))
        sides = ([z for z in by_distance if z.side == side] for side in ("short", "long"))
        return tuple(zone for side in sides for zone in side[:TAGGED_PER_SIDE])

    @property
    def full_meta(self) -> Meta:
        """The description inside a full frame."""
        return {
            "market": self.market,
            "version": self.version,
            "feed": {
                "kind": self.feed.kind,
                "label": self.feed.label,
                "speed": self.feed.speed,
                "state": self.feed.state,
            },
            "reference_venue": self.reference_venue,
            "change": self.change,
            "parameters": self.parameters,
            "venues": [asdict(venue) for venue in self.venues],
            "brackets": list(self.brackets),
            "ages": list(self.ages),
            "bands": [
                [band.from_distance * 100, band.to_distance * 100, band.long_usd, band.short_usd]
                for band in self.bands
            ],
            "clusters": [zone.tuple for zone in self.clusters],
        }

    @property
    def update_meta(self) -> Meta:
        """The description inside an update: only what moves from minute to minute."""
        return {
            "version": self.version,
            "change": self.change,
            "venues": [[venue.age_s, venue.state] for venue in self.venues],
            "clusters": [zone.tuple for zone in self.nearest],
        }

    def to_json(self) -> Meta:
        """Plain data for a JSON column; ``reading_from_json`` takes it back."""
        return asdict(self)


def reading_from_json(data: Meta) -> Reading:
    """The reading that ``Reading.to_json`` wrote."""

    def zone(value: Meta | None) -> Zone | None:
        if not value:
            return None
        parts = {name: tuple(value.get(name, ())) for name in ("brackets", "ages")}
        return Zone(**value | parts)

    return Reading(
        **{
            **data,
            "feed": FeedReading(**data["feed"]),
            "venues": tuple(VenueReading(**venue) for venue in data["venues"]),
            "brackets": tuple(data["brackets"]),
            "ages": tuple(data["ages"]),
            "bands": tuple(Band(**band) for band in data["bands"]),
            "clusters": tuple(zone(cluster) for cluster in data["clusters"]),
            "above": zone(data["above"]),
            "below": zone(data["below"]),
            "cascade": Cascade(**data["cascade"]) if data["cascade"] else None,
        }
    )
