"""Sending what is due: one after another, but nobody waits for a slow one.

|--A--|                          a send that answers quickly is settled before the next begins,
       |--B--|                   so a killed sender leaves at most one that it cannot know of
              |--C------------…  after a tenth of a second the next one begins beside it
                  |--D--|
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from apps.alerts import outbox, transports
from apps.alerts.breaker import Breaker
from apps.pwa.answers import Action, Answer

log = logging.getLogger(__name__)

PATIENCE_S = 0.1  # before the next send begins beside a slow one
MOST_AT_ONCE = 16
BATCH = 50
ROUND_S = 4.0  # a round ends before the next sweep is due

_round = threading.Lock()
_breaker = Breaker()
_slow: set[Future[None]] = set()
_pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="send")


def send_due(*, round_s: float = ROUND_S, clock: Callable[[], float] = time.monotonic) -> int:
    """Send for a while; how many claims were taken. Safe in several processes at once.

    In one process there is one round at a time: a second call has nothing to do.
    """
    if not _round.acquire(blocking=False):
        return 0
    try:
        return _send_round(round_s, clock)
    finally:
        _round.release()


def _send_round(round_s: float, clock: Callable[[], float]) -> int:
    until_s = clock() + round_s
    outbox.free_orphans()
    outbox.expire_late(timezone.now())
    taken = 0
    while clock() < until_s:
        keys = outbox.next_due(timezone.now(), limit=BATCH)
        if not keys:
            break
        before = taken
        for pk in keys:
            taken += _send_one(pk)
            if clock() >= until_s:
                break
        if taken == before:
            break
    return taken


def wait_for_slow(timeout_s: float) -> None:
    """Until the slow ones have been settled too."""
    wait(_slow, timeout_s)


def forget_hosts() -> None:
    """Forget which hosts were in trouble, as a new process would."""
    global _breaker
    _breaker = Breaker()


def _send_one(pk: int) -> int:
    """Claim and send one; 1 when it was ours. Returns early when it turns out to be slow."""
    _slow.difference_update([future for future in _slow if future.done()])
    if len(_slow) >= MOST_AT_ONCE:
        wait(_slow, return_when="FIRST_COMPLETED", timeout=1.0)
        return 0
    claim = outbox.claim(pk, timezone.now())
    if claim is None:
        return 0
    host = transports.host_of(claim)
    if wait_s := _breaker.wait_s(host, time.monotonic()):
        until = timezone.now() + timedelta(seconds=wait_s)
        outbox.postpone(claim, until=until, reason=f"{host} is left in peace for a while")
        return 1
    future = _pool.submit(_attempt, claim, host)
    if wait([future], PATIENCE_S).not_done:
        _slow.add(future)
    return 1


def _attempt(claim: outbox.Claim, host: str) -> None:
    try:
        answer = _answer(claim)
        _breaker.note(host, answer, time.monotonic())
        outbox.settle(claim, answer, timezone.now())
    except Exception:
        log.exception("A delivery could not be settled; it is tried again when its claim ends.")
    finally:
        connection.close()


def _answer(claim: outbox.Claim) -> Answer:
    try:
        return transports.send(claim)
    except Exception as error:
        log.exception("A delivery failed in our own code.")
        return Answer(Action.STRIKE, 0, f"internal error: {type(error).__name__}")
