"""Whether a rule fires: one pure function for the live market, for previews and for tests.

Every kind of rule turns a moment into signs. A sign that is on and was not held fires; it is
held until it is neither on nor kept, so a price that trembles around a line fires once. The parts
of a cluster that split share one sign. What is already true when a rule begins is held from the
start and fires nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from apps.alerts.scenes import MINUTE_MS, WINDOWS_MIN
from apps.alerts.track import Moment
from apps.engine.advice import CASCADE_REACH
from apps.engine.following import Change, Followed, Kind
from apps.engine.records import Side

# How far back a reading must go before a rule can fire on it again.
NEAR_AGAIN = 1.25
LEVEL_AGAIN = 0.8
CASCADE_AGAIN = 1.25


@dataclass(frozen=True, slots=True)
class Terms:
    """A rule as it is judged; fields as in ``AlertRule``."""

    kind: str
    side: Side | None = None
    within: float | None = None
    usd: float = 0.0
    measure: str = "usd"
    level: float = 0.0
    window_min: int = 60
    venues: tuple[str, ...] = ()
    every_ms: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """What a rule remembers of one stream."""

    generation: int = 0
    held: frozenset[str] = frozenset()
    fired_ms: int = 0
    episode: int = 0


class Sign(NamedTuple):
    """Something a rule looks at. ``number`` is what its kind counts: a ratio, a count, a share."""

    key: str
    is_on: bool
    is_kept: bool = False
    side: Side | None = None
    peak: float = 0.0
    usd: float = 0.0
    before_usd: float = 0.0
    number: float = 0.0
    venue: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A rule fires: the weightiest new sign, and how many others came with it."""

    at_ms: int
    price: float
    episode: int
    sign: Sign
    others: int


def judge(terms: Terms, memory: Memory, moment: Moment) -> tuple[Memory, Trigger | None]:
    """What a rule makes of a moment. Some 10 µs.

    Within ``every_ms`` of the last firing nothing fires; what came then is held all the same.
    """
    if not moment.is_judged and terms.kind != "stale":
        return memory, None
    signs = list(SIGNS[terms.kind](terms, moment))
    is_first = memory.generation != moment.generation
    before = frozenset() if is_first else memory.held
    held = frozenset(s.key for s in signs if s.is_on or (s.is_kept and s.key in before))
    fresh = [] if is_first else [s for s in signs if s.is_on and s.key not in before]
    at_ms = moment.scene.at_ms
    is_too_soon = memory.episode > 0 and 0 <= at_ms - memory.fired_ms < terms.every_ms
    if not fresh or is_too_soon:
        if held == memory.held and not is_first:
            return memory, None
        return Memory(moment.generation, held, memory.fired_ms, memory.episode), None
    weightiest = max(fresh, key=lambda sign: (sign.usd, sign.number, sign.key))
    trigger = Trigger(at_ms, moment.scene.price, memory.episode + 1, weightiest, len(fresh) - 1)
    return Memory(moment.generation, held, at_ms, trigger.episode), trigger


def _wants(terms: Terms, side: Side) -> bool:
    return terms.side is None or terms.side is side


def _is_within(terms: Terms, cluster: Followed, moment: Moment) -> bool:
    away = abs(cluster.peak / moment.scene.price - 1)
    return terms.within is None or away <= terms.within


def _changes(terms: Terms, moment: Moment, kind: Kind) -> Iterator[Change]:
    for change in moment.changes:
        if change.kind is kind and _wants(terms, change.cluster.side):
            yield change


def _formed(terms: Terms, moment: Moment) -> Iterator[Sign]:
    for change in _changes(terms, moment, Kind.FORMED):
        cluster = change.cluster
        is_on = cluster.usd >= terms.usd and _is_within(terms, cluster, moment)
        yield _sign(cluster, is_on)


def _swept(terms: Terms, moment: Moment) -> Iterator[Sign]:
    for change in _changes(terms, moment, Kind.SWEPT):
        yield _sign(change.cluster, change.cluster.usd >= terms.usd)


def _grew(terms: Terms, moment: Moment) -> Iterator[Sign]:
    brightness = moment.brightness if terms.measure == "brightness" else {}
    for cluster in moment.standing:
        if not _wants(terms, cluster.side):
            continue
        if terms.measure == "brightness":
            value, line = brightness.get(cluster.name, 0.0), terms.level
        elif terms.measure == "percent":
            value, line = cluster.usd / max(cluster.least_usd, 1.0) - 1, terms.level
        else:
            value, line = cluster.usd, terms.usd
        near = _is_within(terms, cluster, moment)
        in_sight = cluster.seen_ms == moment.scene.at_ms
        is_on = in_sight and near and value >= line
        is_kept = not in_sight or value >= LEVEL_AGAIN * line
        if is_on or is_kept:
            yield _sign(cluster, is_on, is_kept, cluster.least_usd)


def _shrank(terms: Terms, moment: Moment) -> Iterator[Sign]:
    """Fell on its own: one that the price is eating has been reached, not abandoned."""
    for cluster in moment.standing:
        if _wants(terms, cluster.side) and cluster.most_usd >= terms.usd:
            lost = 1 - cluster.usd / max(cluster.most_usd, 1.0)
            in_sight = cluster.seen_ms == moment.scene.at_ms
            is_on = in_sight and lost >= terms.level and not _is_touched(cluster, moment)
            is_kept = not in_sight or lost >= LEVEL_AGAIN * terms.level
            if is_on or is_kept:
                yield _sign(cluster, is_on, is_kept, cluster.most_usd)
    for change in _changes(terms, moment, Kind.VANISHED):
        if change.cluster.most_usd >= terms.usd:
            yield _sign(change.cluster, True, True, change.cluster.most_usd)


def _is_touched(cluster: Followed, moment: Moment) -> bool:
    if cluster.side is Side.LONG:
        return moment.low <= cluster.high
    return moment.high >= cluster.low


def _near(terms: Terms, moment: Moment) -> Iterator[Sign]:
    within = terms.within or 0.0
    for cluster, gap in moment.gaps:
        is_kept = gap <= NEAR_AGAIN * within
        if is_kept and cluster.usd >= terms.usd and _wants(terms, cluster.side):
            yield _sign(cluster, gap <= within, is_kept)


def _cascade(terms: Terms, moment: Moment) -> Iterator[Sign]:
    for side in Side:
        if not _wants(terms, side):
            continue
        stack = _stack(moment.in_sight, side, moment.scene.price, CASCADE_REACH)
        wider = _stack(moment.standing, side, moment.scene.price, CASCADE_REACH * CASCADE_AGAIN)
        usd = sum(cluster.usd for cluster in stack)
        yield Sign(
            key=side.name,
            is_on=len(stack) >= terms.level and usd >= terms.usd,
            is_kept=len(wider) >= terms.level,
            side=side,
            peak=stack[0].peak if stack else 0.0,
            usd=usd,
            number=len(stack),
        )


def _stack(
    clusters: tuple[Followed, ...], side: Side, price: float, reach: float
) -> list[Followed]:
    """The nearest cluster of a side and those within ``reach`` of the price behind it."""
    mine = sorted((c for c in clusters if c.side is side), key=lambda c: abs(c.peak - price))
    return [c for c in mine if abs(c.peak - mine[0].peak) <= reach * price]


def _asymmetry(terms: Terms, moment: Moment) -> Iterator[Sign]:
    scene = moment.scene
    sides = ((Side.LONG, scene.long_usd, scene.short_usd),
             (Side.SHORT, scene.short_usd, scene.long_usd))  # fmt: skip
    for side, heavy, light in sides:
        if _wants(terms, side):
            is_on = heavy > 0 and heavy >= terms.level * light
            is_kept = heavy > 0 and heavy >= LEVEL_AGAIN * terms.level * light
            ratio = heavy / light if light else 0.0
            yield Sign(side.name, is_on, is_kept, side, usd=heavy, before_usd=light, number=ratio)


def _realised(terms: Terms, moment: Moment) -> Iterator[Sign]:
    long_usd, short_usd = moment.scene.realised[WINDOWS_MIN.index(terms.window_min)]
    both = {None: long_usd + short_usd, Side.LONG: long_usd, Side.SHORT: short_usd}
    usd = both[terms.side]
    is_on, is_kept = usd >= terms.usd, usd >= LEVEL_AGAIN * terms.usd
    yield Sign("realised", is_on, is_kept, terms.side, usd=usd, number=terms.window_min)


def _stale(terms: Terms, moment: Moment) -> Iterator[Sign]:
    for venue in moment.scene.silent:
        if not terms.venues or venue in terms.venues:
            yield Sign(venue, True, venue=venue)


def _sign(cluster: Followed, is_on: bool, is_kept: bool = False, before_usd: float = 0.0) -> Sign:
    return Sign(
        str(cluster.family), is_on, is_kept, cluster.side, cluster.peak, cluster.usd, before_usd
    )


SIGNS: dict[str, Callable[[Terms, Moment], Iterator[Sign]]] = {
    "formed": _formed,
    "grew": _grew,
    "shrank": _shrank,
    "swept": _swept,
    "near": _near,
    "cascade": _cascade,
    "asymmetry": _asymmetry,
    "realised": _realised,
    "stale": _stale,
}
LIFETIME_MS = {  # four times the timeframe a kind is about, at most an hour
    "near": 20 * MINUTE_MS,
    "stale": 20 * MINUTE_MS,
}
LONGEST_LIFETIME_MS = 60 * MINUTE_MS


def lifetime_ms(kind: str) -> int:
    """For how long a firing is worth being sent."""
    return LIFETIME_MS.get(kind, LONGEST_LIFETIME_MS)
