"""What time it is: on the wall, and in the data."""

import time

from apps.markets.models import Feed


def wall_now_ms() -> int:
    """Epoch milliseconds UTC."""
    return time.time_ns() // 1_000_000


def current_feed() -> Feed | None:
    """The feed that rows come from; None before the collector has started."""
    return Feed.objects.first()


def feed_now_ms() -> int:
    """The data's own time now; the wall's before there is a feed."""
    feed, wall_ms = current_feed(), wall_now_ms()
    return feed.now_ms(wall_ms) if feed else wall_ms
