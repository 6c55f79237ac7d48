"""A live feed wounded by a schedule of faults, in virtual time.

seed ─▶ venues to hurt, faults, market ─▶ one run ─▶ sentences about what did not hold
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random

from apps.exchanges.fake.faults import Fault, FaultSchedule, drawn
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.live.streams import StreamState
from apps.exchanges.live.unheard import Unheard
from apps.exchanges.readings import Instrument
from apps.exchanges.records import BarRow, LiquidationRow, Row
from apps.exchanges.simulated.tables import VENUE_NAMES
from tests.exchanges.live.fake_market import HISTORY_MS, START_MS, feed_of, virtual_clock

MARKETS = 1
HURT = 5  # venues; the others stay whole
CALM_MS, FAULTY_MS, AFTER_MS = 20_000, 110_000, 115_000
PUSH_EVERY_S = 1.0
WATCH_EVERY_S = 1.0


@dataclass
class Wounded:
    """What was told through the faults."""

    seed: int
    market: FakeMarket
    schedule: FaultSchedule = field(default_factory=FaultSchedule)
    begins_ms: int = 0
    until_ms: int = 0
    rows: list[Row] = field(default_factory=list)
    states: list[tuple[int, tuple[StreamState, ...]]] = field(default_factory=list)
    unheard: tuple[Unheard, ...] = ()
    uncaught: list[str] = field(default_factory=list)

    def faults(self, venue: str) -> list[Fault]:
        """What went wrong at a venue."""
        return [fault for fault in self.schedule.faults if fault.venue == venue]

    def closed(self, i: Instrument) -> dict[int, BarRow]:
        """Closed bars of an instrument by their end."""
        bars = (row for row in self.rows if isinstance(row, BarRow) and row.closed)
        return {bar.end_ms: bar for bar in bars if bar.instrument == i.slug}

    def dead(self, i: Instrument) -> list[LiquidationRow]:
        """Liquidations of an instrument."""
        dead = (row for row in self.rows if isinstance(row, LiquidationRow))
        return [row for row in dead if row.instrument == i.slug]


async def run_wounded(seed: int) -> Wounded:
    """Some calm, some faults at five venues drawn from the seed, and time to heal."""
    market = FakeMarket(seed, first_ms=START_MS - HISTORY_MS, markets=MARKETS)
    run = Wounded(seed, market)
    async with FakeExchange(market, virtual_clock, push_every_s=PUSH_EVERY_S) as exchange:
        feed, known_ms = feed_of(exchange, markets=3), virtual_clock()
        with _uncaught(run.uncaught):
            await feed.ask_history(run.rows, known_ms)
            run.begins_ms = virtual_clock()
            run.schedule = exchange.faults = schedule_of(seed, run.begins_ms)
            watching = asyncio.create_task(_watch(run, feed.streams))
            with suppress(TimeoutError):
                async with asyncio.timeout((CALM_MS + FAULTY_MS + AFTER_MS) / 1000):
                    async for rows in feed.stream(known_ms, virtual_clock, asyncio.sleep):
                        run.rows += rows
            watching.cancel()
        run.until_ms, run.unheard = virtual_clock(), feed.unheard()
    return run


def schedule_of(seed: int, begins_ms: int) -> FaultSchedule:
    """The same faults for the same seed; a minute and a half holds two or three of each venue."""
    hurt = Random(seed).sample(VENUE_NAMES, HURT)
    first_ms = begins_ms + CALM_MS
    return drawn(
        seed, first_ms, first_ms + FAULTY_MS, venues=hurt, mean_gap_s=25.0, mean_length_s=20.0
    )


async def _watch(run: Wounded, streams: object) -> None:
    while True:
        run.states.append((virtual_clock(), streams()))
        await asyncio.sleep(WATCH_EVERY_S)


@contextmanager
def _uncaught(found: list[str]) -> Iterator[None]:
    """Collect whatever nobody expected: errors in the log, and exceptions that no task took."""

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(
                record.getMessage() + (f" {record.exc_info[1]!r}" if record.exc_info else "")
            )

    listener, root = Listener(logging.ERROR), logging.getLogger()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.append(str(context)))
    root.addHandler(listener)
    try:
        yield
    finally:
        root.removeHandler(listener)
        loop.set_exception_handler(None)
