"""Which reads somebody wants to see, from the address; what it cannot mean is ignored."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Abs

from apps.journal.models import Read
from apps.journal.patterns import DISTANCES

LONGEST_WORDS = 60
FAR = ("0", "1", "2", "3")  # the steps of distance, as patterns have them
FEEDS = ("live", "replay", "simulated")


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty means all. Days are ``YYYY-MM-DD`` on the reader's clock, the last one included."""

    kind: str = ""
    market: str = ""
    state: str = ""
    side: str = ""
    far: str = ""
    feed: str = ""
    since: str = ""
    until: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """The filters of an address."""
        told = {one.name: query.get(one.name, "").replace("\x00", "") for one in fields(cls)}
        choices = {"kind": Read.Kind.values, "state": Read.State.values,
                   "side": Read.Side.values, "far": FAR, "feed": FEEDS}  # fmt: skip
        known = {name: told[name] for name, values in choices.items() if told[name] in values}
        days = {name: told[name] for name in ("since", "until") if _day(told[name])}
        return cls(market=told["market"][:32], words=told["words"].strip()[:LONGEST_WORDS],
                   **known, **days)  # fmt: skip

    def applied_to(self, reads: QuerySet[Read], zone: tzinfo) -> QuerySet[Read]:
        """Those reads that fit; the days are the zone's."""
        same = {name: getattr(self, name) for name in ("kind", "market", "side", "feed")}
        reads = reads.filter(**{name: value for name, value in same.items() if value})
        if self.state:
            counts = Case(When(~Q(said_state=""), then=F("said_state")), default=F("state"))
            reads = reads.alias(counts=counts).filter(counts=self.state)
        if self.far:
            low, high = _edges(int(self.far))
            reads = reads.alias(away=_away()).filter(away__gte=low, away__lt=high)
        if self.since:
            reads = reads.filter(at_ms__gte=_begin_ms(_day(self.since), zone))
        if self.until:
            reads = reads.filter(at_ms__lt=_begin_ms(_day(self.until) + timedelta(days=1), zone))
        return reads.filter(note__icontains=self.words) if self.words else reads

    @property
    def address(self) -> str:
        """As it stands in an address, without the question mark; empty without any."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    @property
    def query(self) -> str:
        """The same behind other parts of an address."""
        return f"&{self.address}" if self else ""

    @property
    def more(self) -> int:
        """How many of those are chosen that the first row of the form does not show."""
        first = ("kind", "market", "state")
        return sum(bool(value) for name, value in asdict(self).items() if name not in first)

    def __bool__(self) -> bool:
        return bool(self.address)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2009 <= day.year <= 2200 else None


def _begin_ms(day: date, zone: tzinfo) -> int:
    """When a day begins on the clock of a zone, however long the night before was."""
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    return round(begin.timestamp() * 1000)


def _edges(step: int) -> tuple[float, float]:
    ends = (0.0, *DISTANCES, 1e9)
    return ends[step], ends[step + 1]


def _away() -> Case:
    """What ``distance_of`` says without its sign, in the database."""
    is_below = Q(low__lte=F("price") * 2.0 - F("high"))
    return Case(
        When(low__lte=F("price"), high__gte=F("price"), then=0.0),
        When(is_below, then=Abs(F("high") / F("price") - 1.0)),
        default=Abs(F("low") / F("price") - 1.0),
    )
