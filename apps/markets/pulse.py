"""Signs of life of the site's own processes, kept beside those of the venues' streams.

``collector`` and ``sweeper`` write their own; ``worker`` and ``beat`` share one message: beat says
when it sent it, the worker when it read it.
"""

import asyncio
import logging
from collections.abc import Callable

from channels.db import database_sync_to_async
from django.db import DatabaseError

from apps.markets.clock import wall_now_ms
from apps.markets.models import Heartbeat
from apps.markets.services import beat

log = logging.getLogger(__name__)

SITE = "site"
PROCESSES = ("collector", "worker", "beat", "sweeper")
EVERY_S = 5.0
LATE_S = 30.0


def beat_site(process: str, at_ms: int) -> None:
    """That process lived at that wall-clock instant."""
    beat(venues=[SITE], stream=process, at_ms=at_ms)


def pulse_ages(now_ms: int) -> dict[str, float | None]:
    """Seconds since each process was heard of; None before it ever was."""
    heard = dict(Heartbeat.objects.filter(venue=SITE).values_list("stream", "at_ms"))
    return {
        process: max(0.0, (now_ms - heard[process]) / 1000) if process in heard else None
        for process in PROCESSES
    }


def late_processes(now_ms: int) -> list[str]:
    """Which processes have been silent for too long, or were never heard of."""
    ages = pulse_ages(now_ms)
    return [name for name, age_s in ages.items() if age_s is None or age_s > LATE_S]


async def keep_beating(process: str, *, wall: Callable[[], int] = wall_now_ms) -> None:
    """Write a sign of life every few seconds, also after the database was away for a while."""
    while True:
        try:
            await database_sync_to_async(beat_site)(process, wall())
        except DatabaseError as error:
            log.warning("No sign of life could be written: %s", error)
        await asyncio.sleep(EVERY_S)
