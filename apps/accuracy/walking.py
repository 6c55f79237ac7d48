"""The walks that predictions are read from: one per model, carried on from hour to hour.

They are the scoreboard's own, and forget the way they came: what stood at the start of an hour is
read before that hour's bars are known to them. So a prediction is made in advance by construction,
and the walk of the pages is not touched.
"""

import pickle
import zlib
from collections import OrderedDict
from dataclasses import dataclass, replace

from apps.engine.book import Walk, advance, start
from apps.engine.parameters import MODELS, Parameters, default_parameters
from apps.engine.records import Bars
from apps.heatmaps import shelf
from apps.heatmaps.checkpoints import UNREADABLE, parameters_of
from apps.markets.models import Feed, Market

FORMAT = 1
KEPT_FOR_S = 2 * 86_400
LARGEST_KEPT = 24_000_000  # bytes
MOST_IN_MEMORY = 3  # markets: asked for once an hour, so the cache will do
MAP = MODELS[0]

type Walks = dict[str, Walk]
type Settings = dict[str, Parameters]
"""Of every model, in the order of ``MODELS``."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The walks of a market, and what they hold for."""

    feed_id: int
    revision: int
    walks: Walks

    @property
    def end_ms(self) -> int:
        """The instant of the last bar walked."""
        return self.walks[MAP].end_ms

    def holds_for(
        self, feed: Feed, market: Market, venues: tuple[str, ...], told: Settings
    ) -> bool:
        """Whether they still tell what the rows tell, with these settings."""
        return (self.feed_id, self.revision) == (feed.pk, market.revision) and all(
            walk.venues == venues and walk.parameters == parameters
            for walk, parameters in zip(self.walks.values(), told.values(), strict=True)
        )


_memory: OrderedDict[int, Carried] = OrderedDict()


def settings_of(market: Market) -> Settings:
    """The settings of every model: the map's are those the pages use now."""
    altcoin = market.base != "BTC"
    others = {name: default_parameters(name, altcoin=altcoin) for name in MODELS[1:]}
    return {MAP: parameters_of(market)} | others


def carried_walks(market: Market, feed: Feed, told: Settings, *, until_ms: int) -> Carried:
    """The walks as they were left, none of them beyond ``until_ms``; else new ones."""
    venues = market.venues()
    kept = _memory.get(market.pk) or _fetched(market)
    if kept and kept.holds_for(feed, market, venues, told) and kept.end_ms <= until_ms:
        return kept
    walks = {name: start(venues, parameters) for name, parameters in told.items()}
    return Carried(feed.pk, market.revision, walks)


def carried_on(carried: Carried, bars: Bars) -> Carried:
    """The walks after more bars; only these are in their record."""
    if not len(bars):
        return replace(carried, walks={n: _bare(w) for n, w in carried.walks.items()})
    walks = {name: advance(_bare(walk), bars) for name, walk in carried.walks.items()}
    return replace(carried, walks=walks)


def keep_walks(market: Market, carried: Carried) -> None:
    """Remember the walks for the next hour, here and for other processes."""
    carried = replace(carried, walks={n: _bare(w) for n, w in carried.walks.items()})
    _memory[market.pk] = carried
    _memory.move_to_end(market.pk)
    while len(_memory) > MOST_IN_MEMORY:
        _memory.popitem(last=False)
    packed = zlib.compress(pickle.dumps(carried, protocol=5), 1)
    if len(packed) <= LARGEST_KEPT:
        shelf.keep(_key(market), packed, for_s=KEPT_FOR_S)


def forget_walks() -> None:
    """Forget what this process remembers, as a new process would."""
    _memory.clear()


def _bare(walk: Walk) -> Walk:
    return replace(walk, tapes=())


def _fetched(market: Market) -> Carried | None:
    packed = shelf.take(_key(market))
    try:
        return pickle.loads(zlib.decompress(packed)) if packed else None  # noqa: S301 (ours)
    except UNREADABLE:
        return None


def _key(market: Market) -> str:
    return f"scoreboard.{FORMAT}.{market.slug}"
