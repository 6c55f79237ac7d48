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
from functools import partial

from django.db import connection
from django.utils import timezone

from apps.alerts import outbox, transports
from apps.alerts.breaker import Breaker
from apps.alerts.models import Delivery
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
        batch = outbox.next_due(timezone.now(), limit=BATCH)
        if not batch:
            break
        before = taken
        for delivery in batch:
            taken += _send_one(delivery)
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


class _Sending:
    """An attempt under way in a thread of the pool.

    Whoever began it settles it when the answer comes soon enough; else the thread does.
    """

    def __init__(self, claim: outbox.Claim, attempt: transports.Attempt) -> None:
        self._claim = claim
        self._attempt = attempt
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answer: Answer | None = None
        self._is_slow = False

    def run(self) -> None:
        answer = _answer(self._attempt)
        with self._lock:
            self._answer = answer
            is_slow = self._is_slow
        self._answered.set()
        if is_slow:
            try:
                _settle(self._claim, self._attempt, answer)
            finally:
                connection.close()

    def answer_within(self, patience_s: float) -> Answer | None:
        """The answer; None when it is slow, and the thread's to settle."""
        self._answered.wait(patience_s)
        with self._lock:
            self._is_slow = self._answer is None
            return self._answer


def _send_one(delivery: Delivery) -> int:
    """Claim and send one; 1 when it was ours. Returns early when it turns out to be slow."""
    _slow.difference_update([future for future in _slow if future.done()])
    if len(_slow) >= MOST_AT_ONCE:
        wait(_slow, return_when="FIRST_COMPLETED", timeout=1.0)
        return 0
    claim = outbox.claim(delivery, timezone.now())
    if claim is None:
        return 0
    attempt = _prepared(claim)
    if wait_s := _breaker.wait_s(attempt.host, time.monotonic()):
        until = timezone.now() + timedelta(seconds=wait_s)
        outbox.postpone(claim, until=until, reason=f"{attempt.host} is left in peace for a while")
        return 1
    sending = _Sending(claim, attempt)
    future = _pool.submit(sending.run)
    answer = sending.answer_within(PATIENCE_S)
    if answer is None:
        _slow.add(future)
    else:
        _settle(claim, attempt, answer)
    return 1


def _settle(claim: outbox.Claim, attempt: transports.Attempt, answer: Answer) -> None:
    try:
        _breaker.note(attempt.host, answer, time.monotonic())
        outbox.settle(claim, answer, timezone.now())
        attempt.note(answer)
    except Exception:
        log.exception("A delivery could not be settled; it is tried again when its claim ends.")


def _prepared(claim: outbox.Claim) -> transports.Attempt:
    try:
        return transports.prepare(claim)
    except Exception as error:
        log.exception("A delivery could not be prepared.")
        return transports.Attempt("", partial(_own_fault, error))


def _answer(attempt: transports.Attempt) -> Answer:
    try:
        return attempt.go()
    except Exception as error:
        log.exception("A delivery failed in our own code.")
        return _own_fault(error)


def _own_fault(error: Exception) -> Answer:
    return Answer(Action.STRIKE, 0, f"internal error: {type(error).__name__}")
