"""The scenes of the last days: kept as they are lived through, filled in where they were not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from apps.alerts.models import SceneHour, Stream
from apps.alerts.observing import minutes_of, past_scenes
from apps.alerts.scenes import HOUR_MS, MINUTE_MS, Scene, pack, unpack
from apps.alerts.selections import selection_from_key
from apps.heatmaps.looks import Look

DAY_MS = 24 * HOUR_MS
KEPT_MS = 7 * DAY_MS
FILLED_AT_ONCE_MS = 6 * HOUR_MS
SILENT_MS = 4 * MINUTE_MS  # into a gap: when live data would have been called stale


def remember_scenes(stream: Stream, scenes: Iterable[Scene]) -> None:
    """Add scenes to their hours; one that is there already stays as it was judged."""
    by_hour: dict[int, dict[int, Scene]] = defaultdict(dict)
    for scene in scenes:
        by_hour[scene.at_ms // HOUR_MS * HOUR_MS][scene.at_ms] = scene
    rows = {row.hour_ms: row for row in stream.hours.filter(hour_ms__in=by_hour)}
    for hour_ms, fresh in by_hour.items():
        row = rows.get(hour_ms) or SceneHour(stream=stream, hour_ms=hour_ms)
        known = {scene.at_ms: scene for scene in (unpack(row.packed) if row.packed else ())}
        together = fresh | known
        row.packed = pack(together[at_ms] for at_ms in sorted(together))
        row.save()


def recall_scenes(stream: Stream, *, since_ms: int) -> Iterator[Scene]:
    """The kept scenes from ``since_ms`` on, in order. A week takes some 0.15 s."""
    rows = stream.hours.filter(hour_ms__gte=since_ms // HOUR_MS * HOUR_MS).order_by("hour_ms")
    for packed in rows.values_list("packed", flat=True):
        for scene in unpack(bytes(packed)):
            if scene.at_ms >= since_ms:
                yield scene


def fill_in(stream: Stream, look: Look, *, span_ms: int = FILLED_AT_ONCE_MS) -> bool:
    """Work out the newest missing stretch of the last week; False when nothing is missing."""
    walk = look.checkpoint.walk
    if not walk.tapes:
        return False
    oldest_ms = max(int(walk.tapes[0].end_ms[0]), walk.end_ms - KEPT_MS)
    first_kept_ms = _first_kept_ms(stream, default=walk.end_ms + MINUTE_MS)
    until_ms = first_kept_ms - MINUTE_MS
    if until_ms <= oldest_ms + HOUR_MS:
        return False
    since_ms = max((until_ms - span_ms) // HOUR_MS * HOUR_MS, oldest_ms)
    instants = minutes_of(walk, after_ms=since_ms, until_ms=until_ms)
    if not len(instants):
        return False
    scenes = past_scenes(look, selection_from_key(stream.selection), instants)
    venues = selection_from_key(stream.selection).venues or walk.venues
    remember_scenes(stream, _with_gaps(scenes, venues))
    return True


def forget_old_scenes(stream: Stream, *, now_ms: int) -> None:
    """Drop hours that no preview looks at any more."""
    stream.hours.filter(hour_ms__lt=now_ms - KEPT_MS - HOUR_MS).delete()


def _first_kept_ms(stream: Stream, *, default: int) -> int:
    first = stream.hours.order_by("hour_ms").first()
    if first is None:
        return default
    return unpack(bytes(first.packed))[0].at_ms


def _with_gaps(scenes: list[Scene], venues: tuple[str, ...]) -> Iterator[Scene]:
    """Scenes, and where minutes are missing altogether a blind one, as live data had shown."""
    for before, after in zip([None, *scenes], scenes, strict=False):
        if before and after.at_ms - before.at_ms > SILENT_MS:
            yield _blind_after(before, venues)
        yield after


def _blind_after(scene: Scene, venues: tuple[str, ...]) -> Scene:
    nothing = tuple((0.0, 0.0) for _ in scene.realised)
    return Scene(
        scene.at_ms + SILENT_MS, scene.price, scene.price, scene.price, 0.0, 0.0, nothing, (),
        venues, is_whole=False,
    )  # fmt: skip
