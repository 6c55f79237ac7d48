"""What the task asks: score what is due, judge what is open, add it up, forget what is old."""

from django.db.models import Q

from apps.accuracy.cards import renew_cards
from apps.accuracy.models import Scorecard, ScoredHour, ZoneTrial
from apps.accuracy.periods import DAY_MS
from apps.accuracy.scoring import HOUR_MS, has_due_hours, score_hours
from apps.accuracy.trials import judge_trials
from apps.markets.clock import current_feed
from apps.markets.models import Feed, Market
from apps.markets.source import source_of

KEPT_MS = 180 * DAY_MS  # of hours, zones and the cards of single venues; the others stay


def score_market(*, market: Market, now_ms: int) -> int:
    """Bring a market's scoreboard nearer to ``now_ms``, the data's clock; how many rows were made.

    Some hours at a time, so that nobody waits for it. Nothing while the feed still tells its
    history. Running it twice is harmless.
    """
    feed = current_feed()
    if feed is None or feed.state == Feed.State.STARTING:
        return 0
    rows = score_hours(market, feed, now_ms=now_ms)
    if rows and (_ends_a_day(rows) or not has_due_hours(market, feed, now_ms=now_ms)):
        renew_cards(rows)
        judge_trials(market, feed, now_ms=now_ms)
        forget_scores(feed, now_ms=now_ms)
    return len(rows)


def forget_scores(feed: Feed, *, now_ms: int) -> None:
    """Delete what is old, and all of simulated markets of before: they never come back."""
    gone = Q(feed=Feed.Kind.SIMULATED) & ~Q(source=source_of(feed))
    old_ms = now_ms - KEPT_MS
    here = Q(source=source_of(feed))
    ScoredHour.objects.filter(gone | here & Q(start_ms__lt=old_ms)).delete()
    ZoneTrial.objects.filter(gone | here & Q(at_ms__lt=old_ms)).delete()
    Scorecard.objects.filter(gone | here & ~Q(venue="") & Q(day_ms__lt=old_ms)).delete()


def _ends_a_day(rows: list[ScoredHour]) -> bool:
    return (rows[-1].start_ms + HOUR_MS) % DAY_MS == 0
