"""What the pages and the task ask of the map.

A page needs three calls::

    spec = parse_spec(request.GET, market)     # spec.py; BadSpec → 400
    reading = get_reading(market, spec)        # the panels; None: nothing has been published yet
    frame = get_frame(market, spec)            # the bytes; None likewise

``advance_market`` brings the book up to date and publishes: a row and a cached frame with the
next version, and news of it to whoever listens.
"""

import logging
from datetime import UTC, datetime

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from apps.heatmaps import frames, groups
from apps.heatmaps.looks import Look, look_at
from apps.heatmaps.models import Snapshot
from apps.heatmaps.pictures import Drawing, draw, newest_drawing
from apps.heatmaps.readings import Reading, reading_from_json
from apps.heatmaps.signals import snapshot_published
from apps.heatmaps.spec import DEFAULT_SPEC, PictureSpec
from apps.markets.clock import current_feed, wall_now_ms
from apps.markets.hearing import note_published
from apps.markets.models import Market

log = logging.getLogger(__name__)


def get_frame(market: Market | None, spec: PictureSpec) -> bytes | None:
    """The newest full frame of a picture; None before anything was published.

    Works without Redis. The default picture comes from the cache or the database; any other is
    drawn here the first time it is asked for, and cached until the next version.
    """
    snapshot = newest_snapshot(market)
    if snapshot is None:
        return None
    if data := frames.fetch(snapshot, spec):
        return data
    if spec.is_default:
        return bytes(snapshot.frame)
    drawing = newest_drawing(market, spec)
    if drawing is None:
        return None
    data = frames.full(drawing)
    frames.keep(snapshot, spec, data)
    return data


def get_reading(market: Market | None, spec: PictureSpec) -> Reading | None:
    """What the newest picture says; None before anything was published."""
    snapshot = newest_snapshot(market)
    if snapshot is None:
        return None
    if spec.is_default:
        return reading_from_json(snapshot.reading)
    drawing = newest_drawing(market, spec)
    return drawing.reading if drawing else None


def get_published(market: Market) -> tuple[Reading, bytes] | None:
    """What the newest default picture says and its frame, surely of one and the same moment."""
    snapshot = Snapshot.objects.filter(market=market).first()
    return (reading_from_json(snapshot.reading), bytes(snapshot.frame)) if snapshot else None


def newest_snapshot(market: Market | None) -> Snapshot | None:
    """What was published last of a market, its frame left in the database until it is used."""
    return Snapshot.objects.filter(market=market).defer("frame").first() if market else None


def advance_market(*, market: Market, now_ms: int, wall_ms: int | None = None) -> Snapshot | None:
    """Bring a market's book up to ``now_ms`` (the data's clock) and publish if anything changed.

    Running it twice, or in two processes, is harmless. None: nothing new, or the feed is still
    telling its history.
    """
    feed = current_feed()
    if feed is None or feed.state == feed.State.STARTING:
        return None
    look = look_at(market, feed, now_ms=now_ms, wall_ms=wall_ms or wall_now_ms())
    before = newest_snapshot(market)
    if look is None or (before and before.fingerprint == look.fingerprint):
        return None
    version = _next_version(before, look.wall_ms)
    drawing = draw(look, DEFAULT_SPEC, version=version)
    return publish(drawing, look=look, before=before)


def publish(drawing: Drawing, *, look: Look, before: Snapshot | None) -> Snapshot | None:
    """Store a drawing of the default picture as the newest; None when another process was first.

    ``look`` is what it was drawn of; the one signal is sent before the transaction ends.
    """
    frame = frames.full(drawing)
    values = {
        "feed": drawing.feed,
        "version": drawing.version,
        "as_of_ms": drawing.as_of_ms,
        "published_at": datetime.fromtimestamp(drawing.wall_ms / 1000, UTC),
        "fingerprint": look.fingerprint,
        "frame": frame,
        "reading": drawing.reading.to_json(),
    }
    with transaction.atomic():
        if not _is_stored(drawing.market, values, before):
            return None
        snapshot_published.send(sender=Snapshot, look=look)
        transaction.on_commit(lambda: _announce(drawing.market.slug, drawing.version))
    snapshot = Snapshot.objects.get(market=drawing.market)
    frames.keep(snapshot, DEFAULT_SPEC, frame)
    note_published(drawing.market, looked_ms=look.wall_ms, published_ms=wall_now_ms())
    return snapshot


def _next_version(before: Snapshot | None, wall_ms: int) -> int:
    """One more than the last; the first is the time, so that it is above those of feeds before."""
    return before.version + 1 if before else wall_ms // 1000


def _is_stored(market: Market, values: dict, before: Snapshot | None) -> bool:
    if before is None:
        return Snapshot.objects.get_or_create(market=market, defaults=values)[1]
    newest = Snapshot.objects.filter(pk=before.pk, version=before.version)
    return newest.update(**values) == 1


def _announce(market: str, version: int) -> None:
    message = {"type": "snapshot.published", "market": market, "version": version}
    try:
        async_to_sync(get_channel_layer().group_send)(groups.heatmap(market), message)
    except Exception as error:  # the layer is away: sockets look for themselves when it is back
        log.warning("Nobody could be told of %s version %d: %s", market, version, error)
