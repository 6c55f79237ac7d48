"""Judging every rule of a market, inside the transaction that publishes its snapshot.

    look ─▶ scenes since the stream was judged last ─▶ track ─▶ judge(rule, memory, moment)
                                                               ├─▶ RuleState, where it changed
                                                               └─▶ Firing + Delivery rows

A stream is claimed by repeating its old instant in the UPDATE, so of two workers that judge the
same minute one writes and the other leaves.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from apps.alerts.firings import Fired, note_silence, record_firings
from apps.alerts.history import forget_old_scenes, remember_scenes
from apps.alerts.judging import Memory, Terms, Trigger, judge
from apps.alerts.models import AlertRule, RuleState, Stream
from apps.alerts.observing import blind_scene, newest_scenes
from apps.alerts.scenes import HOUR_MS, MINUTE_MS, Scene
from apps.alerts.selections import selection_from_key
from apps.alerts.track import restarted, step, track_from_json, track_to_json
from apps.engine.records import Side
from apps.heatmaps.looks import Look
from apps.markets.models import Feed, Market

log = logging.getLogger(__name__)

JUDGED_FEEDS = (Feed.State.RUNNING, Feed.State.ENDED)


TERM_FIELDS = (
    "pk", "kind", "side", "within", "usd", "measure", "level", "window_min", "every_min", "venues",
)  # fmt: skip
MEMORY_FIELDS = ("generation", "held", "fired_ms", "episode")


@dataclass(slots=True)
class Watcher:
    """A rule (by its key) with what it remembered of this market, and what it does now."""

    rule_id: int
    terms: Terms
    before: Memory | None
    memory: Memory


def judge_look(look: Look) -> int:
    """Judge what is new of a market; how many rules fired.

    A fault here must neither stop the map nor raise an alert: it is logged, nothing of this look
    is written, and the next look takes the same minutes up again.
    """
    try:
        with transaction.atomic():
            return sum(_judge_stream(look, stream) for stream in _streams(look))
    except Exception:
        log.exception("The rules of %s could not be judged; they will be next time.", look.market)
        return 0


def terms_of(rule: AlertRule) -> Terms:
    """A rule's row as the judge reads it."""
    return _terms(*(getattr(rule, name) for name in TERM_FIELDS[1:]))


def rules_on(market: Market, selection: str) -> QuerySet[AlertRule]:
    """The rules to judge there now."""
    scope = Q(market=market) | Q(watchlist__entries__market=market)
    alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return AlertRule.objects.filter(scope, alive, is_active=True, selection=selection)


def judge_scenes(stream: Stream, look: Look, scenes: list[Scene]) -> int:
    """Judge scenes of a stream that nobody else is judging; how many rules fired."""
    track = track_from_json(stream.track)
    if stream.feed_id != look.feed.pk:
        track = restarted(track)
        stream.hours.all().delete()
        stream.feed_id = look.feed.pk
    silent = set(stream.track.get("silent", ()))
    watchers = _watchers(stream)
    fired: list[tuple[int, Trigger]] = []
    for scene in scenes:
        track, moment = step(track, scene)
        for watcher in watchers:
            watcher.memory, trigger = judge(watcher.terms, watcher.memory, moment)
            if trigger:
                fired.append((watcher.rule_id, trigger))
        if set(scene.silent) - silent:
            note_silence(stream.market, scene, _owned(watcher.rule_id for watcher in watchers))
        silent = set(scene.silent)
    stream.track = track_to_json(track) | {"silent": sorted(silent)}
    stream.at_ms = scenes[-1].at_ms
    stream.save()
    remember_scenes(stream, scenes)
    if scenes[0].at_ms // HOUR_MS != scenes[-1].at_ms // HOUR_MS or len(scenes) == 1:
        forget_old_scenes(stream, now_ms=stream.at_ms)
    _save_memories(stream.market, watchers)
    rules = {rule.pk: rule for rule in _owned({key for key, _ in fired})} if fired else {}
    record_firings(look, stream.market, [Fired(rules[key], trigger) for key, trigger in fired])
    return len(fired)


def _streams(look: Look) -> list[Stream]:
    """The market's streams: everything, and every selection that a rule asks for."""
    scope = Q(market=look.market) | Q(watchlist__entries__market=look.market)
    asked = AlertRule.objects.filter(scope, is_active=True).values_list("selection", flat=True)
    wanted = {"", *asked.distinct()}
    known = {stream.selection: stream for stream in Stream.objects.filter(market=look.market)}
    for selection in wanted - set(known):
        known[selection] = Stream.objects.create(
            market=look.market,
            selection=selection,
            feed=look.feed,
            track={"generation": look.wall_ms // 1000},  # above that of any stream before
        )
    for selection in set(known) - wanted:
        known.pop(selection).delete()
    return list(known.values())


def _judge_stream(look: Look, stream: Stream) -> int:
    if look.feed.state not in JUDGED_FEEDS:
        return 0
    selection = selection_from_key(stream.selection)
    after_ms = stream.at_ms if stream.feed_id == look.feed.pk else 0
    if not after_ms:
        after_ms = look.checkpoint.walk.end_ms - MINUTE_MS
    scenes = newest_scenes(look, selection, after_ms=after_ms)
    if not scenes:
        blind = blind_scene(look, selection, after_ms=after_ms)
        scenes = [blind] if blind else []
    if not scenes:
        return 0
    unjudged = Stream.objects.filter(pk=stream.pk, at_ms=stream.at_ms)
    if unjudged.update(at_ms=scenes[-1].at_ms) != 1:
        return 0
    return judge_scenes(stream, look, scenes)


def _watchers(stream: Stream) -> list[Watcher]:
    """Every rule of a stream and its memory; plain values, for there may be thousands."""
    states = RuleState.objects.filter(market=stream.market).values_list(
        "rule_id", "generation", _as_text("held"), "fired_ms", "episode"
    )
    memories = {
        rule_id: Memory(generation, frozenset(_listed(held)), fired_ms, episode)
        for rule_id, generation, held, fired_ms, episode in states
    }
    rules = rules_on(stream.market, stream.selection)
    rows = rules.values_list(*TERM_FIELDS[:-1], _as_text("venues"))
    return [
        Watcher(pk, _terms(*fields, _listed(venues)), known, known or Memory())
        for pk, *fields, venues in rows
        for known in (memories.get(pk),)
    ]


def _as_text(name: str) -> Cast:
    """A column of JSON as it is written: the same few texts come again and again."""
    return Cast(name, TextField())


@lru_cache(maxsize=4096)
def _listed(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _terms(
    kind: str, side: str, within: float | None, usd: float, measure: str, level: float,
    window_min: int, every_min: int, venues: Iterable[str],
) -> Terms:  # fmt: skip
    chosen = Side(side) if side else None
    every_ms = every_min * MINUTE_MS
    return Terms(kind, chosen, within, usd, measure, level, window_min, tuple(venues), every_ms)


def _owned(keys: Iterable[int]) -> list[AlertRule]:
    """Rules with their owners, and how those want to be told."""
    rules = AlertRule.objects.filter(pk__in=set(keys))
    return list(rules.select_related("user__alert_settings", "user__preferences"))


def _save_memories(market: Market, watchers: list[Watcher]) -> None:
    """Write the memories that changed, in one statement."""
    changed = [
        RuleState(
            rule_id=watcher.rule_id,
            market=market,
            generation=watcher.memory.generation,
            held=sorted(watcher.memory.held),
            fired_ms=watcher.memory.fired_ms,
            episode=watcher.memory.episode,
        )
        for watcher in watchers
        if watcher.memory != watcher.before
    ]
    RuleState.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["rule", "market"],
        update_fields=list(MEMORY_FIELDS),
    )
