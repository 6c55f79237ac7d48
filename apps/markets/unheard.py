"""When a venue's liquidations were pushed and nobody heard them: they do not come twice.

Where a venue also answers questions about its liquidations, what was not heard is asked for, and
nothing is missing.
"""

from collections import defaultdict
from collections.abc import Iterable

from apps.exchanges.live.unheard import Unheard
from apps.markets.models import Feed, StreamStatus, UnheardSpan

ASKED, PUSHED = "liquidation replies", "pushed liquidations"

type Span = tuple[int, int]


def note_unheard(spans: Iterable[Unheard]) -> None:
    """Write down spans that are over; the same ones again change nothing."""
    UnheardSpan.objects.bulk_create(
        [
            UnheardSpan(
                venue=span.venue,
                kind=span.kind,
                from_ms=span.from_ms,
                to_ms=span.to_ms,
                reason=span.reason[:200],
            )
            for span in spans
        ],
        ignore_conflicts=True,
    )


def note_away(feed: Feed, wall_ms: int) -> None:
    """After a restart: nothing was heard from each line's last sign to the wall's ``wall_ms``."""
    lines = StreamStatus.objects.filter(kind=PUSHED).values_list("venue", "at_ms", "age_s")
    note_unheard(
        Unheard(venue, PUSHED, feed.now_ms(last_ms), feed.now_ms(wall_ms), "was not listened to")
        for venue, at_ms, age_s in lines
        if (last_ms := at_ms - round(1000 * (age_s or 0))) < wall_ms
    )


def unheard_liquidations(venues: Iterable[str], from_ms: int, to_ms: int) -> dict[str, list[Span]]:
    """By venue the spans that touch ``(from_ms, to_ms]``; two queries."""
    asked = StreamStatus.objects.filter(kind=ASKED).values("venue")
    rows = UnheardSpan.objects.filter(
        venue__in=venues, kind=PUSHED, from_ms__lt=to_ms, to_ms__gt=from_ms
    ).exclude(venue__in=asked)
    spans: dict[str, list[Span]] = defaultdict(list)
    for venue, first_ms, last_ms in rows.values_list("venue", "from_ms", "to_ms"):
        spans[venue].append((first_ms, last_ms))
    return spans
