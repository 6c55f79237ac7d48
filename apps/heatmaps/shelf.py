"""The cache, as something that may be away: then nothing is found, and nothing is kept.

The one place where a fault of the cache is swallowed. After one it is left alone for a few
seconds, so that a hanging server does not cost every page its time-out.
"""

import logging
import time
from typing import Any

from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
cache = ConnectionProxy(caches, "shelf")

REST_S = 5.0
_resting_until_s = 0.0


def take(key: str) -> Any:
    """What was kept under ``key``; None when it is gone or the cache is away."""
    return _asked("get", key)


def keep(key: str, value: Any, *, for_s: int) -> None:
    """Keep a value for a while, if the cache is there."""
    _asked("set", key, value, for_s)


def drop(key: str) -> None:
    """Forget a value."""
    _asked("delete", key)


def claim(key: str, *, for_s: int) -> bool:
    """Whether this caller is the first to claim ``key``; with the cache away everybody is."""
    return _asked("add", key, 1, for_s) is not False


def count(key: str, *, for_s: int) -> int | None:
    """How often ``key`` has been counted, this time included; None when the cache is away."""
    _asked("add", key, 0, for_s)
    try:
        return _asked("incr", key)
    except ValueError:  # it ran out in between
        return 1


def _asked(verb: str, *arguments: Any) -> Any:
    global _resting_until_s
    if time.monotonic() < _resting_until_s:
        return None
    try:
        return getattr(cache, verb)(*arguments)
    except (RedisError, OSError) as error:
        _resting_until_s = time.monotonic() + REST_S
        log.warning("The cache is away: %s", error)
        return None
