"""Open reads are judged again and again from the same rows, so a restart changes nothing."""

from dataclasses import asdict
from itertools import groupby

from django.db.models import F, QuerySet

from apps.journal.evidence import load_path, load_prints
from apps.journal.models import Read
from apps.journal.outcome import AFTERMATH_MS, NO_PRINTS, Path, Terms, resolve
from apps.markets.clock import current_feed, wall_now_ms
from apps.markets.models import Feed
from apps.markets.source import source_of

GIVE_UP_MS = 7 * 86_400_000  # after the horizon: missing bars that late do not come any more
TERMS = ("at_ms", "horizon_ms", "side", "price", "low", "high", "next_price",
         "entry", "stop", "target")  # fmt: skip


def terms_of(read: Read) -> Terms:
    """What a read claims, for judging."""
    return Terms(**{name: getattr(read, name) for name in TERMS})


def resolve_reads(reads: QuerySet[Read] | None = None) -> int:
    """Judge these reads, or all, if not final, by the rows of the feed they were made on.

    Returns how many changed. Harmless to run twice, or in two processes.
    """
    feed = current_feed()
    if feed is None or feed.state == Feed.State.STARTING:
        return 0
    now_ms = feed.now_ms(wall_now_ms())
    waiting = (
        (Read.objects.all() if reads is None else reads)
        .filter(
            is_final=False, source=source_of(feed), at_ms__gt=now_ms - GIVE_UP_MS - F("horizon_ms")
        )
        .order_by("market", "venue")
    )
    changed = 0
    for (market, venue), reads in groupby(
        waiting.defer("frozen", "note"), key=lambda read: (read.market, read.venue)
    ):
        together = list(reads)
        path = load_path(market, venue, since_ms=min(read.at_ms for read in together))
        changed += sum(_judge(read, path) for read in together)
    return changed


def _judge(read: Read, path: Path) -> bool:
    terms = terms_of(read)
    outcome = resolve(terms, path, NO_PRINTS)
    if outcome.overshoot is not None:
        until_ms = outcome.reached_ms + AFTERMATH_MS
        prints = load_prints(
            read.market, since_ms=outcome.reached_ms - AFTERMATH_MS, until_ms=until_ms
        )
        outcome = resolve(terms, path, prints)
    told = asdict(outcome)
    if all(getattr(read, name) == value for name, value in told.items()):
        return False
    unjudged = Read.objects.filter(pk=read.pk, is_final=False, covered_ms__lte=outcome.covered_ms)
    return unjudged.update(**told) == 1  # bars that are gone, or not seen yet, take nothing back
