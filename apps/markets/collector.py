"""From a feed into the database: what has been, then what happens.

    begin     whose rows are these? another feed's are deleted, the same one's go on
    backfill  history, batch by batch
    follow    the stream: one task listens, one writes; between them a bounded backlog

A database that is away for a while costs nothing until the backlog is full; then the oldest rows
are dropped and their number is logged. They come back as history at the next start.
"""

import asyncio
import logging
from collections.abc import Callable

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError

from apps.exchanges.records import BadFeed, BarRow, Watched
from apps.exchanges.records import Feed as Source
from apps.markets import services
from apps.markets.backlog import Backlog
from apps.markets.clock import wall_now_ms
from apps.markets.currency import keep_rates
from apps.markets.hearing import PUBLISHED, note_statuses
from apps.markets.models import Feed, Heartbeat
from apps.markets.pulse import SITE
from apps.markets.retention import prune
from apps.markets.unheard import note_away, note_unheard
from apps.markets.writing import Writer

log = logging.getLogger(__name__)

RESUME_WITHIN_MS = 300_000  # a feed away for longer starts afresh, unless it is the real market
BACKLOG_ROWS = 50_000
RETRY_S = 1.0
WATCH_EVERY_S = 2.0
PRUNE_EVERY_MS = 600_000

type WallClock = Callable[[], int]


async def collect(
    source: Source, *, asked_for: str, wall: WallClock = wall_now_ms, backlog: int = BACKLOG_ROWS
) -> None:
    """Run a feed until it ends or the task is cancelled; ``asked_for`` is the setting's text.

    Whatever the feed raises is kept as the failed feed's message, then raised again.
    """
    feed, is_resumed = await database_sync_to_async(begin)(source, asked_for, wall())
    try:
        writer = Writer(source, feed)
        after_ms = await _backfill(writer, is_resumed, wall)
        if is_resumed:
            await database_sync_to_async(note_away)(feed, wall())
        await _follow(writer, after_ms, wall, Backlog(backlog))
        await _set_state(feed, Feed.State.ENDED, anchor=(feed.now_ms(wall()), wall()))
        log.info("The feed %s has ended.", feed.label)
    except Exception as error:
        await _set_state(feed, Feed.State.FAILED, message=str(error))
        raise


def begin(source: Source, asked_for: str, wall_ms: int) -> tuple[Feed, bool]:
    """The row of a feed, and whether it goes on where an earlier run of it stopped.

    Raises ``BadFeed`` where a substitute (it has a reason) would delete the real market's rows.
    """
    info = source.info
    identity = f"{asked_for} {info.kind} {info.label} {info.speed:g}"[:300]
    stored = Feed.objects.first()
    if stored and stored.source == identity and _may_resume(stored, wall_ms):
        services.ensure_instruments(source.instruments())
        return stored, True
    if stored and stored.kind == Feed.Kind.LIVE and info.reason:
        raise BadFeed(f"{info.reason.splitlines()[0]} What the real market told is kept instead.")
    if stored:
        log.warning("All rows of %s are deleted; the feed is now %s.", stored.label, info.label)
    services.forget_everything()
    services.ensure_instruments(source.instruments())
    services.forget_untraded_markets()
    feed = Feed.objects.create(
        kind=info.kind,
        label=info.label[:200],
        source=identity,
        speed=info.speed,
        anchor_data_ms=source.start_ms(wall_ms),
        anchor_wall_ms=wall_ms,
        message=info.reason[:300],
    )
    return feed, False


def _may_resume(feed: Feed, wall_ms: int) -> bool:
    if feed.kind == Feed.Kind.LIVE:
        return True
    beats = Heartbeat.objects.exclude(stream=PUBLISHED).exclude(venue=SITE).order_by("-at_ms")
    heard = beats.values_list("at_ms", flat=True).first()
    has_run = feed.state in (Feed.State.RUNNING, Feed.State.FAILED) and feed.first_ms > 0
    return has_run and heard is not None and abs(wall_ms - heard) <= RESUME_WITHIN_MS


async def _backfill(writer: Writer, is_resumed: bool, wall: WallClock) -> int:
    """Store the history; the data's time up to which everything is known then."""
    source, feed = writer.source, writer.feed
    until_ms = feed.now_ms(wall()) if is_resumed else feed.anchor_data_ms
    began_ms, count = wall(), 0
    batches = iter(source.history(until_ms, feed.first_ms if is_resumed else None))
    while (batch := await sync_to_async(next)(batches, None)) is not None:
        if not batch:
            continue
        feed.first_ms = feed.first_ms or min(
            (row.end_ms - row.span_ms for row in batch if isinstance(row, BarRow)), default=0
        )
        await database_sync_to_async(writer.store)(batch, wall(), is_history=True)
        count += len(batch)
    log.info("%d rows of %s back-filled in %d ms.", count, feed.label, wall() - began_ms)
    anchor = None if is_resumed else (source.start_ms(wall()), wall())
    await _set_state(feed, Feed.State.RUNNING, anchor=anchor, message=source.info.reason)
    return until_ms


async def _follow(writer: Writer, after_ms: int, wall: WallClock, backlog: Backlog) -> None:
    source, feed = writer.source, writer.feed
    writing = asyncio.create_task(_write_for_ever(writer, wall, backlog))
    watching = asyncio.create_task(_watch_for_ever(source, wall))
    pricing = asyncio.create_task(_keep_rates(source, wall))
    try:
        listening = source.stream(after_ms, lambda: feed.now_ms(wall()), asyncio.sleep)
        async for rows in listening:
            if writing.done():
                break
            backlog.add(rows)
        while not (backlog.is_settled or writing.done()):
            await asyncio.sleep(RETRY_S / 10)
    finally:
        writing.cancel()
        watching.cancel()
        pricing.cancel()
        outcome = (await asyncio.gather(writing, watching, pricing, return_exceptions=True))[0]
    if isinstance(outcome, Exception):
        raise outcome


async def _watch_for_ever(source: Source, wall: WallClock) -> None:
    """Write down how the streams of a live feed stand, also while none of them tells anything."""
    noted_ms = 0
    while isinstance(source, Watched):
        try:
            await database_sync_to_async(note_statuses)(
                source.streams(), source.skews_ms(), source.used_shares(), at_ms=wall()
            )
            missed = [span for span in source.unheard() if span.to_ms >= noted_ms]
            await database_sync_to_async(note_unheard)(missed)
            noted_ms = max((span.to_ms for span in missed), default=noted_ms)
        except (OperationalError, InterfaceError) as error:
            log.warning("How the streams stand could not be written (%s).", error)
        await asyncio.sleep(WATCH_EVERY_S)


async def _keep_rates(source: Source, wall: WallClock) -> None:
    """Ask what a dollar is worth, unless the market is not the real one of today."""
    if source.info.kind == Feed.Kind.LIVE:
        await keep_rates(wall)


async def _write_for_ever(writer: Writer, wall: WallClock, backlog: Backlog) -> None:
    pruned_ms = 0
    while True:
        rows = await backlog.take()
        try:
            await database_sync_to_async(writer.store)(rows, wall())
            if wall() - pruned_ms > PRUNE_EVERY_MS:
                await _prune(writer.feed.now_ms(wall()), wall())
                pruned_ms = wall()
        except (OperationalError, InterfaceError) as error:
            backlog.put_back(rows)
            log.warning("The database is away (%s); %d rows wait.", error, len(backlog))
            await asyncio.sleep(RETRY_S)
            continue
        backlog.written()
        if backlog.dropped:
            log.error("%d rows were dropped while the database was away.", backlog.dropped)
            backlog.dropped = 0


@database_sync_to_async
def _prune(now_ms: int, wall_ms: int) -> None:
    if count := prune(now_ms=now_ms, wall_ms=wall_ms):
        log.info("%d old rows were deleted.", count)


@database_sync_to_async
def _set_state(
    feed: Feed, state: Feed.State, *, anchor: tuple[int, int] | None = None, message: str = ""
) -> None:
    feed.state, feed.message = state, message[:300]
    if anchor:
        feed.anchor_data_ms, feed.anchor_wall_ms = anchor
    feed.save()
