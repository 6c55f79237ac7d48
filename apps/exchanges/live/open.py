"""The live feed, or a sentence saying why there is none; and the same feed of a fake exchange."""

import re
import time
from datetime import UTC, datetime
from functools import cached_property

from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.live.fake_host import FakeHost, market_begins_ms, now_ms
from apps.exchanges.live.feed import LiveFeed
from apps.exchanges.live.listing import Listing
from apps.exchanges.live.probing import Probed, new_budgets, probe_venues
from apps.exchanges.live.venues import QUESTIONS
from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.records import BadFeed, FeedInfo

FAKE_LABEL = "fake exchange (SIMULATED)"
FAKE_DAYS = 1.0
LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\]):[0-9]{1,5}/?")


def open_live(*, markets: int, days: float) -> LiveFeed:
    """The venues themselves. Raises ``NoVenue`` within six seconds when none answers."""
    return LiveFeed(probe_venues(), markets=markets, history_days=days)


def open_fake(*, markets: int, seed: int, url: str = "") -> LiveFeed:
    """A fake exchange at ``url``, or one that is started here when it is needed.

    Raises ``BadFeed`` for any other computer.
    """
    if url and not LOOPBACK.fullmatch(url):
        raise BadFeed(f"The fake exchange is on this computer, not at {url[:60]!r}.")
    if url:
        return FakeFeed(FeedInfo("simulated", f"{FAKE_LABEL} at {url}"), markets, url.rstrip("/"))
    begins_ms = market_begins_ms(now_ms())
    since = datetime.fromtimestamp(begins_ms / 1000, UTC)
    info = FeedInfo("simulated", f"{FAKE_LABEL} {seed}, since {since:%Y-%m-%d}")
    return FakeFeed(info, markets, FakeHost(FakeMarket(seed, first_ms=begins_ms, markets=markets)))


class FakeFeed(LiveFeed):
    """The live feed pointed at a fake exchange, whose candles are of a minute."""

    def __init__(self, info: FeedInfo, markets: int, place: str | FakeHost) -> None:
        probed = Probed(new_budgets(time.monotonic), list(QUESTIONS))
        super().__init__(
            probed, markets=markets, info=info, history_days=FAKE_DAYS, history_bar_ms=MINUTE_MS
        )
        self._place = place

    @cached_property
    def listing(self) -> Listing:
        """What the fake exchange lists; a server of our own is started first."""
        if isinstance(self._place, FakeHost):
            self._place.start()
            self.root = self._place.root
        else:
            self.root = self._place
        return super().listing
