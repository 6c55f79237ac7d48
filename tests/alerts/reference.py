"""Every kind of rule once more, slowly: whole histories, plain loops, no memory carried along.

It shares with the product only the scenes and the names of clusters (which ``test_following``
judges); when a rule is on, held and fires is worked out here from its definition alone.
"""

from apps.alerts.judging import Terms
from apps.alerts.scenes import Scene
from apps.alerts.track import Moment, Track, step
from apps.engine.following import Followed
from apps.engine.records import Side

HOLDS_BY = {"near": 1.25, "level": 0.8}


def moments_of(scenes: list[Scene]) -> list[Moment]:
    """The scenes in their context."""
    track, moments = Track(), []
    for scene in scenes:
        track, moment = step(track, scene)
        moments.append(moment)
    return moments


def firings(terms: Terms, scenes: list[Scene]) -> list[int]:
    """The instants at which a rule fires."""
    moments = moments_of(scenes)
    every: list[tuple[int, str]] = []
    for start, stop in stretches(moments):
        keys = sorted({key for moment in moments[start:stop] for key in readings(terms, moment)})
        for key in keys:
            every += [
                (moments[i].scene.at_ms, key) for i in rises(terms, moments, key, start, stop)
            ]
    fired: list[int] = []
    for at_ms in sorted({at_ms for at_ms, _ in every}):
        if not fired or at_ms - fired[-1] >= terms.every_ms:
            fired.append(at_ms)
    return fired


def stretches(moments: list[Moment]) -> list[tuple[int, int]]:
    """Index ranges within which following never began again."""
    bounds = [0] if moments else []
    for index in range(1, len(moments)):
        if moments[index].generation != moments[index - 1].generation:
            bounds.append(index)
    return list(zip(bounds, [*bounds[1:], len(moments)], strict=True))


def rises(terms: Terms, moments: list[Moment], key: str, start: int, stop: int) -> list[int]:
    """Where a reading comes on after it had been let go, never in a stretch's first scene."""
    found: list[int] = []
    judged = [i for i in range(start, stop) if moments[i].is_judged or terms.kind == "stale"]
    for place, index in enumerate(judged):
        if place == 0 or not is_on(terms, moments[index], key):
            continue
        if not was_held(terms, moments, key, judged[:place]):
            found.append(index)
    return found


def was_held(terms: Terms, moments: list[Moment], key: str, before: list[int]) -> bool:
    """Whether, going back, the reading was on before it was ever let go."""
    for index in reversed(before):
        if is_on(terms, moments[index], key):
            return True
        if not is_kept(terms, moments[index], key):
            return False
    return False


def is_on(terms: Terms, moment: Moment, key: str) -> bool:
    return readings(terms, moment).get(key, (False, False))[0]


def is_kept(terms: Terms, moment: Moment, key: str) -> bool:
    return readings(terms, moment).get(key, (False, False))[1]


def readings(terms: Terms, moment: Moment) -> dict[str, tuple[bool, bool]]:
    """What a rule looks at, by name: is it on, is it kept."""
    scene, price = moment.scene, moment.scene.price
    told: dict[str, tuple[bool, bool]] = {}
    mine = [c for c in moment.standing if terms.side in (None, c.side)]
    events = [c for c in moment.changes if terms.side in (None, c.cluster.side)]
    if terms.kind in ("formed", "swept"):
        for change in events:
            cluster = change.cluster
            if change.kind == terms.kind and cluster.usd >= terms.usd:
                is_far = (
                    terms.within is not None and abs(cluster.peak - price) > terms.within * price
                )
                note(told, cluster, terms.kind == "swept" or not is_far, False)
    if terms.kind == "near":
        for c in (c for c in mine if c.usd >= terms.usd):
            if c.side == Side.LONG:
                gap = max(0.0, moment.low - c.peak) / price
            else:
                gap = max(0.0, c.peak - moment.high) / price
            note(told, c, gap <= terms.within, gap <= terms.within * HOLDS_BY["near"])
    if terms.kind == "grew":
        for c in mine:
            seen = c.seen_ms == scene.at_ms
            if terms.measure == "usd":
                value, line = c.usd, terms.usd
            elif terms.measure == "percent":
                value, line = c.usd / max(c.least_usd, 1.0) - 1, terms.level
            else:
                same = [s for s in scene.spots if (s.side, s.peak) == (c.side, c.peak)]
                value, line = (same[-1].brightness if same and seen else 0.0), terms.level
            near = terms.within is None or abs(c.peak / price - 1) <= terms.within
            kept = not seen or value >= line * HOLDS_BY["level"]
            note(told, c, seen and near and value >= line, kept)
    if terms.kind == "shrank":
        for c in (c for c in mine if c.most_usd >= terms.usd):
            seen = c.seen_ms == scene.at_ms
            lost = 1 - c.usd / max(c.most_usd, 1.0)
            touched = moment.low <= c.high if c.side == Side.LONG else moment.high >= c.low
            kept = not seen or lost >= terms.level * HOLDS_BY["level"]
            note(told, c, seen and not touched and lost >= terms.level, kept)
        for change in events:
            if change.kind == "vanished" and change.cluster.most_usd >= terms.usd:
                note(told, change.cluster, True, True)
    if terms.kind == "cascade":
        for side in Side:
            if terms.side in (None, side):
                near = chain([c for c in mine if c.seen_ms == scene.at_ms], side, price, 0.02)
                wide = chain(mine, side, price, 0.025)
                rich = sum(c.usd for c in near) >= terms.usd
                told[side.name] = (len(near) >= terms.level and rich, len(wide) >= terms.level)
    if terms.kind == "asymmetry":
        for side, a, b in ((Side.LONG, scene.long_usd, scene.short_usd),
                           (Side.SHORT, scene.short_usd, scene.long_usd)):  # fmt: skip
            if terms.side in (None, side) and a > 0:
                told[side.name] = (a >= terms.level * b, a >= HOLDS_BY["level"] * terms.level * b)
    if terms.kind == "realised":
        pair = dict(zip((15, 60, 240), scene.realised, strict=True))[terms.window_min]
        total = sum(pair) if terms.side is None else pair[terms.side]
        told["sum"] = (total >= terms.usd, total >= HOLDS_BY["level"] * terms.usd)
    if terms.kind == "stale":
        for venue in scene.silent:
            if venue in (terms.venues or (venue,)):
                told[venue] = (True, False)
    return told


def note(told: dict[str, tuple[bool, bool]], cluster: Followed, on: bool, kept: bool) -> None:
    """Parts of one cluster are one reading: on or kept when any part is."""
    before = told.get(str(cluster.family), (False, False))
    told[str(cluster.family)] = (on or before[0], kept or before[1])


def chain(clusters: list, side: Side, price: float, reach: float) -> list:
    mine = [c for c in clusters if c.side == side]
    if not mine:
        return []
    first = min(mine, key=lambda c: abs(c.peak - price))
    return [c for c in mine if abs(c.peak - first.peak) <= reach * price]
