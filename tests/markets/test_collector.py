"""A feed's history and stream end up in the database, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError, connections

from apps.exchanges.live.streams import StreamState
from apps.exchanges.live.unheard import Unheard
from apps.exchanges.records import BadFeed, BarRow, Clock, FeedInfo, InstrumentInfo, Row, Sleep
from apps.markets import services
from apps.markets.backlog import Backlog
from apps.markets.collector import begin, collect
from apps.markets.models import (
    Feed,
    Heartbeat,
    Instrument,
    Market,
    MinuteBar,
    StreamStatus,
    UnheardSpan,
)
from tests.markets.conftest import BEGIN_MS, BINANCE, HYPERLIQUID, MINUTE_MS

WALL_MS = 1_900_000_000_000
ETH = InstrumentInfo("binance", "ETHUSDT", "ETH", "USDT")

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Source:
    """A feed with a past and a stream of given rows."""

    past: list[Row]
    live: list[Row] = field(default_factory=list)
    label: str = "june"
    kind: str = "replay"
    reason: str = ""
    traded: tuple[InstrumentInfo, ...] = (BINANCE, HYPERLIQUID)
    breaks: Exception | None = None
    asked: list[tuple[int, int | None]] = field(default_factory=list)

    @property
    def info(self) -> FeedInfo:
        return FeedInfo(self.kind, self.label, 60.0, self.reason)

    def instruments(self) -> tuple[InstrumentInfo, ...]:
        return self.traded

    def start_ms(self, wall_ms: int) -> int:
        return BEGIN_MS

    def history(self, until_ms: int, first_ms: int | None = None) -> Iterator[list[Row]]:
        self.asked.append((until_ms, first_ms))
        for row in self.past:
            if row.end_ms <= until_ms:
                yield [row]

    async def stream(self, after_ms: int, clock: Clock, sleep: Sleep) -> AsyncIterator[list[Row]]:
        for row in self.live:
            yield [row]
        if self.breaks:
            raise self.breaks


def run(source: Source, *, wall_ms: int = WALL_MS) -> None:
    asyncio.run(collect_and_hang_up(source, wall_ms))


async def collect_and_hang_up(source: Source, wall_ms: int) -> None:
    try:
        await collect(source, asked_for="replay:june", wall=lambda: wall_ms)
    finally:
        await database_sync_to_async(connections.close_all)()


def stored_minutes() -> list[int]:
    ends = MinuteBar.objects.order_by("end_ms").values_list("end_ms", flat=True)
    return [(end_ms - BEGIN_MS) // MINUTE_MS for end_ms in ends]


def test_history_and_stream_are_stored(bar):
    run(Source([bar(-1), bar(0)], [bar(1), bar(2)]))
    assert stored_minutes() == [-1, 0, 1, 2]


def test_the_feed_says_what_it_is_and_that_it_has_ended(bar):
    run(Source([bar(0)], [bar(1)]))
    feed = Feed.objects.get()
    assert (feed.kind, feed.label, feed.state) == ("replay", "june", "ended")


def test_every_venue_that_spoke_has_a_heartbeat(bar):
    run(Source([bar(0)], [bar(1)]))
    assert list(Heartbeat.objects.values_list("venue", "stream", "at_ms")) == [
        ("binance", "bars", WALL_MS)
    ]


def test_an_interrupted_feed_goes_on_where_its_clock_is(bar):
    with pytest.raises(RuntimeError):
        run(Source([bar(-1), bar(0)], [bar(1)], breaks=RuntimeError("cut")))
    again = Source([bar(-1), bar(0), bar(1), bar(2)])
    run(again, wall_ms=WALL_MS + 2_000)
    assert again.asked == [(BEGIN_MS + 2 * MINUTE_MS, BEGIN_MS - 2 * MINUTE_MS)]
    assert stored_minutes() == [-1, 0, 1, 2]


def test_a_replay_interrupted_long_ago_starts_afresh(bar):
    with pytest.raises(RuntimeError):
        run(Source([bar(0)], [bar(1)], breaks=RuntimeError("cut")))
    run(Source([bar(0)]), wall_ms=WALL_MS + 3_600_000)
    assert stored_minutes() == [0]


def test_rows_of_another_feed_are_deleted_and_the_log_says_so(bar, caplog):
    run(Source([bar(0)], traded=(BINANCE, ETH)))
    run(Source([bar(5)], label="invented", kind="simulated", traded=(BINANCE,)))
    assert MinuteBar.objects.count() == 0  # minute 5 lies after the start of the stream
    assert list(Market.objects.values_list("slug", flat=True)) == ["btc"]
    assert Instrument.objects.count() == 1
    assert "All rows of june are deleted; the feed is now invented." in caplog.messages


def test_a_restart_never_forgets_the_real_market(bar):
    run(Source([bar(0)], kind="live"))
    run(Source([bar(-1)], kind="live"), wall_ms=WALL_MS + 86_400_000)
    assert stored_minutes() == [-1, 0]


def test_a_simulated_market_never_replaces_the_real_one_unasked(bar):
    run(Source([bar(0)], kind="live"))
    substitute = Source([bar(5)], kind="simulated", label="invented", reason="No venue answers.")
    with pytest.raises(BadFeed, match="What the real market told is kept"):
        run(substitute)
    assert stored_minutes() == [0]


def test_a_change_of_feed_asks_for_books_to_be_made_again(bar):
    run(Source([bar(0)]))
    market = Market.objects.get(slug="btc")
    services.settle(market=market, until_ms=BEGIN_MS)
    begin(Source([], label="another"), "replay:another", WALL_MS)
    changed = Market.objects.get(slug="btc")
    assert (changed.settled_ms, changed.revision) == (0, market.revision + 1)


def test_a_feed_that_breaks_leaves_its_reason(bar):
    with pytest.raises(BadFeed):
        run(Source([bar(0)], breaks=BadFeed("The venue closed the door.")))
    feed = Feed.objects.get()
    assert (feed.state, feed.message) == ("failed", "The venue closed the door.")


def test_rows_wait_while_the_database_is_away(bar, monkeypatch):
    store, failures = services.store_rows, iter([True, True])

    def flaky(rows: list[Row]) -> list[BarRow]:
        if rows[0].end_ms > BEGIN_MS and next(failures, False):
            raise OperationalError("database is locked")
        return store(rows)

    monkeypatch.setattr("apps.markets.collector.RETRY_S", 0.001)
    monkeypatch.setattr(services, "store_rows", flaky)
    run(Source([bar(0)], [bar(1), bar(2)]))
    assert stored_minutes() == [0, 1, 2]


@pytest.fixture
def full_backlog(bar: Callable[..., Row]) -> Backlog:
    backlog = Backlog(limit=3)
    backlog.add([bar(1), bar(2)])
    backlog.add([bar(3), bar(4)])
    return backlog


async def test_a_full_backlog_drops_the_oldest_rows_and_counts_them(full_backlog, bar):
    assert (len(full_backlog), full_backlog.dropped) == (3, 1)
    assert await full_backlog.take() == [bar(2), bar(3), bar(4)]


async def test_rows_put_back_come_first_again(full_backlog, bar):
    rows = await full_backlog.take()
    full_backlog.add([bar(5)])
    full_backlog.put_back(rows[1:])
    assert await full_backlog.take() == [bar(3), bar(4), bar(5)]


@dataclass
class WatchedSource(Source):
    """A feed that lost its line for a moment; its stream ends when that has been written down."""

    spans: tuple[Unheard, ...] = ()

    def streams(self) -> tuple[StreamState, ...]:
        return ()

    def skews_ms(self) -> dict[str, int]:
        return {}

    def used_shares(self) -> dict[str, float]:
        return {}

    def unheard(self) -> tuple[Unheard, ...]:
        return self.spans

    async def stream(self, after_ms: int, clock: Clock, sleep: Sleep) -> AsyncIterator[list[Row]]:
        for row in self.live:
            yield [row]
        while await database_sync_to_async(UnheardSpan.objects.count)() < len(self.spans):
            await asyncio.sleep(0)


def spans() -> list[tuple[str, int, int]]:
    return list(UnheardSpan.objects.values_list("venue", "from_ms", "to_ms"))


def test_what_was_pushed_and_not_heard_is_written_down(bar: Callable[..., BarRow]) -> None:
    lost = Unheard("binance", "pushed liquidations", BEGIN_MS, BEGIN_MS + 900, "closed the socket")
    run(WatchedSource([bar(0)], [bar(1)], spans=(lost,)))
    assert spans() == [("binance", BEGIN_MS, BEGIN_MS + 900)]


def test_a_restart_was_not_heard_since_the_last_sign_of_each_line(
    bar: Callable[..., BarRow],
) -> None:
    run(Source([bar(0)], [bar(1)]))
    Feed.objects.update(state=Feed.State.RUNNING)
    for venue, kind in (("binance", "pushed liquidations"), ("binance", "pushed marks")):
        StreamStatus.objects.create(
            venue=venue, kind=kind, state="live", age_s=3.0, at_ms=WALL_MS + 5_000
        )
    run(Source([bar(0)], [bar(2)]), wall_ms=WALL_MS + 9_000)
    assert spans() == [("binance", BEGIN_MS + 60 * 2_000, BEGIN_MS + 60 * 9_000)]
