r"""Clusters followed from one look to the next: formed, grew, shrank, vanished, swept.

::

    look 1     [==A==]                      a candidate: not told yet
    look 2      [==A==]                     the same zone, moved by a bin
    look 3     [==A==]      [==B==]         A has lasted: FORMED
    look 4                  [==B==]         A is missing; still kept, it may only be hidden
    look 9                  [==B==]         missing for too long: VANISHED; its place is remembered
    price comes to B's densest bin          SWEPT, whatever is left of it

A cluster is the same while its zone overlaps, so neither bins that shift nor edges that breathe
change its name. What appears where something stood a while ago is that something again, or what
is left of it: nothing new has formed there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from apps.engine.records import Cluster, Side

MARGIN = 0.002  # of the price: zones so close are the same zone
CONFIRM_LOOKS = 3  # in a row until a candidate has formed
PATIENCE_MS = 5 * 60_000  # for which a cluster may be missing before it has vanished
REMEMBERED_MS = 60 * 60_000  # for which the place of one that is gone is nothing new
GREW = 1.25  # against what was told last
SHRANK = 0.70


class Kind(StrEnum):
    """What may happen to a cluster."""

    FORMED = "formed"
    GREW = "grew"
    SHRANK = "shrank"
    VANISHED = "vanished"
    SWEPT = "swept"


class Life(StrEnum):
    """Where a followed cluster stands."""

    CANDIDATE = "candidate"
    STANDING = "standing"
    GONE = "gone"  # swept or vanished; only its place is remembered


@dataclass(frozen=True, slots=True)
class Followed:
    """A cluster with a name that lasts; prices and dollars are those of its last sighting."""

    name: int
    life: Life
    side: Side
    low: float
    high: float
    peak: float
    usd: float
    share: float  # of all dollars in the column
    looks: int  # in a row, counted while it is a candidate
    seen_ms: int
    least_usd: float  # since it formed
    most_usd: float
    told_usd: float  # at the last change that was told
    family: int  # the name of the cluster it came off, its own if of none


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a cluster; ``before_usd`` is what it held when last told of."""

    kind: Kind
    cluster: Followed
    before_usd: float


@dataclass(frozen=True, slots=True)
class Following:
    """Every cluster that is followed, and the next free name."""

    at_ms: int
    clusters: tuple[Followed, ...] = ()
    next_name: int = 1

    @property
    def standing(self) -> tuple[Followed, ...]:
        """Those that have formed and are not gone, whether in sight or hidden for a moment."""
        return tuple(c for c in self.clusters if c.life is Life.STANDING)


def begin(clusters: Iterable[Cluster], *, at_ms: int) -> Following:
    """Follow from here on: all that is there has stood before, nothing has happened."""
    fresh = [_named(cluster, name, at_ms, None) for name, cluster in enumerate(clusters, 1)]
    standing = tuple(replace(cluster, life=Life.STANDING) for cluster in fresh)
    return Following(at_ms, standing, len(fresh) + 1)


def follow(
    following: Following, clusters: Iterable[Cluster], *, at_ms: int, low: float, high: float
) -> tuple[Following, tuple[Change, ...]]:
    """The next look: clusters at ``at_ms``, and the price's range (USD) since the look before.

    Of two clusters that could be one, the one that overlaps more keeps the name. The changes
    come in the order of the names. About 0.1 ms for twenty clusters.
    """
    found = tuple(clusters)
    pairs = _pairs(following.clusters, found, margin=MARGIN * high)
    kept: list[Followed] = []
    changes: list[Change] = []
    for index, before in enumerate(following.clusters):
        seen = found[pairs[index]] if index in pairs else None
        after, change = _carried_on(before, seen, at_ms=at_ms, low=low, high=high)
        kept += [after] if after else []
        changes += [change] if change else []
    taken, name = set(pairs.values()), following.next_name
    for index, cluster in enumerate(found):
        if index not in taken:
            parent = _parent(following.clusters, cluster, margin=MARGIN * high)
            kept.append(_named(cluster, name, at_ms, parent))
            name += 1
    return Following(at_ms, tuple(kept), name), tuple(changes)


def _parent(followed: tuple[Followed, ...], cluster: Cluster, *, margin: float) -> Followed | None:
    """What stood where a cluster appears: it is a part of that, and nothing new."""
    over = [(_overlap(before, cluster, margin), -before.name, before) for before in followed]
    overlap, _, parent = max(over, default=(0.0, 0, None))
    return parent if overlap > 0 else None


def _named(cluster: Cluster, name: int, at_ms: int, parent: Followed | None) -> Followed:
    usd = cluster.usd
    return Followed(
        name, Life.STANDING if parent else Life.CANDIDATE,
        cluster.side, cluster.low, cluster.high, cluster.peak, usd, cluster.share,
        1, at_ms, usd, usd, usd, parent.family if parent else name,
    )  # fmt: skip


def _pairs(
    followed: tuple[Followed, ...], found: tuple[Cluster, ...], *, margin: float
) -> dict[int, int]:
    """Which followed cluster (index) is which found one; the largest overlaps first."""
    overlaps = []
    for b, before in enumerate(followed):
        side, low, high = before.side, before.low - margin, before.high + margin
        for f, cluster in enumerate(found):
            if cluster.low < high and cluster.high > low and cluster.side == side:
                overlap = _overlap(before, cluster, margin)
                overlaps.append((overlap, before.life is Life.STANDING, -b, -f))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for overlap, _, b, f in sorted(overlaps, reverse=True):
        if overlap > 0 and -b not in pairs and -f not in taken:
            pairs[-b] = -f
            taken.add(-f)
    return pairs


def _overlap(before: Followed, cluster: Cluster, margin: float) -> float:
    """Dollars of price that two zones share, each widened by ``margin``; 0 when they do not."""
    if before.side != cluster.side:
        return 0.0
    return max(min(before.high, cluster.high) - max(before.low, cluster.low) + margin, 0.0)


def _carried_on(
    before: Followed, seen: Cluster | None, *, at_ms: int, low: float, high: float
) -> tuple[Followed | None, Change | None]:
    """One followed cluster after a look: None when it is forgotten; and what happened to it."""
    after = _updated(before, seen, at_ms) if seen else before
    if before.life is Life.GONE:
        return _gone_on(after, seen, at_ms), None
    if low <= before.peak <= high:
        gone = replace(after, life=Life.GONE, seen_ms=at_ms)
        told = Change(Kind.SWEPT, before, before.told_usd)
        return gone, told if before.life is Life.STANDING else None
    if before.life is Life.CANDIDATE:
        return _candidate_on(after, seen)
    if seen is None:
        if at_ms - before.seen_ms < PATIENCE_MS:
            return before, None
        gone = replace(before, life=Life.GONE, seen_ms=at_ms)
        return gone, Change(Kind.VANISHED, before, before.told_usd)
    return _standing_on(after)


def _updated(before: Followed, seen: Cluster, at_ms: int) -> Followed:
    return replace(
        before, low=seen.low, high=seen.high, peak=seen.peak, usd=seen.usd, share=seen.share,
        looks=before.looks + 1, seen_ms=at_ms,
        least_usd=min(before.least_usd, seen.usd), most_usd=max(before.most_usd, seen.usd),
    )  # fmt: skip


def _gone_on(after: Followed, seen: Cluster | None, at_ms: int) -> Followed | None:
    """A place that is remembered; what is seen there again goes on under its name, untold."""
    if seen:
        usd = seen.usd
        return replace(after, life=Life.STANDING, least_usd=usd, most_usd=usd, told_usd=usd)
    return after if at_ms - after.seen_ms < REMEMBERED_MS else None


def _candidate_on(after: Followed, seen: Cluster | None) -> tuple[Followed | None, Change | None]:
    if seen is None:
        return None, None
    if after.looks < CONFIRM_LOOKS:
        return after, None
    usd = after.usd
    formed = replace(after, life=Life.STANDING, least_usd=usd, most_usd=usd, told_usd=usd)
    return formed, Change(Kind.FORMED, formed, 0.0)


def _standing_on(after: Followed) -> tuple[Followed, Change | None]:
    """Growth is told in steps, so a cluster that breathes around one size tells nothing."""
    told = after.told_usd
    if after.usd >= GREW * told or after.usd <= SHRANK * told:
        kind = Kind.GREW if after.usd > told else Kind.SHRANK
        changed = replace(after, told_usd=after.usd)
        return changed, Change(kind, changed, told)
    return after, None
