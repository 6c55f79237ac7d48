"""A small simulated market with days behind it, and a scoreboard that remembers nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import pytest

from apps.accuracy.services import score_market
from apps.accuracy.walking import forget_walks
from apps.exchanges.records import LiquidationRow, Row
from apps.exchanges.simulated.hours import tell
from apps.exchanges.simulated.tables import universe
from apps.markets import services
from apps.markets.models import Feed, Market

HOUR_MS = 3_600_000
BEGIN_MS = 1_780_272_000_000  # 2026-06-01
COINS, VENUES, POSITIONS = 1, 2, 400


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """No test carries another one's walks on."""
    forget_walks()
    yield
    forget_walks()


@dataclass
class Simulated:
    """The market, its feed, and how many of its hours were told."""

    market: Market
    feed: Feed
    told: list[list[Row]]
    hours: int = 0

    @property
    def now_ms(self) -> int:
        return BEGIN_MS + self.hours * HOUR_MS

    def live_through(
        self, hours: int, spoil: Callable[[list[Row]], list[Row]] = lambda rows: rows
    ) -> None:
        """Let so many hours happen, and be walked; ``spoil`` changes what is heard of each."""
        for rows in self.told[self.hours : self.hours + hours]:
            services.store_rows(spoil(rows))
        self.hours += hours
        services.settle(market=self.market, until_ms=self.now_ms)
        self.market.refresh_from_db()

    def score(self) -> int:
        """What the task does six minutes later, as often as there is something to do."""
        made = 0
        while some := score_market(market=self.market, now_ms=self.now_ms + HOUR_MS // 10):
            made += some
        return made


@pytest.fixture(scope="session")
def told_hours() -> list[list[Row]]:
    """Four days of one coin on two venues."""
    hours = tell(5, BEGIN_MS, universe(COINS, VENUES, standing_per_book=POSITIONS))
    return [hour.rows_between(hour.first_ms, hour.last_ms) for hour in islice(hours, 96)]


@pytest.fixture
def simulated(db: None, told_hours: list[list[Row]]) -> Simulated:
    """The market before its first hour."""
    services.ensure_instruments(universe(COINS, VENUES).infos)
    feed = Feed.objects.create(
        kind="simulated", label="simulated", source="simulated", state="running",
        anchor_data_ms=BEGIN_MS, anchor_wall_ms=BEGIN_MS,
    )  # fmt: skip
    return Simulated(Market.objects.get(slug="btc"), feed, told_hours)


def sampled(rows: list[Row]) -> list[Row]:
    """The same, as a throttled feed tells it."""
    return [
        replace(row, completeness="sampled") if isinstance(row, LiquidationRow) else row
        for row in rows
    ]
