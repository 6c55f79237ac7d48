"""Who reads this page, asked so that a visitor's page stays the same for everybody."""

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.models import User


def reader_of(request: HttpRequest) -> User | None:
    """The signed-in person; without a session cookie nobody is looked for."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user
