"""What costs much is rationed: how often one reader may ask for it in a while.

Counted in the cache; while that is away, by this process alone.
"""

import time
from collections import Counter
from dataclasses import dataclass

from apps.heatmaps import shelf

_spent: Counter[str] = Counter()  # while the cache is away


@dataclass(frozen=True, slots=True)
class Ration:
    """So many of something for one reader in ``for_s`` seconds."""

    name: str
    most: int
    for_s: int


class NotNow(Exception):
    """The answer has to wait; ``status`` is 429 (ration spent) or 503 (under way)."""

    def __init__(self, status: int, retry_after_s: int) -> None:
        super().__init__(status)
        self.status = status
        self.retry_after_s = retry_after_s


def spend(ration: Ration, reader: str) -> None:
    """One of the reader's ration; ``NotNow`` when it is spent."""
    now_s = time.time()
    period = int(now_s // ration.for_s)
    window = f"ration.{ration.name}.{reader}.{period}"
    spent = shelf.count(window, for_s=2 * ration.for_s)
    if spent is None:
        spent = _spent_here(window, ration, period)
    if spent > ration.most:
        raise NotNow(429, retry_after_s=int(ration.for_s - now_s % ration.for_s) + 1)


def forget_rations() -> None:
    """Forget what readers have spent, as a new process would."""
    _spent.clear()


def _spent_here(window: str, ration: Ration, period: int) -> int:
    mine, now = f"ration.{ration.name}.", f".{period}"
    for old in [name for name in _spent if name.startswith(mine) and not name.endswith(now)]:
        del _spent[old]
    _spent[window] += 1
    return _spent[window]
