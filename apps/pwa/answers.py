"""What a push service's answer means, as one table.

| answer | what is done |
|---|---|
| 200, 201, 202 | sent |
| 404, 410 | gone: the device is switched off, no other device is |
| 400, 403 that speak of the key | resubscribe: kept, not sent to until it subscribes again |
| 413 | too long: a short payload is sent once |
| 429 | wait as long as asked, then again |
| 408, 5xx, timeout, DNS, TLS, refused | retry, later and later |
| 3xx, an address that may not be called | refused: never followed, never again |
| 401 and every other 4xx | strike: given up after three |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum


class Action(StrEnum):
    SENT = "sent"
    GONE = "gone"
    RESUBSCRIBE = "resubscribe"
    SHORTEN = "shorten"
    WAIT = "wait"
    RETRY = "retry"
    STRIKE = "strike"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """What to do about one attempt. ``code`` is 0 when nobody answered."""

    action: Action
    code: int
    reason: str
    retry_after_s: float | None = None


BY_CODE = {
    200: Action.SENT,
    201: Action.SENT,
    202: Action.SENT,
    404: Action.GONE,
    408: Action.RETRY,
    410: Action.GONE,
    413: Action.SHORTEN,
    429: Action.WAIT,
}
BY_HUNDRED = {3: Action.REFUSED, 4: Action.STRIKE, 5: Action.RETRY}
KEY_TROUBLE_CODES = (400, 403)
KEY_TROUBLE_WORDS = (
    "vapidpkhashmismatch",
    "badjwttoken",
    "sender id",
    "senderid",
    "vapid credentials",
)
MOST_STRIKES = 3
LONGEST_WAIT_S = 3600.0
LONGEST_REASON = 200


def judge(code: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """The answer to one attempt; header names are in lower case."""
    said = " ".join(body.decode("utf-8", "replace").split())[:LONGEST_REASON]
    action = BY_CODE.get(code) or BY_HUNDRED.get(code // 100, Action.RETRY)
    if code in KEY_TROUBLE_CODES and any(word in said.lower() for word in KEY_TROUBLE_WORDS):
        action = Action.RESUBSCRIBE
    wait_s = retry_after_s(headers.get("retry-after", "")) if code in (429, 503) else None
    return Answer(action, code, "" if action is Action.SENT else said or f"HTTP {code}", wait_s)


def retry_after_s(value: str, now: datetime | None = None) -> float | None:
    """Seconds to wait by a Retry-After header, in seconds or as a date; at most an hour."""
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    left_s = (until - (now or datetime.now(UTC))).total_seconds()
    return min(max(left_s, 0.0), LONGEST_WAIT_S)
