"""Rows of a running feed into the database, and beside them what was heard and what is missing."""

from dataclasses import dataclass, field

from apps.exchanges.records import Feed as Source
from apps.exchanges.records import Row
from apps.markets import services
from apps.markets.gaps import GapWatch
from apps.markets.hearing import Hearing
from apps.markets.models import Feed


@dataclass(slots=True)
class Writer:
    """Remembers from batch to batch what was heard last of every venue and instrument."""

    source: Source
    feed: Feed
    hearing: Hearing = field(default_factory=Hearing)
    gaps: GapWatch = field(init=False)

    def __post_init__(self) -> None:
        self.gaps = GapWatch(self.feed)

    def store(self, rows: list[Row], wall_ms: int, *, is_history: bool = False) -> None:
        """Write rows at the wall-clock instant ``wall_ms``; history says nothing of delays."""
        fresh = services.store_rows(rows)
        venue_of = {info.slug: info.venue for info in self.source.instruments()}
        now_ms = None if is_history else self.feed.now_ms(wall_ms)
        self.hearing.note(rows, venue_of, wall_ms=wall_ms, now_ms=now_ms, speed=self.feed.speed)
        self.gaps.note(fresh, wall_ms=wall_ms, is_history=is_history)
