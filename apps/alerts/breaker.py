"""Leaving a host in peace: after five failures in a row nobody asks it for half a minute."""

import threading
from dataclasses import dataclass

from apps.pwa.answers import Action, Answer

OPEN_AFTER = 5
OPEN_S = 30.0
TROUBLE = (Action.RETRY, Action.WAIT)


@dataclass(slots=True)
class _Host:
    failures: int = 0
    open_until_s: float = 0.0


class Breaker:
    """One per process; safe to use from several threads. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def wait_s(self, host: str, now_s: float) -> float:
        """For how long nobody may ask this host; then one attempt goes first."""
        with self._lock:
            known = self._hosts.get(host)
            if known is None or known.failures < OPEN_AFTER and not known.open_until_s:
                return 0.0
            if now_s < known.open_until_s:
                return known.open_until_s - now_s
            known.open_until_s = now_s + OPEN_S if known.failures >= OPEN_AFTER else 0.0
            return 0.0

    def note(self, host: str, answer: Answer, now_s: float) -> None:
        """What the host answered. Being asked to wait counts for every device of that host."""
        with self._lock:
            if answer.action not in TROUBLE:
                self._hosts.pop(host, None)
                return
            known = self._hosts.setdefault(host, _Host())
            if answer.retry_after_s:
                known.open_until_s = now_s + answer.retry_after_s
            elif answer.action is Action.RETRY:
                known.failures += 1
                if known.failures >= OPEN_AFTER:
                    known.open_until_s = now_s + OPEN_S
