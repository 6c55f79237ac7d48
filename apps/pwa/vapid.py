"""The keys this server signs its pushes with (RFC 8292), newest first.

A browser's subscription belongs to the key it was made with. A new key is put before the old
ones, which go on signing for their devices until those have subscribed again.
"""

import base64
import contextlib
import hashlib
import os
import re
import stat
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from py_vapid import Vapid02

KEY_FILE = "vapid-keys"
LIFETIME_S = 12 * 3600  # of one signature; services refuse more than a day
NO_SUBJECT = "mailto:operator@embermap.invalid"
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_SCALAR = re.compile(r"[A-Za-z0-9_-]{43}=?")


@dataclass(frozen=True)
class Key:
    """One key pair; ``public`` is the browser's ``applicationServerKey`` in base64url."""

    signer: Vapid02
    public: str

    @property
    def id(self) -> str:
        """A short name for the key, kept with each device."""
        return hashlib.sha256(self.public.encode()).hexdigest()[:16]

    def sign(self, origin: str, *, now_s: float | None = None) -> str:
        """The Authorization header for one push service; fresh claims every time."""
        claims = {
            "aud": origin,
            "exp": int((time.time() if now_s is None else now_s) + LIFETIME_S),
            "sub": subject(),
        }
        return self.signer.sign(claims)["Authorization"]


def kept_keys() -> tuple[Key, ...]:
    """All keys, the one for new subscriptions first; made and kept when there is none."""
    if settings.VAPID_PRIVATE_KEY:
        return _parsed(settings.VAPID_PRIVATE_KEY)
    path = settings.DATA_DIR / KEY_FILE
    if not path.exists():
        _keep(path, [new_scalar()], only_if_missing=True)
    if path.stat().st_mode & FOR_OTHERS:
        raise ImproperlyConfigured(f"Others may read {path}; run chmod 600 on it.")
    return _parsed(path.read_text())


def current_key() -> Key:
    """The key that browsers subscribe with now."""
    return kept_keys()[0]


def key_of(key_id: str) -> Key | None:
    """The key of that name, if it is still kept."""
    return next((key for key in kept_keys() if key.id == key_id), None)


def rotate() -> Key:
    """Put a new key before the kept ones; impossible where the environment gives the keys."""
    if settings.VAPID_PRIVATE_KEY:
        raise ImproperlyConfigured(
            "The keys come from VAPID_PRIVATE_KEY; put a new one first there."
        )
    kept_keys()
    path = settings.DATA_DIR / KEY_FILE
    _keep(path, [new_scalar(), *path.read_text().split()])
    return current_key()


def subject() -> str:
    """Whom a push service may write to: VAPID_SUBJECT, else the public address."""
    if settings.VAPID_SUBJECT:
        return settings.VAPID_SUBJECT
    return settings.PUBLIC_URL if settings.PUBLIC_URL.startswith("https:") else NO_SUBJECT


def new_scalar() -> str:
    """A private key as its 32 bytes in base64url."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()


@lru_cache(maxsize=4)
def _parsed(text: str) -> tuple[Key, ...]:
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words or not all(_SCALAR.fullmatch(word) for word in words):
        raise ImproperlyConfigured(
            "A push key is 32 bytes in base64url; several have commas between."
        )
    return tuple(_key(word) for word in words)


def _key(scalar: str) -> Key:
    try:
        signer = Vapid02.from_raw(scalar.rstrip("=").encode())
    except ValueError:
        raise ImproperlyConfigured("A push key is not a private key of the curve P-256.") from None
    point = signer.public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return Key(signer, base64.urlsafe_b64encode(point).rstrip(b"=").decode())


def _keep(path: Path, scalars: list[str], *, only_if_missing: bool = False) -> None:
    """Write the file whole or not at all; of several processes that make the first, one wins."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(scalars) + "\n")
    if not only_if_missing:
        os.replace(name, path)
        return
    with contextlib.suppress(FileExistsError):
        os.link(name, path)
    os.unlink(name)
