"""How long news takes from eight venues to a row, within their documented limits.

A fake exchange and the live feed run side by side in virtual time, so the figures are those of
the limits and of the questions' rhythm, the same on every machine; what computing costs is told
as a share of one core. An open bar of the fake exchange betrays when it was true: its volume
grows evenly through the minute.

    |-- d1 --------- e ---- d2 -|- t2      what happened at e, in (d1, d2], is a row at t2
"""

import asyncio
import time
from collections import defaultdict
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.fake.virtual_loop import run_virtually
from apps.exchanges.live.budget import MOST_SHARE
from apps.exchanges.live.feed import LiveFeed
from apps.exchanges.live.probing import Probed, new_budgets
from apps.exchanges.live.venues import QUESTIONS
from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.records import BarRow

START_MS = 1_790_001_800_000
MARKETS, MINUTES = 10, 3.0
HISTORY_MINUTES = 20
SETTLED_MS = MINUTE_MS  # from the start on, until the first rush is over
PUSH_EVERY_S = 0.5
EVENTS_PER_GAP = 20
GOAL_S = 10.0

type Told = dict[str, list[tuple[int, BarRow]]]


def cases(
    *,
    rng: object,
    clock: object,
    markets: int = MARKETS,
    minutes: float = MINUTES,
) -> dict[str, Any]:
    """The benchmark as JSON-ready cases."""
    market = FakeMarket(first_ms=START_MS - HISTORY_MINUTES * MINUTE_MS, markets=markets)
    began_s = time.process_time()
    told, shares = run_virtually(_listen(market, markets, minutes))
    computing = (time.process_time() - began_s) / (60 * minutes)
    delays = np.concatenate([_delays_s(market, slug, rows) for slug, rows in told.items()])
    return {
        "instruments": len(told),
        "virtual_minutes": minutes,
        "cases": [
            *(
                _case(f"event_to_row_{name}", "the goal", GOAL_S, seconds=float(value))
                for name, value in zip(
                    ("p50", "p95", "max"), np.percentile(delays, [50, 95, 100]), strict=True
                )
            ),
            *(
                _case(f"budget_{venue}", "what is allowed of the limit", MOST_SHARE, value=share)
                for venue, share in sorted(shares.items())
            ),
            _case("core_share", "one core, venues included", 1.0, value=computing),
        ],
    }


async def _listen(
    market: FakeMarket, markets: int, minutes: float
) -> tuple[Told, dict[str, float]]:
    """Bars by instrument with the instant of their telling; the budget each venue counted."""
    loop, told = asyncio.get_running_loop(), defaultdict(list)

    def now_ms() -> int:
        return START_MS + round(loop.time() * 1000)

    async with FakeExchange(market, now_ms, push_every_s=PUSH_EVERY_S) as exchange:
        feed = LiveFeed(
            Probed(new_budgets(loop.time), list(QUESTIONS)),
            markets=max(markets, 3),
            root=f"http://127.0.0.1:{exchange.port}",
            history_days=HISTORY_MINUTES / 1440,
            history_bar_ms=MINUTE_MS,
            seconds=loop.time,
        )
        known_ms = now_ms()
        await feed.ask_history([], known_ms)
        with suppress(TimeoutError):
            async with asyncio.timeout(60 * minutes):
                async for rows in feed.stream(known_ms, now_ms, asyncio.sleep):
                    for row in rows:
                        if isinstance(row, BarRow):
                            told[row.instrument].append((now_ms(), row))
        report = exchange.budget_report()
    return told, {venue: float(counted["peak_share"]) for venue, counted in report.items()}


def _delays_s(market: FakeMarket, slug: str, rows: list[tuple[int, BarRow]]) -> NDArray[np.float64]:
    """Seconds until evenly spread events of an instrument were in a row that had been told."""
    instrument = next(i for i in market.instruments(slug.split("-")[0]) if i.slug == slug)
    delays: list[NDArray[np.float64]] = []
    known_ms = START_MS + SETTLED_MS
    for told_ms, row in rows:
        true_ms = _true_at_ms(market, instrument, row)
        if told_ms < START_MS + SETTLED_MS or true_ms <= known_ms:
            continue
        events_ms = np.linspace(known_ms, true_ms, EVENTS_PER_GAP)
        delays.append((told_ms - events_ms) / 1000)
        known_ms = true_ms
    return np.concatenate(delays)


def _true_at_ms(market: FakeMarket, instrument: Any, row: BarRow) -> int:
    """The instant whose market a bar shows."""
    if row.closed:
        return row.end_ms
    opens_ms = row.end_ms - MINUTE_MS
    (whole,) = market.bars(instrument, opens_ms, opens_ms, row.end_ms)
    return opens_ms + round((row.volume or 0.0) / (whole.volume or 1.0) * MINUTE_MS)


def _case(name: str, yardstick: str, measure: float, **measured: float) -> dict[str, Any]:
    (unit, value), *_ = measured.items()
    return {
        "name": name,
        **measured,
        "yardstick": yardstick,
        f"yardstick_{unit}": measure,
        "ratio": value / measure,
        "ok": value <= measure * (1 + 1e-9),
    }
