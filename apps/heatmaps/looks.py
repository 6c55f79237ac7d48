"""One look at a market: its walk up to now, and how fresh each venue is.

A picture is drawn of a look. Within one process all pictures of one version share it, so what
they show belongs to the same instant.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from apps.engine.book import Walk
from apps.engine.records import BAR_FIELDS, Bars
from apps.heatmaps.checkpoints import (
    Checkpoint,
    current_checkpoint,
    provisional_bars,
    with_provisional,
)
from apps.heatmaps.models import Snapshot
from apps.markets.clock import wall_now_ms
from apps.markets.coverage import VenueCoverage, coverage_of, watermark_ms
from apps.markets.models import Feed, Market

FRESHEST_FIRST = ("live", "stale", "absent")


@dataclass(frozen=True, slots=True)
class Look:
    """All that is known of a market at an instant."""

    market: Market
    feed: Feed
    wall_ms: int
    coverage: tuple[VenueCoverage, ...]
    checkpoint: Checkpoint
    stations: tuple[Walk, ...]  # walks on the way to the checkpoint
    walk: Walk  # the checkpoint's, and on top what may still change
    fingerprint: str

    @property
    def reference(self) -> str:
        """The venue on whose price all are put: of those most alive, the one of finest bars."""
        return min(self.coverage, key=lambda v: (FRESHEST_FIRST.index(v.state), v.span_ms)).venue


_looks: dict[int, tuple[int, Look]] = {}


def look_at(market: Market, feed: Feed, *, now_ms: int, wall_ms: int) -> Look | None:
    """The market's walk carried on to ``now_ms``; None before it has a bar."""
    coverage = coverage_of(market, feed=feed, wall_ms=wall_ms)
    mark_ms = watermark_ms(coverage)
    if mark_ms is None:
        return None
    checkpoint, stations = current_checkpoint(market, feed, until_ms=mark_ms, now_ms=now_ms)
    bars = provisional_bars(market, after_ms=max(checkpoint.walk.end_ms, 0), now_ms=now_ms)
    walk = with_provisional(checkpoint, bars)
    if not walk.tapes:
        return None
    fingerprint = _fingerprint(feed, coverage, checkpoint, bars)
    return Look(market, feed, wall_ms, coverage, checkpoint, stations, walk, fingerprint)


def look_of(market: Market, snapshot: Snapshot) -> Look | None:
    """This process's look of a published version: the first time now, then the same again."""
    version, look = _looks.get(market.pk, (0, None))
    if look is None or (version, look.feed.pk) != (snapshot.version, snapshot.feed_id):
        wall_ms = wall_now_ms()
        feed = snapshot.feed
        look = look_at(market, feed, now_ms=feed.now_ms(wall_ms), wall_ms=wall_ms)
        if look:
            _looks[market.pk] = snapshot.version, look
    return look


def forget_looks() -> None:
    """Forget what this process remembers, as a new process would."""
    _looks.clear()


def _fingerprint(
    feed: Feed, coverage: tuple[VenueCoverage, ...], checkpoint: Checkpoint, bars: Bars
) -> str:
    """A name for all a picture is made from; that time passes alone does not change it."""
    states = [(venue.venue, venue.state) for venue in coverage]
    made = (checkpoint.revision, checkpoint.walk.parameters.version)
    about = (feed.pk, feed.state, feed.message, states, *made)
    digest = hashlib.sha1(repr((*about, checkpoint.walk.end_ms)).encode(), usedforsecurity=False)
    for name in BAR_FIELDS:
        digest.update(np.ascontiguousarray(getattr(bars, name)).tobytes())
    return digest.hexdigest()
