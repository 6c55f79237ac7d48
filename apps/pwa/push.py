"""One push to one device: encrypted for it (RFC 8291), signed by us (RFC 8292), sent once.

No row is read or written here, so that nothing is locked while a push service thinks.
"""

import base64
import binascii
import hashlib
import os
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from push_notifications.models import WebPushDevice

from apps.pwa import vapid
from apps.pwa.addresses import PUSH_HOSTS
from apps.pwa.answers import Action, Answer, judge
from apps.pwa.outgoing import Refused, Unreachable, check_url, post
from apps.pwa.payloads import encode, shortened

POINT_BYTES, SECRET_BYTES = 65, 16
LONGEST_TTL_S = 4 * 7 * 86_400
NO_ANSWER = 0


class BadKeys(ValueError):
    """The browser's keys cannot be used."""


def allowed_hosts() -> tuple[str, ...]:
    """The push services known, and those the operator added."""
    return (*PUSH_HOSTS, *settings.PUSH_HOSTS)


def send(
    device: WebPushDevice,
    payload: dict[str, Any],
    *,
    ttl_s: int,
    topic: str,
    urgency: str = "high",
) -> Answer:
    """Send, and say what the service's answer means; never raises for what lies outside.

    A payload that the service finds too long is sent once more in short. ``topic`` may be any
    text: it is hashed to the 32 characters that RFC 8030 §5.4 allows. Nobody answers within 10 s:
    ``RETRY``. Does not touch the database: ``services.note_answer`` keeps what was learned.
    """
    key = vapid.key_of(device.application_id or "")
    if key is None:
        return Answer(Action.RESUBSCRIBE, NO_ANSWER, "subscribed with a key that is not kept")
    headers = {"TTL": str(min(max(ttl_s, 0), LONGEST_TTL_S)), "Urgency": urgency}
    headers["Topic"] = topic_name(topic)
    answer = _attempt(device, key, encode(payload), headers)
    if answer.action is Action.SHORTEN:
        answer = _attempt(device, key, encode(shortened(payload)), headers)
        if answer.action is Action.SHORTEN:
            return Answer(Action.STRIKE, answer.code, answer.reason)
    return answer


def topic_name(text: str) -> str:
    """32 characters of base64url that stand for any text."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:24]).decode()


def decode_key(text: str, length: int) -> bytes:
    """A browser's key from base64url; ``BadKeys`` unless it has exactly that many bytes."""
    try:
        key = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", True)
    except (binascii.Error, ValueError):
        raise BadKeys("is not base64url") from None
    if len(key) != length:
        raise BadKeys(f"has {len(key)} bytes, not {length}")
    return key


def decode_point(text: str) -> bytes:
    """A browser's public key; ``BadKeys`` unless it is a point of P-256."""
    point = decode_key(text, POINT_BYTES)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise BadKeys("is not a point of P-256") from None
    return point


def _attempt(
    device: WebPushDevice, key: vapid.Key, message: bytes, headers: dict[str, str]
) -> Answer:
    try:
        target = check_url(device.registration_id, allowed_hosts())
        signed = headers | {
            "Authorization": key.sign(target.origin),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        }
        body = encrypt(message, device.p256dh, device.auth)
        reply = post(device.registration_id, body, signed, hosts=allowed_hosts())
    except BadKeys as error:
        return Answer(Action.RESUBSCRIBE, NO_ANSWER, f"its key {error}")
    except Refused as error:
        return Answer(Action.REFUSED, NO_ANSWER, str(error))
    except Unreachable as error:
        return Answer(Action.RETRY, NO_ANSWER, str(error))
    return judge(reply.status, reply.headers, reply.body)


def encrypt(message: bytes, p256dh: str, auth: str) -> bytes:
    """One ``aes128gcm`` record for the holder of these keys."""
    return http_ece.encrypt(
        message,
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decode_point(p256dh),
        auth_secret=decode_key(auth, SECRET_BYTES),
        version="aes128gcm",
    )
