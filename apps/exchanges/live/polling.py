"""What is asked again and again: each kind in a task of its own, so that none waits for another.

The candles of an instrument are always asked from the end of its last closed bar on. After a gap,
however long, the first answer therefore fills it, as far back as the venue still knows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from apps.exchanges.live.backoff import Backoff
from apps.exchanges.live.clocks import LARGEST_SKEW_MS
from apps.exchanges.live.coins import Traded, by_coin
from apps.exchanges.live.link import Link, next_minute_ms
from apps.exchanges.live.questions import AskReadings
from apps.exchanges.live.streams import Stream
from apps.exchanges.live.troubles import Barred, Paused, Unreachable
from apps.exchanges.numbers import BadPayload
from apps.exchanges.readings import MINUTE_MS

log = logging.getLogger(__name__)

READINGS_EVERY_S = 4.0
FUNDING_EVERY_S = 60.0
TIME_EVERY_S = 300.0
SKEWED_TIME_EVERY_S = 10.0  # while the clock is wrong
LISTING_EVERY_S = 3600.0
SHORTEST_WAIT_S = 0.05
OVERLAP_MS = 120_000  # of what is asked about liquidations, for those that came late

type Ask = Callable[[], Awaitable[None]]


async def poll(link: Link, after_ms: int) -> None:
    """Ask a listed venue until it bars us; ``after_ms`` is the end of what is known."""
    asks = [
        _asking_candles(link),
        _asking_readings(link, "open interest", link.questions.readings, READINGS_EVERY_S),
    ]
    if link.questions.funding:
        asks.append(_asking_readings(link, "funding", link.questions.funding, FUNDING_EVERY_S))
    if link.questions.liquidations:
        asks.append(_asking_liquidations(link, after_ms))
    if link.questions.server_time_ms:
        stream = link.around.streams.expect(link.venue, "time", TIME_EVERY_S)
        asks.append(repeat(link, lambda: _watch_clock(link), TIME_EVERY_S, stream))
    async with asyncio.TaskGroup() as tasks:
        for ask in asks:
            tasks.create_task(ask)


async def repeat(link: Link, ask: Ask, every_s: float, *streams: Stream) -> None:
    """Ask every so often, and after a failure wait as it demands. Raises ``Barred``."""
    seconds, backoff = link.around.seconds, Backoff()
    while True:
        began_s = seconds()
        trouble = ""
        try:
            await ask()
            backoff.succeeded()
            for stream in streams:
                stream.heard()
            wait_s = every_s - (seconds() - began_s)
        except Barred:
            raise
        except Paused as pause:
            trouble, wait_s = str(pause), pause.until_s - seconds()
        except (Unreachable, BadPayload) as failure:
            trouble, wait_s = str(failure), backoff.wait_s()
        except Exception:
            log.exception("Asking %s failed.", link.venue)
            trouble, wait_s = "was misunderstood", backoff.wait_s()
        for stream in streams:
            stream.trouble = trouble
        await link.around.sleep(max(wait_s, SHORTEST_WAIT_S))


async def set_clock(link: Link) -> None:
    """Ask the venue for its time."""
    if link.questions.server_time_ms:
        asked_ms = link.around.clock()
        server_ms = await link.questions.server_time_ms(link.rest)
        link.measured(server_ms, asked_ms, link.around.clock())


async def _watch_clock(link: Link) -> None:
    """Ask for the time, and while it is wrong ask again soon."""
    await set_clock(link)
    while abs(link.skew_ms) > LARGEST_SKEW_MS:
        await link.around.sleep(SKEWED_TIME_EVERY_S)
        await set_clock(link)


async def until_listed(link: Link, after_ms: int) -> None:
    """Ask what the venue trades until it says so, unless that is known."""
    listed = asyncio.Event()

    async def ask() -> None:
        await set_clock(link)
        link.trade(by_coin(await link.questions.instruments(link.rest)), after_ms)
        listed.set()

    if link.traded:
        return
    stream = link.around.streams.expect(link.venue, "instruments", LISTING_EVERY_S)
    asking = asyncio.create_task(repeat(link, ask, LISTING_EVERY_S, stream))
    waiting = asyncio.create_task(listed.wait())
    try:
        await asyncio.wait({asking, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            await asking
    finally:
        asking.cancel()
        waiting.cancel()


async def _asking_candles(link: Link) -> None:
    every_s = link.questions.candles_every_s
    streams = {
        slug: link.around.streams.expect(link.venue, "candles", every_s, slug)
        for slug in link.assemblies
    }

    async def ask_one(traded: Traded) -> None:
        stream = streams[traded.instrument.slug]
        try:
            await catch_up(link, traded)
        except (Unreachable, Paused, BadPayload) as failure:
            stream.trouble = str(failure)
            raise
        stream.heard()

    async def ask() -> None:
        asked = (ask_one(traded) for traded in link.traded.values())
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if failures:
            raise min(failures, key=_gravity)

    await repeat(link, ask, every_s)


def _gravity(failure: BaseException) -> int:
    grave = (asyncio.CancelledError, Barred, Paused, Unreachable, BadPayload)
    return next((n for n, kind in enumerate(grave) if isinstance(failure, kind)), -1)


async def catch_up(link: Link, traded: Traded) -> None:
    """Ask for the candles after the last closed bar, page by page, to the minute under way.

    Pages overlap by a minute: a bar is closed by the one that follows it in the same reply.
    """
    questions, assembly = link.questions, link.assemblies[traded.instrument.slug]
    first_ms, last_ms = assembly.told_ms, next_minute_ms(link.now_ms())
    page_ms = questions.candles_per_call * MINUTE_MS
    while first_ms < last_ms:
        end_ms = min(first_ms + page_ms, last_ms)
        rows = await questions.candles(
            link.rest, traded.instrument, first_ms, end_ms, now_ms=link.now_ms()
        )
        await link.candles(rows)
        first_ms = end_ms if end_ms == last_ms else end_ms - MINUTE_MS


async def _asking_readings(link: Link, kind: str, asked: AskReadings, every_s: float) -> None:
    stream = link.around.streams.expect(link.venue, kind, every_s)

    async def ask() -> None:
        asked_ms = link.now_ms()
        readings = await asked(link.rest, link.instruments, now_ms=asked_ms)
        if not link.questions.dates_readings:
            readings = [replace(reading, ts_ms=link.now_ms()) for reading in readings]
        link.note(readings)

    await repeat(link, ask, every_s, stream)


async def _asking_liquidations(link: Link, after_ms: int) -> None:
    """Ask from the last success on, window by window."""
    every_s, window_ms = link.questions.liquidations_every_s, link.questions.liquidations_window_ms
    stream = link.around.streams.expect(link.venue, "liquidation replies", every_s)
    known_ms = after_ms

    async def ask() -> None:
        nonlocal known_ms
        while link.questions.liquidations:
            first_ms, now_ms = known_ms - OVERLAP_MS, link.now_ms()
            last_ms = min(first_ms + window_ms, now_ms)
            await link.liquidations(
                await link.questions.liquidations(link.rest, link.instruments, first_ms, last_ms)
            )
            known_ms = last_ms
            if last_ms >= now_ms:
                return

    await repeat(link, ask, every_s, stream)
