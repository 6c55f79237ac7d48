"""Hour after hour of a market: foretold, compared, stored once.

::

    first bar ── a day ──┤ hour │ hour │ hour ├── patience ── now
                                               liquidations may still come

An hour also waits for venues that are slow with their bars, but not for ever: from then on the bars
are late, and walks are made again with them. An hour's row never changes again, whatever comes
late; running this twice is harmless.
"""

from collections.abc import Iterator

import numpy as np
from django.conf import settings
from django.db.models import Max, Min

from apps.accuracy.fitted import UnknownSet, scored_from_ms
from apps.accuracy.heard import (
    HOUR_MS,
    PATIENCE_MS,
    Telling,
    coverage_of_hours,
    is_listened_to,
    telling_of,
)
from apps.accuracy.hours import ALL, Hour, rows_of
from apps.accuracy.models import ScoredHour
from apps.accuracy.trials import begin_trials
from apps.accuracy.walking import (
    MAP,
    Carried,
    Settings,
    carried_on,
    carried_walks,
    keep_walks,
    settings_of,
)
from apps.accuracy.way import load_prints
from apps.engine.records import Bars, IntArray
from apps.markets.bars import load_bars
from apps.markets.models import Feed, Market, MinuteBar
from apps.markets.services import DAY_MS, settle
from apps.markets.source import source_of

WARM_UP_MS = DAY_MS  # a map of a few hours says little
SETTLED_WITHIN_MS = HOUR_MS  # bars that come later are late
HOURS_AT_ONCE = 6
WALKED_AT_ONCE_MS = 2 * DAY_MS  # of history: a second or two, for maps wait meanwhile


def score_hours(
    market: Market, feed: Feed, *, now_ms: int, at_most: int = HOURS_AT_ONCE
) -> list[ScoredHour]:
    """Score hours that are over and not scored yet, the earliest ones of a day; the rows made.

    None are made while the walks are still on their way through the history before these hours.
    """
    told = settings_of(market)
    telling, starts_ms = _due_hours(market, feed, told, now_ms=now_ms)
    if not len(starts_ms):
        return []
    starts_ms = starts_ms[:at_most]
    starts_ms = starts_ms[starts_ms // DAY_MS == starts_ms[0] // DAY_MS]
    rows, walks = [], []
    settle(market=market, until_ms=int(starts_ms[-1]) + HOUR_MS)
    carried = carried_walks(market, feed, told, until_ms=int(starts_ms[0]))
    if bars := _history_ahead(market, carried, until_ms=int(starts_ms[0]), now_ms=now_ms):
        keep_walks(market, carried_on(carried, bars))
        return []
    for hour in _hours(market, feed, telling, starts_ms, carried, now_ms=now_ms):
        rows += rows_of(market, feed, telling, hour)
        walks.append(hour.before.walks[MAP])
        carried = hour.after
    keep_walks(market, carried)
    begin_trials(market, feed, walks)
    ScoredHour.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def has_due_hours(market: Market, feed: Feed, *, now_ms: int) -> bool:
    """Whether there is more to score now."""
    return len(_due_hours(market, feed, settings_of(market), now_ms=now_ms)[1]) > 0


def _due_hours(
    market: Market, feed: Feed, told: Settings, *, now_ms: int
) -> tuple[Telling, IntArray]:
    """Who told liquidations up to the first hour to be scored now, and the starts, rising.

    Asked often and mostly in vain, so who tells is looked up only when an hour is over.
    """
    known_ms = max(market.settled_ms, now_ms - SETTLED_WITHIN_MS)
    over_ms = min(now_ms - min(PATIENCE_MS.values()), known_ms)
    starts_ms = _hours_over(market, feed, told[MAP].version, now_ms=over_ms)
    if not len(starts_ms):
        return Telling({}), starts_ms
    telling = telling_of(market, until_ms=int(starts_ms[0]) + HOUR_MS)
    return telling, starts_ms[starts_ms + HOUR_MS + telling.patience_ms <= now_ms]


def _hours_over(market: Market, feed: Feed, version: str, *, now_ms: int) -> IntArray:
    """Starts of the hours not scored yet that ended by ``now_ms``; none before there are bars."""
    nothing = np.zeros(0, dtype=np.int64)
    try:
        allowed_ms = scored_from_ms(version)
    except UnknownSet:
        return nothing
    scored = ScoredHour.objects.filter(
        source=source_of(feed), market=market.slug, venue=ALL, parameters=version
    )
    last_ms = scored.aggregate(last=Max("start_ms"))["last"]
    first_bar_ms = _first_bar_ms(market) if last_ms is None else 0
    if first_bar_ms is None:
        return nothing
    listening_ms = feed.anchor_data_ms if is_listened_to(feed) else 0
    begin_ms = max(
        first_bar_ms + WARM_UP_MS,
        now_ms - settings.HISTORY_DAYS * DAY_MS,
        listening_ms,
        allowed_ms,
        0 if last_ms is None else last_ms + HOUR_MS,
    )
    first_ms = -(-begin_ms // HOUR_MS) * HOUR_MS
    return np.arange(first_ms, now_ms - HOUR_MS + 1, HOUR_MS, dtype=np.int64)


def _first_bar_ms(market: Market, *, after_ms: int = 0) -> int | None:
    bars = MinuteBar.objects.filter(instrument__market=market, end_ms__gt=after_ms, closed=True)
    return bars.aggregate(first=Min("end_ms"))["first"]


def _history_ahead(market: Market, carried: Carried, *, until_ms: int, now_ms: int) -> Bars | None:
    """The next piece of the history before an hour; None where the rest may be walked at once."""
    oldest_ms = now_ms - settings.HISTORY_DAYS * DAY_MS
    first_ms = _first_bar_ms(market, after_ms=max(carried.end_ms, oldest_ms))
    if first_ms is None or first_ms + WALKED_AT_ONCE_MS >= until_ms:
        return None
    return load_bars(
        market,
        since_ms=first_ms - 1,
        until_ms=first_ms + WALKED_AT_ONCE_MS,
        closed_only=True,
    )


def _hours(
    market: Market,
    feed: Feed,
    telling: Telling,
    starts_ms: IntArray,
    carried: Carried,
    *,
    now_ms: int,
) -> Iterator[Hour]:
    """The hours in a row, the walks carried through them; rows are read once for all."""
    first_ms, until_ms = int(starts_ms[0]), int(starts_ms[-1]) + HOUR_MS
    oldest_ms = now_ms - settings.HISTORY_DAYS * DAY_MS
    since_ms = min(max(carried.end_ms, oldest_ms), first_ms - DAY_MS)
    bars = load_bars(market, since_ms=since_ms, until_ms=until_ms, closed_only=True)
    prints = load_prints(market, first_ms, until_ms)
    coverage = coverage_of_hours(market, feed, telling.venues, starts_ms)
    walked_ms = max(carried.end_ms, oldest_ms)
    carried = carried_on(carried, _between(bars, walked_ms, first_ms))
    for number, start_ms in enumerate(starts_ms.tolist()):
        end_ms = start_ms + HOUR_MS
        of_hour = _between(bars, start_ms, end_ms)
        after = carried_on(carried, of_hour)
        yield Hour(
            start_ms=start_ms,
            before=carried,
            after=after,
            bars=of_hour,
            day=_between(bars, start_ms - DAY_MS, end_ms),
            prints=prints.between(start_ms, end_ms),
            coverage={venue: float(share[number]) for venue, share in coverage.items()},
        )
        carried = after


def _between(bars: Bars, from_ms: int, to_ms: int) -> Bars:
    """The bars that ended in ``(from_ms, to_ms]``."""
    return bars.between(*np.searchsorted(bars.end_ms, (from_ms, to_ms), side="right").tolist())
