"""Which market rows were told of: the real one, a recording, or one of many simulated ones."""

from apps.markets.models import Feed


def source_of(feed: Feed) -> str:
    """What tells this feed's prices from another's.

    Each simulated market is one of its own; a recording or the live market is always the same.
    """
    return f"{feed.source} #{feed.pk}" if feed.kind == Feed.Kind.SIMULATED else feed.source
