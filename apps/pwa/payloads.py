"""What a push carries: one JSON that a service worker reads and that Safari shows without one.

The shape is that of Declarative Web Push (``"web_push": 8030``); the worker uses the same fields.
"""

import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

LONGEST_BYTES = 3993  # of plain text in one record of 4,096 (RFC 8291 §4)
MAGIC = 8030
LONGEST_TITLE, LONGEST_BODY, SHORT_BODY = 120, 400, 80


def make_payload(
    *,
    title: str,
    body: str,
    navigate: str,
    tag: str,
    badge: int | None = None,
    kind: str = "alert",
    mute: str = "",
    ts_ms: int | None = None,
    language: str = "en",
) -> dict[str, Any]:
    """A payload to send.

    ``navigate`` is the address a tap opens, below this site's root. ``tag`` is the event's: a
    later push with the same tag replaces the first, silently. ``badge`` is the number of unread
    alerts. ``mute`` is the path that the notification's Mute button POSTs to, without cookies or
    token: the right to mute must lie in the path itself, signed.
    """
    data = {"kind": kind, "mute": mute, "ts_ms": ts_ms}
    notification: dict[str, Any] = {
        "title": title[:LONGEST_TITLE],
        "body": body[:LONGEST_BODY],
        "navigate": settings.PUBLIC_URL + navigate,
        "tag": tag,
        "lang": language,
        "dir": "ltr",
        "silent": False,
        "data": {name: value for name, value in data.items() if value},
    }
    if mute:
        notification["actions"] = [
            {"action": "mute", "title": _("Mute"), "navigate": settings.PUBLIC_URL + navigate}
        ]
    payload: dict[str, Any] = {"web_push": MAGIC, "notification": notification}
    if badge is not None:
        notification["app_badge"] = str(badge)
        payload["app_badge"] = badge
    return payload


def encode(payload: dict[str, Any]) -> bytes:
    """The payload's bytes; ``ValueError`` when they do not fit into one record."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > LONGEST_BYTES:
        raise ValueError(f"a push carries at most {LONGEST_BYTES} bytes, not {len(text)}")
    return text


def shortened(payload: dict[str, Any]) -> dict[str, Any]:
    """What remains for a service that finds the payload too long: what it is and where it leads."""
    full = payload["notification"]
    kept = {name: full[name] for name in ("title", "navigate", "tag", "lang") if name in full}
    kept["body"] = full.get("body", "")[:SHORT_BODY]
    return {"web_push": MAGIC, "notification": kept}
