"""What was heard of whom: heartbeats, minutes heard, and how late it came.

    stored - happened at the venue = delay       a bar happens when it ends, a print at its instant

History says nothing about delays, and open bars do not either: they have not ended.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apps.exchanges.live.streams import StreamState
from apps.exchanges.records import BarRow, DepthRow, LiquidationRow, MarginTier, Ratio, Row
from apps.markets import services
from apps.markets.models import HeardMinute, Heartbeat, Market, StreamStatus, VenueStatus

MINUTE_MS = 60_000
PUBLISHED = "published"  # the stream of a market's pictures
LONGEST_DELAY_MS = 86_400_000
WRITTEN_EVERY_MS = 2_000
STREAMS: tuple[tuple[str, type[Row]], ...] = (
    ("bars", BarRow),
    ("prints", LiquidationRow),
    ("depth", DepthRow),
    ("ratios", Ratio),
    ("margin-tiers", MarginTier),
)

type Key = tuple[str, str]
"""A venue and a stream."""


@dataclass(slots=True)
class Heard:
    """What a stream gave in a minute."""

    rows: int = 0
    delay_ms: int | None = None


class Hearing:
    """Notes what comes, and writes it down every two seconds and at the end of each minute."""

    def __init__(self) -> None:
        self._minute_ms = 0
        self._written_ms = 0
        self._heard: defaultdict[Key, Heard] = defaultdict(Heard)
        self._delays: dict[Key, int] = {}

    def note(
        self,
        rows: Iterable[Row],
        venue_of: Mapping[str, str],
        *,
        wall_ms: int,
        now_ms: int | None = None,
        speed: float = 1.0,
    ) -> None:
        """Take in rows stored at ``wall_ms``; ``now_ms``, the data's clock, only for news."""
        if wall_ms // MINUTE_MS * MINUTE_MS != self._minute_ms:
            self._write(wall_ms)
            self._heard.clear()
            self._minute_ms, self._written_ms = wall_ms // MINUTE_MS * MINUTE_MS, 0
        is_due = wall_ms - self._written_ms >= WRITTEN_EVERY_MS
        for (venue, stream), told in _by_stream(rows, venue_of).items():
            heard = self._heard[venue, stream]
            heard.rows += len(told)
            happened = [_happened_ms(row) for row in told if _ends(row)]
            if now_ms is not None and happened:
                delay_ms = _delay_ms((now_ms - max(happened)) / speed)
                self._delays[venue, stream] = delay_ms
                heard.delay_ms = max(delay_ms, heard.delay_ms or 0)
            if is_due or now_ms is not None:
                delay_ms = self._delays.get((venue, stream))
                services.beat(venues=[venue], stream=stream, at_ms=wall_ms, delay_ms=delay_ms)
        if is_due:
            self._write(wall_ms)

    def _write(self, wall_ms: int) -> None:
        HeardMinute.objects.bulk_create(
            [
                HeardMinute(
                    venue=venue,
                    stream=stream,
                    minute_ms=self._minute_ms,
                    rows=heard.rows,
                    delay_ms=heard.delay_ms,
                )
                for (venue, stream), heard in self._heard.items()
            ],
            update_conflicts=True,
            unique_fields=["venue", "stream", "minute_ms"],
            update_fields=["rows", "delay_ms"],
        )
        self._written_ms = wall_ms


def note_published(market: Market, *, looked_ms: int, published_ms: int) -> None:
    """Write how long the newest row that a picture was made of waited until it was published."""
    stored = Heartbeat.objects.filter(
        stream="bars", venue__in=market.venues(), at_ms__lte=looked_ms
    ).order_by("-at_ms")
    stored_ms = stored.values_list("at_ms", flat=True).first()
    delay_ms = None if stored_ms is None else _delay_ms(published_ms - stored_ms)
    services.beat(venues=[market.slug], stream=PUBLISHED, at_ms=published_ms, delay_ms=delay_ms)


def note_statuses(
    states: Iterable[StreamState],
    skews_ms: Mapping[str, int],
    used_shares: Mapping[str, float],
    *,
    at_ms: int,
) -> None:
    """Write how every stream of a live feed stands, and what is known of each venue."""
    StreamStatus.objects.bulk_create(
        [
            StreamStatus(
                venue=state.venue,
                kind=state.kind,
                instrument=state.instrument,
                state=state.state,
                age_s=state.age_s,
                trouble=state.trouble[:200],
                at_ms=at_ms,
            )
            for state in states
        ],
        update_conflicts=True,
        unique_fields=["venue", "kind", "instrument"],
        update_fields=["state", "age_s", "trouble", "at_ms"],
    )
    VenueStatus.objects.bulk_create(
        [
            VenueStatus(venue=venue, skew_ms=skews_ms.get(venue, 0), used_share=share, at_ms=at_ms)
            for venue, share in used_shares.items()
        ],
        update_conflicts=True,
        unique_fields=["venue"],
        update_fields=["skew_ms", "used_share", "at_ms"],
    )


def _by_stream(rows: Iterable[Row], venue_of: Mapping[str, str]) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in rows:
        stream = next(name for name, kind in STREAMS if isinstance(row, kind))
        found.setdefault((venue_of[row.instrument], stream), []).append(row)
    return dict(sorted(found.items()))


def _delay_ms(delay_ms: float) -> int:
    return min(max(0, round(delay_ms)), LONGEST_DELAY_MS)


def _ends(row: Row) -> bool:
    return not isinstance(row, BarRow) or row.closed


def _happened_ms(row: Row) -> int:
    return row.end_ms if isinstance(row, BarRow) else row.ts_ms
