"""The walk of each market, carried on from where any process left it.

    process memory ──▶ cache ──▶ rows        the first that has it; then on by the newest rows
        every call     every few minutes

A walk holds only what can no longer change: closed bars up to the watermark of all live venues.
What came after (the open minute, the quick venues) is walked on top of it for each picture and
thrown away. A late bar is a revision of its market; the walk is then made again from rows.

Bars that are few are walked one instant at a time, and the walks in between are handed out as
stations: whoever draws columns reads each at its own end instead of replaying the whole record.
"""

import logging
import pickle
import zlib
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
from django.conf import settings

from apps.engine.book import Walk, advance, start
from apps.engine.parameters import Parameters
from apps.engine.records import BAR_FIELDS, Bars
from apps.heatmaps import shelf
from apps.markets.bars import load_bars
from apps.markets.leverage_sets import parameters_for
from apps.markets.models import Feed, Market
from apps.markets.services import DAY_MS, settle

log = logging.getLogger(__name__)

FORMAT = 3  # rises when what is pickled changes its shape
KEPT_FOR_S = 3600
KEEP_EVERY_MS = 300_000  # of the reader's time: so much a newcomer walks again, at most
LARGEST_KEPT = 8_000_000  # bytes; a larger one is made again from rows
MOST_IN_MEMORY = 12
MOST_STATIONS = 12
UNREADABLE = (
    pickle.UnpicklingError, zlib.error, AttributeError, ImportError, TypeError, ValueError,
    IndexError, KeyError, EOFError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A market's walk up to a watermark, and what it holds for."""

    feed_id: int
    revision: int
    walk: Walk
    kept_ms: int = 0  # the data's time up to which it is in the cache

    def holds_for(
        self, feed: Feed, revision: int, venues: tuple[str, ...], parameters: Parameters
    ) -> bool:
        """Whether it still tells what the rows tell."""
        return (
            (self.feed_id, self.revision) == (feed.pk, revision)
            and self.walk.venues == venues
            and self.walk.parameters == parameters
        )


_memory: OrderedDict[int, Checkpoint] = OrderedDict()


def current_checkpoint(
    market: Market, feed: Feed, *, until_ms: int, now_ms: int
) -> tuple[Checkpoint, tuple[Walk, ...]]:
    """The market's walk carried on to ``until_ms``, a watermark; ``now_ms`` bounds its history.

    Also the last few walks on the way there, rising in time. Carrying it on by a minute takes a
    few milliseconds, making it again some hundred.
    """
    settled_ms, revision = Market.objects.values_list("settled_ms", "revision").get(pk=market.pk)
    if settled_ms < until_ms:
        settle(market=market, until_ms=until_ms)
    venues = market.venues()
    parameters = parameters_of(market)
    checkpoint = _memory.get(market.pk)
    if not checkpoint or not checkpoint.holds_for(feed, revision, venues, parameters):
        checkpoint = _fetched(market)
    if not checkpoint or not checkpoint.holds_for(feed, revision, venues, parameters):
        log.info("The book of %s is made again from its rows.", market)
        checkpoint = Checkpoint(feed.pk, revision, start(venues, parameters))
    bars = _bars_ahead(checkpoint, market, until_ms=until_ms, now_ms=now_ms)
    stations = _stations(checkpoint.walk, bars) if bars else ()
    checkpoint = replace(checkpoint, walk=stations[-1]) if stations else checkpoint
    checkpoint = _kept(checkpoint, market, every_ms=int(KEEP_EVERY_MS * max(feed.speed, 1)))
    _memory[market.pk] = checkpoint
    _memory.move_to_end(market.pk)
    while len(_memory) > MOST_IN_MEMORY:
        _memory.popitem(last=False)
    return checkpoint, stations


def parameters_of(market: Market) -> Parameters:
    """The settings a market is walked with; another set is another book."""
    return parameters_for(market.base)


def provisional_bars(market: Market, *, after_ms: int, now_ms: int) -> Bars:
    """What is known beyond a watermark, the open bars as if they ended now.

    Until an open bar has closed, its end lies ahead; such bars are told at ``now_ms`` instead.
    """
    bars = load_bars(market, since_ms=after_ms)
    over = int(np.searchsorted(bars.end_ms, now_ms, side="right"))
    if over == len(bars):
        return bars
    told, open_ = bars.between(0, over), bars.between(over, len(bars))
    last_ms = max(now_ms, int(told.end_ms[-1]) + 1 if over else after_ms + 1)
    known = np.isfinite(open_.close)
    first, venue = known.argmax(axis=1), np.arange(len(bars.venues))
    fields = (
        np.column_stack([getattr(told, name), getattr(open_, name)[venue, first]])
        for name in BAR_FIELDS
    )
    return Bars(bars.venues, np.append(told.end_ms, last_ms), *fields)


def with_provisional(checkpoint: Checkpoint, bars: Bars) -> Walk:
    """The walk with bars on top that may still change; the checkpoint stays as it was."""
    return advance(checkpoint.walk, bars) if len(bars) else checkpoint.walk


def forget_checkpoints() -> None:
    """Forget what this process remembers, as a new process would."""
    _memory.clear()


def _bars_ahead(
    checkpoint: Checkpoint, market: Market, *, until_ms: int, now_ms: int
) -> Bars | None:
    oldest_ms = now_ms - settings.HISTORY_DAYS * DAY_MS
    since_ms = max(checkpoint.walk.end_ms, oldest_ms)
    if until_ms <= since_ms:
        return None
    return load_bars(market, since_ms=since_ms, until_ms=until_ms, closed_only=True)


def _stations(walk: Walk, bars: Bars) -> tuple[Walk, ...]:
    """The walk after each of the last few instants; those before are walked in one go."""
    first = max(len(bars) - MOST_STATIONS, 0)
    if first:
        walk = advance(walk, bars.between(0, first))
    stations = []
    for instant in range(first, len(bars)):
        walk = advance(walk, bars.between(instant, instant + 1))
        stations.append(walk)
    return tuple(stations)


def _kept(checkpoint: Checkpoint, market: Market, *, every_ms: int) -> Checkpoint:
    end_ms = checkpoint.walk.end_ms
    if end_ms < checkpoint.kept_ms + every_ms:
        return checkpoint
    checkpoint = replace(checkpoint, kept_ms=end_ms)
    packed = zlib.compress(pickle.dumps(checkpoint, protocol=5), 1)
    if len(packed) <= LARGEST_KEPT:
        shelf.keep(_key(market), packed, for_s=KEPT_FOR_S)
    return checkpoint


def _fetched(market: Market) -> Checkpoint | None:
    packed = shelf.take(_key(market))
    try:
        return pickle.loads(zlib.decompress(packed)) if packed else None  # noqa: S301 (ours)
    except UNREADABLE:
        log.warning("The checkpoint of %s cannot be read and is made again.", market)
        return None


def _key(market: Market) -> str:
    return f"checkpoint.{FORMAT}.{market.slug}"
