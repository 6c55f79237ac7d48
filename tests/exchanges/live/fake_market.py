"""A live feed that reads the fake exchange, at many times the speed of life."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from apps.exchanges.fake.faults import Fault, FaultSchedule
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.live.feed import LiveFeed
from apps.exchanges.live.probing import Probed, new_budgets
from apps.exchanges.live.streams import StreamState
from apps.exchanges.live.venues import QUESTIONS
from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.records import BarRow, LiquidationRow, Row

START_MS = 1_790_001_800_000
SPEED = 16.0
HISTORY_MS = 40 * MINUTE_MS


class QuickClock:
    """The data's time, ``speed`` times as fast as ours."""

    def __init__(self, speed: float = SPEED) -> None:
        self.speed = speed
        self._began_s = time.monotonic()

    def __call__(self) -> int:
        return START_MS + round((time.monotonic() - self._began_s) * 1000 * self.speed)

    def seconds(self) -> float:
        """The same as a clock of seconds."""
        return self() / 1000

    async def sleep(self, seconds: float) -> None:
        """Wait that much of the data's time."""
        await asyncio.sleep(seconds / self.speed)


@dataclass
class Run:
    """What a feed told, and what was true."""

    market: FakeMarket
    begins_ms: int = 0  # of streaming
    until_ms: int = 0
    rows: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    states: list[tuple[int, StreamState]] = field(default_factory=list)
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


async def run_feed(
    minutes: float, faults: Iterable[Fault] = (), *, markets: int = 3, life_s: float = 3600.0
) -> Run:
    """Take in the history, then listen for so many minutes of the data's time."""
    market = FakeMarket(first_ms=START_MS - HISTORY_MS, markets=markets)
    await asyncio.to_thread(market.reach, START_MS + round((minutes + 5) * MINUTE_MS))
    clock, run = QuickClock(), Run(market)
    async with FakeExchange(market, clock, push_every_s=0.04) as exchange:
        feed = LiveFeed(
            Probed(new_budgets(clock.seconds, clock.sleep), list(QUESTIONS)),
            markets=markets,
            root=f"http://127.0.0.1:{exchange.port}",
            history_days=0.02,
            history_bar_ms=MINUTE_MS,
            seconds=clock.seconds,
            timeout_s=0.4,
            life_s=life_s,
        )
        run.feed = feed
        known_ms = clock()
        await feed.ask_history(run.history, known_ms)
        run.rows += run.history
        run.begins_ms = begins_ms = clock()
        exchange.faults = FaultSchedule(tuple(_from(begins_ms, fault) for fault in faults))
        watching = asyncio.create_task(_watch(run, feed, clock))
        with suppress(TimeoutError):
            async with asyncio.timeout(minutes * 60 / clock.speed):
                async for rows in feed.stream(known_ms, clock, clock.sleep):
                    run.rows += rows
                    for row in rows:
                        if isinstance(row, BarRow) and row.closed:
                            run.reached[row.instrument].append((clock(), row.end_ms))
        watching.cancel()
        run.until_ms = clock()
        run.report, run.unknown = exchange.budget_report(), exchange.unknown
    return run


def _from(begins_ms: int, fault: Fault) -> Fault:
    return replace(fault, begins_ms=fault.begins_ms + begins_ms, ends_ms=fault.ends_ms + begins_ms)


async def _watch(run: Run, feed: LiveFeed, clock: QuickClock) -> None:
    while True:
        run.states += [(clock(), state) for state in feed.streams()]
        await clock.sleep(1.0)
