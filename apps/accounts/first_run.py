"""The first administrator, made by whoever can read what ``run`` prints.

The link holds a random token, of which only the hash is kept. It works once, for a day, and only
while there is no administrator; each start of the site makes a new one and ends the old.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import FirstRunLink, User

LIFETIME = timedelta(days=1)


def make_first_run_link(now: datetime) -> str | None:
    """A new token for the link; None when there is an administrator already."""
    if User.objects.filter(is_superuser=True).exists():
        return None
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        FirstRunLink.objects.all().delete()
        FirstRunLink.objects.create(token_hash=hashed(token), expires_at=now + LIFETIME)
    return token


def is_open(token: str, now: datetime) -> bool:
    """Whether the link with that token may still make an administrator."""
    waiting = FirstRunLink.objects.filter(token_hash=hashed(token), expires_at__gt=now)
    return waiting.exists() and not User.objects.filter(is_superuser=True).exists()


@transaction.atomic
def make_first_administrator(
    *, token: str, username: str, password: str, now: datetime
) -> User | None:
    """The administrator; None when the link was used, has expired or never was."""
    if not is_open(token, now):
        return None
    used, _rows = FirstRunLink.objects.filter(token_hash=hashed(token)).delete()
    if used != 1:
        return None
    return User.objects.create_superuser(username, password=password)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
