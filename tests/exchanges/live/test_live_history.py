"""What has been is told of every venue, also of one that was silent first; and nobody waits."""

import asyncio
import time
from contextlib import suppress

import pytest

from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.fake.virtual_loop import run_virtually
from apps.exchanges.live.feed import LiveFeed
from apps.exchanges.live.probing import Probed, new_budgets
from apps.exchanges.live.venues import QUESTIONS
from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.records import BarRow, Row
from tests.exchanges.live.fake_market import (
    HISTORY_DAYS,
    HISTORY_MS,
    START_MS,
    fault,
    shifted,
    virtual_clock,
)
from tests.waiting import wait_until

LATE = "okx"
SILENT_S = 40.0


async def listen_while_one_is_late() -> list[Row]:
    """One venue answers nobody at first, so nothing is known of it when the stream begins."""
    market = FakeMarket(first_ms=START_MS - HISTORY_MS, markets=1)
    faults = shifted([fault(LATE, "server_error", 0, SILENT_S)], START_MS)
    rows: list[Row] = []
    async with FakeExchange(market, virtual_clock, faults=faults) as exchange:
        seconds = asyncio.get_running_loop().time
        feed = LiveFeed(
            Probed(new_budgets(seconds), [venue for venue in QUESTIONS if venue != LATE]),
            root=f"http://127.0.0.1:{exchange.port}",
            history_days=HISTORY_DAYS,
            history_bar_ms=MINUTE_MS,
            seconds=seconds,
        )
        known_ms = virtual_clock()
        await feed.ask_history(rows, known_ms)
        assert not any(row.instrument.startswith(LATE) for row in rows)
        with suppress(TimeoutError):
            async with asyncio.timeout(150):
                async for told in feed.stream(known_ms, virtual_clock, asyncio.sleep):
                    rows += told
    return rows


def test_a_venue_that_was_silent_at_the_start_tells_its_history_later() -> None:
    rows = run_virtually(listen_while_one_is_late())
    ends = {
        venue: sorted(
            row.end_ms
            for row in rows
            if isinstance(row, BarRow) and row.closed and row.instrument.startswith(venue)
        )
        for venue in (LATE, "bybit")
    }
    assert min(ends[LATE]) == min(ends["bybit"])
    assert sorted(set(ends[LATE])) == list(range(min(ends[LATE]), max(ends[LATE]) + 1, MINUTE_MS))


def test_a_history_that_nobody_answers_can_be_left_at_any_moment() -> None:
    """The next batch comes at once, if only an empty one; leaving ends the asking."""
    feed = LiveFeed(Probed(new_budgets(time.monotonic), []), root="http://127.0.0.1:9")
    began: list[bool] = []

    async def for_ever(*_: object) -> None:
        began.append(True)
        try:
            await asyncio.sleep(3600)
        finally:
            began.append(False)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed, "ask_history", for_ever)
        batches = feed.history(START_MS)
        assert next(batches) == []
        while not began:
            assert next(batches) == []
        batches.close()
    wait_until(lambda: began == [True, False], "the asking to end")
