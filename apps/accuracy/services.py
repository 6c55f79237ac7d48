"""What the task asks: score what is due, judge what is open, add it all up."""

from apps.accuracy.cards import renew_cards
from apps.accuracy.scoring import score_hours
from apps.accuracy.trials import judge_trials
from apps.markets.clock import current_feed
from apps.markets.models import Feed, Market


def score_market(*, market: Market, now_ms: int) -> int:
    """Bring a market's scoreboard up to ``now_ms``, the data's clock; how many rows were made.

    Nothing while the feed still tells its history. Running it twice is harmless.
    """
    feed = current_feed()
    if feed is None or feed.state == Feed.State.STARTING:
        return 0
    rows = score_hours(market, feed, now_ms=now_ms)
    renew_cards(rows)
    judge_trials(market, feed, now_ms=now_ms)
    return len(rows)
