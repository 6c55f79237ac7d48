"""Listening to a feed for a while and writing it down: its history first, then its stream.

    real market       now ---------------------------------> until      as long as it takes
    recorded, invented  now ->->->->->->->->->->->->->->->->-> until      time leaps as it is asked

Saved now and then on the way, ever more rarely as saving takes longer, and once at the end,
however the end comes.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from apps.exchanges.recorder import Recorder
from apps.exchanges.records import BarRow, Feed, Row

SAVE_EVERY_S = 60.0
SAVING_SHARE = 0.05  # of the time, at most
LEAP_MS = 60_000
PATIENCE_S = 15.0  # for the last bar, which a venue tells a little after its end
NEVER_MS = 10**15


class Pace(Protocol):
    """The data's clock, and how to wait by it."""

    def __call__(self) -> int:
        """The data's time now, epoch milliseconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of the reader's time."""
        ...


@dataclass
class LeapingPace:
    """Time that passes only when somebody waits, and then at once; at ``until_ms`` it is over."""

    now_ms: int
    until_ms: int
    over: asyncio.Event

    def __call__(self) -> int:
        return self.now_ms

    async def sleep(self, seconds: float) -> None:
        """Leap a minute, or more if more was asked for."""
        if self.now_ms >= self.until_ms:
            self.over.set()
            await asyncio.Future()
        self.now_ms = min(self.until_ms, self.now_ms + max(LEAP_MS, ceil(seconds * 1000)))
        await asyncio.sleep(0)


@dataclass
class RealPace:
    """The wall's time, multiplied by ``speed`` from ``start_ms`` on."""

    start_ms: int
    speed: float
    wall: Callable[[], int]

    def __post_init__(self) -> None:
        self.began_ms = self.wall()

    def __call__(self) -> int:
        return self.start_ms + int((self.wall() - self.began_ms) * self.speed)

    async def sleep(self, seconds: float) -> None:
        """Wait, as everybody does."""
        await asyncio.sleep(seconds)


async def record(
    feed: Feed,
    recorder: Recorder,
    *,
    over: asyncio.Event,
    for_ms: int | None = None,
    is_leaping: bool = False,
    wall: Callable[[], int],
) -> None:
    """Record until the feed ends, ``for_ms`` of streamed data have passed, or ``over`` is set.

    What was heard is saved in every case, also when the feed raises.
    """
    start_ms = feed.start_ms(wall())
    until_ms = start_ms + for_ms if for_ms else NEVER_MS
    pace: Pace
    if is_leaping:
        pace = LeapingPace(start_ms, until_ms, over)
    else:
        pace = RealPace(start_ms, feed.info.speed, wall)
        if for_ms:
            left_s = for_ms / 1000 / feed.info.speed + PATIENCE_S
            asyncio.get_running_loop().call_later(left_s, over.set)
    listening = asyncio.create_task(_listen(feed, recorder, start_ms, until_ms, pace))
    ending = asyncio.create_task(over.wait())
    try:
        await asyncio.wait({listening, ending}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (listening, ending):
            task.cancel()
        outcome = (await asyncio.gather(listening, ending, return_exceptions=True))[0]
        if recorder.bars:
            recorder.save()
    if isinstance(outcome, Exception):
        raise outcome


async def _listen(feed: Feed, recorder: Recorder, start_ms: int, until_ms: int, pace: Pace) -> None:
    saver = _Saver(recorder)
    batches = iter(feed.history(start_ms))
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        recorder.add(batch)
        await saver.save_if_due()
    async for rows in feed.stream(start_ms, pace, pace.sleep):
        recorder.add(row for row in rows if _at_ms(row) <= until_ms)
        await saver.save_if_due()


def _at_ms(row: Row) -> int:
    return row.end_ms if isinstance(row, BarRow) else row.ts_ms


class _Saver:
    """Saves once a minute, or when saving has become ``SAVING_SHARE`` of the time."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.due_s = time.monotonic() + SAVE_EVERY_S

    async def save_if_due(self) -> None:
        began_s = time.monotonic()
        if began_s < self.due_s:
            return
        await asyncio.to_thread(self.recorder.save)
        ended_s = time.monotonic()
        self.due_s = ended_s + max(SAVE_EVERY_S, (ended_s - began_s) / SAVING_SHARE)
