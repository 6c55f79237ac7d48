"""What a rule would have done: the same fold over kept scenes as over lived ones."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.alerts.history import DAY_MS, KEPT_MS, recall_scenes
from apps.alerts.judging import Memory, Terms, Trigger, judge
from apps.alerts.models import Stream
from apps.alerts.observing import minutes_of, past_scenes
from apps.alerts.scenes import HOUR_MS, Scene
from apps.alerts.selections import Selection
from apps.alerts.track import Moment, Track, step
from apps.heatmaps.looks import look_of
from apps.heatmaps.services import newest_snapshot
from apps.markets.models import Market

WORKED_OUT_MS = 12 * HOUR_MS  # looked back where nothing has been kept yet
LINE_POINTS = 160
OFTEN_PER_WEEK = 7
QUIET_PER_WEEK = 2

_last: dict[tuple[int, str], list[Moment]] = {}


@dataclass(frozen=True, slots=True)
class Preview:
    """When a rule would have fired; ``line`` is (instant, price) of the first market."""

    days: float
    triggers: tuple[Trigger, ...]
    held_back: int  # by "at most every"
    line: tuple[tuple[int, float], ...]
    quieter_usd: float | None  # an amount that would leave about two a week

    @property
    def count(self) -> int:
        """How many times it would have fired."""
        return len(self.triggers)


def preview_of(terms: Terms, markets: Iterable[Market], selection: Selection) -> Preview:
    """A rule over the kept past of its markets.

    A week of one market takes one to two seconds, another rule on it after that half of one.
    """
    triggers: list[Trigger] = []
    unlimited, longest_ms = 0, 0
    line: tuple[tuple[int, float], ...] = ()
    for market in markets:
        scenes = kept_scenes(market, selection)
        if not scenes:
            continue
        longest_ms = max(longest_ms, scenes[-1].at_ms - scenes[0].at_ms)
        line = line or _line(scenes)
        moments = _followed(market, selection, scenes)
        triggers += triggers_of(terms, moments)
        unlimited += len(triggers_of(replace(terms, every_ms=0), moments))
    triggers.sort(key=lambda trigger: trigger.at_ms)
    return Preview(
        days=longest_ms / DAY_MS,
        triggers=tuple(triggers),
        held_back=max(unlimited - len(triggers), 0),
        line=line,
        quieter_usd=_quieter(terms, triggers, longest_ms),
    )


def moments_of(scenes: Iterable[Scene]) -> list[Moment]:
    """Scenes in their context, followed from the first one on."""
    track, moments = Track(), []
    for scene in scenes:
        track, moment = step(track, scene)
        moments.append(moment)
    return moments


def triggers_of(terms: Terms, moments: Iterable[Moment]) -> list[Trigger]:
    """Every firing of a rule that begins with the first of these moments."""
    memory, triggers = Memory(), []
    for moment in moments:
        memory, trigger = judge(terms, memory, moment)
        triggers += [trigger] if trigger else []
    return triggers


def _followed(market: Market, selection: Selection, scenes: list[Scene]) -> list[Moment]:
    """The moments of a stream, those of the last one asked for again while nothing is new."""
    key = (market.pk, selection.key)
    known = _last.get(key, [])
    if [moment.scene for moment in known] != scenes:
        _last.clear()
        _last[key] = known = moments_of(scenes)
    return known


def kept_scenes(market: Market, selection: Selection) -> list[Scene]:
    """The last week of a stream; of a selection that nobody follows yet, half a day worked out."""
    stream = Stream.objects.filter(market=market, selection=selection.key).first()
    if stream and stream.at_ms:
        return list(recall_scenes(stream, since_ms=stream.at_ms - KEPT_MS))
    snapshot = newest_snapshot(market)
    look = look_of(market, snapshot) if snapshot else None
    if look is None or not look.checkpoint.walk.tapes:
        return []
    walk = look.checkpoint.walk
    instants = minutes_of(walk, after_ms=walk.end_ms - WORKED_OUT_MS)
    return past_scenes(look, selection, instants)


def _line(scenes: list[Scene]) -> tuple[tuple[int, float], ...]:
    stride = max(len(scenes) // LINE_POINTS, 1)
    chosen = scenes[::stride]
    return tuple((scene.at_ms, scene.price) for scene in chosen)


def _quieter(terms: Terms, triggers: list[Trigger], span_ms: int) -> float | None:
    """Just above what the third largest held, in two digits; None where it is quiet enough."""
    weeks = max(span_ms / KEPT_MS, 1 / 7)
    wanted = round(QUIET_PER_WEEK * weeks) or 1
    usd = sorted((trigger.sign.usd for trigger in triggers), reverse=True)
    if terms.measure != "usd" or len(usd) <= max(OFTEN_PER_WEEK * weeks, wanted) or not usd[wanted]:
        return None
    return float(f"{usd[wanted] * 1.05:.2g}")
