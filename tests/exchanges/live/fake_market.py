"""A live feed that reads the fake exchange, in virtual time."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

from apps.exchanges.fake.faults import Fault, FaultSchedule
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.live.feed import LiveFeed
from apps.exchanges.live.link import Link
from apps.exchanges.live.listening import LIFE_S
from apps.exchanges.live.probing import Probed, new_budgets
from apps.exchanges.live.streams import StreamState
from apps.exchanges.live.venues import QUESTIONS
from apps.exchanges.readings import MINUTE_MS, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow, Row

START_MS = 1_790_001_800_000
HISTORY_MS = 40 * MINUTE_MS
HISTORY_DAYS = 0.02
PUSH_EVERY_S = 0.6


@dataclass
class Run:
    """What a feed told, and what was true."""

    market: FakeMarket
    begins_ms: int = 0  # of streaming
    until_ms: int = 0
    rows: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    states: list[tuple[int, StreamState]] = field(default_factory=list)
    readings: list[tuple[int, OpenInterest | Mark]] = field(default_factory=list)  # and when
    reached: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    feed: LiveFeed | None = None
    report: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def closed(self, slug: str) -> list[BarRow]:
        """Closed bars of an instrument in the order told."""
        bars = (row for row in self.rows if isinstance(row, BarRow))
        return [bar for bar in bars if bar.instrument == slug and bar.closed]

    def liquidations(self, venue: str) -> list[LiquidationRow]:
        """What a venue told of the dead."""
        slugs = {i.slug for i in self.market.instruments(venue)}
        dead = (row for row in self.rows if isinstance(row, LiquidationRow))
        return [row for row in dead if row.instrument in slugs]


def fault(venue: str, failure: Any, begins_s: float, ends_s: float, **more: Any) -> Fault:
    """A fault between two seconds of streaming."""
    begins_ms, ends_ms = int(begins_s * 1000), int(ends_s * 1000)
    transport = more.pop("transport", "rest")
    return Fault(venue, transport, failure, begins_ms, ends_ms, **more)


def virtual_clock() -> int:
    """The data's time: that of the loop since ``START_MS``."""
    return START_MS + round(asyncio.get_running_loop().time() * 1000)


def feed_of(exchange: FakeExchange, *, markets: int, life_s: float = LIFE_S) -> LiveFeed:
    """A live feed of everything that the fake exchange lists, in the loop's time."""
    seconds = asyncio.get_running_loop().time
    return LiveFeed(
        Probed(new_budgets(seconds), list(QUESTIONS)),
        markets=markets,
        root=f"http://127.0.0.1:{exchange.port}",
        history_days=HISTORY_DAYS,
        history_bar_ms=MINUTE_MS,
        seconds=seconds,
        life_s=life_s,
    )


async def run_feed(
    minutes: float,
    faults: Iterable[Fault] = (),
    *,
    seed: int = 3,
    markets: int = 3,
    life_s: float = LIFE_S,
) -> Run:
    """Take in the history, then listen for so many minutes of the data's time."""
    market = FakeMarket(seed, first_ms=START_MS - HISTORY_MS, markets=markets)
    run = Run(market)
    async with FakeExchange(market, virtual_clock, push_every_s=PUSH_EVERY_S) as exchange:
        run.feed = feed = feed_of(exchange, markets=markets, life_s=life_s)
        known_ms = virtual_clock()
        await feed.ask_history(run.history, known_ms)
        run.rows += run.history
        run.begins_ms = begins_ms = virtual_clock()
        exchange.faults = shifted(faults, begins_ms)
        watching = asyncio.create_task(_watch(run, feed))
        with _overheard(run), suppress(TimeoutError):
            async with asyncio.timeout(minutes * 60):
                async for rows in feed.stream(known_ms, virtual_clock, asyncio.sleep):
                    run.rows += rows
                    for row in rows:
                        if isinstance(row, BarRow) and row.closed:
                            run.reached[row.instrument].append((virtual_clock(), row.end_ms))
        watching.cancel()
        run.until_ms = virtual_clock()
        run.report, run.unknown = exchange.budget_report(), exchange.unknown
    return run


def shifted(faults: Iterable[Fault], by_ms: int) -> FaultSchedule:
    """The same faults later."""
    return FaultSchedule(
        tuple(
            replace(fault, begins_ms=fault.begins_ms + by_ms, ends_ms=fault.ends_ms + by_ms)
            for fault in faults
        )
    )


@contextmanager
def _overheard(run: Run) -> Iterator[None]:
    """Keep every reading beside the instant at which it was heard."""
    note = Link.note

    def keep(link: Link, readings: Iterable[OpenInterest | Mark]) -> None:
        heard = list(readings)
        run.readings += [(virtual_clock(), reading) for reading in heard]
        note(link, heard)

    with patch.object(Link, "note", keep):
        yield


async def _watch(run: Run, feed: LiveFeed) -> None:
    while True:
        run.states += [(virtual_clock(), state) for state in feed.streams()]
        await asyncio.sleep(1.0)
