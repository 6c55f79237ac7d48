"""Zones on trial: begun as they are seen, judged again and again from the same bars."""

from dataclasses import asdict

import numpy as np

from apps.accuracy.models import ZoneTrial
from apps.accuracy.reaching import HORIZON_MS, Path, Zone, bright_zones, has_dark, reaching
from apps.engine.book import Walk
from apps.markets.bars import load_columns
from apps.markets.models import Feed, Market
from apps.markets.source import source_of

FIELDS = ("span_ms", "low", "high", "mark_low", "mark_high")
GIVE_UP_MS = 7 * HORIZON_MS  # bars missing for so long do not come any more


def begin_trials(market: Market, feed: Feed, walks: list[Walk]) -> int:
    """Try the zones that stand at the ends of some walks, rising in time; how many are new.

    A zone that overlaps one of its side tried within a day is that one.
    """
    begun: list[ZoneTrial] = []
    if walks:
        recent = _of(market, feed).filter(at_ms__gt=walks[0].end_ms - HORIZON_MS)
        begun = list(recent.filter(parameters=walks[0].parameters.version))
    known = len(begun)
    for walk in walks:
        reference = int(np.isfinite(walk.book.close).argmax())
        zones = bright_zones(walk, reference)
        for zone in zones:
            if not any(_is_same(zone, walk.end_ms, trial) for trial in begun):
                begun.append(_trial(market, feed, walk, reference, zone, zones))
    ZoneTrial.objects.bulk_create(begun[known:], ignore_conflicts=True)
    return len(begun) - known


def judge_trials(market: Market, feed: Feed, *, now_ms: int) -> int:
    """Look what became of the zones that are still on trial; how many are decided now."""
    waiting = list(_of(market, feed).filter(is_final=False, at_ms__gt=now_ms - GIVE_UP_MS))
    decided = 0
    for venue in {trial.venue for trial in waiting}:
        ours = [trial for trial in waiting if trial.venue == venue]
        path = _path(market, venue, min(t.at_ms for t in ours), max(t.at_ms for t in ours))
        for trial in ours:
            told = asdict(reaching(zone_of(trial), trial.at_ms, path))
            if any(getattr(trial, name) != value for name, value in told.items()):
                ZoneTrial.objects.filter(pk=trial.pk, is_final=False).update(**told)
                decided += told["is_final"]
    return decided


def zone_of(trial: ZoneTrial) -> Zone:
    """The zone of a trial."""
    return Zone(trial.side, trial.low, trial.high, trial.price)


def _of(market: Market, feed: Feed):
    return ZoneTrial.objects.filter(source=source_of(feed), market=market.slug)


def _trial(
    market: Market, feed: Feed, walk: Walk, reference: int, zone: Zone, zones: list[Zone]
) -> ZoneTrial:
    return ZoneTrial(
        source=source_of(feed),
        feed=feed.kind,
        market=market.slug,
        venue=walk.venues[reference],
        parameters=walk.parameters.version,
        at_ms=walk.end_ms,
        side=zone.side,
        low=zone.low,
        high=zone.high,
        price=zone.price,
        distance=zone.distance,
        has_dark=has_dark(zone, zones),
        covered_ms=walk.end_ms,
    )


def _is_same(zone: Zone, at_ms: int, trial: ZoneTrial) -> bool:
    is_recent = trial.at_ms > at_ms - HORIZON_MS
    return is_recent and trial.side == zone.side and zone.overlaps(trial.low, trial.high)


def _path(market: Market, venue: str, first_ms: int, last_ms: int) -> Path:
    """Closed bars of a venue from the first trial to the end of the last one."""
    end_ms, columns = load_columns(
        market, FIELDS, since_ms=first_ms, until_ms=last_ms + HORIZON_MS, closed_only=True
    )
    span_ms, low, high, mark_low, mark_high = columns[:, market.venues().index(venue)]
    told = np.isfinite(low)
    has_mark = (np.isfinite(mark_low) & np.isfinite(mark_high))[told]
    return Path(
        end_ms[told],
        span_ms[told].astype(np.int64),
        np.where(has_mark, mark_low[told], low[told]),
        np.where(has_mark, mark_high[told], high[told]),
    )
