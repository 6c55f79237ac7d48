"""What every answer to a signed-in person gets."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.accounts.zones import activate_zone

LONGEST_SESSION_S = 90 * 86_400
RENEWED_EVERY_S = 86_400
LEFT_BEHIND = '"cache", "storage"'

Answer = Callable[[HttpRequest], HttpResponse]


class PrivatePagesMiddleware:
    """No private page in any cache, nothing left behind on sign-out, and sessions that end.

    A session lasts 14 days from the last visit (``SESSION_COOKIE_AGE``) and 90 days at most.
    Readers without a session cost nothing here: their answers may be cached.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        activate_zone(request.COOKIES.get("zone") or settings.READER_ZONE)
        try:
            return self._answer(request)
        finally:
            timezone.deactivate()

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self._kept_private(request, self.get_response(request))
        was_signed_in = request.user.is_authenticated
        if was_signed_in:
            keep_or_end(request)
        response = self._kept_private(request, self.get_response(request))
        if was_signed_in and not request.user.is_authenticated:
            response["Clear-Site-Data"] = LEFT_BEHIND
            response["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _kept_private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session_was_used = getattr(request.session, "accessed", False)
        if session_was_used and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response


def keep_or_end(request: HttpRequest) -> None:
    """Renew the session once a day; sign out when it began too long ago."""
    now_s = int(time.time())
    began_s = request.session.setdefault("began_s", now_s)
    if now_s - began_s > LONGEST_SESSION_S:
        logout(request)
    elif now_s - request.session.get("renewed_s", 0) > RENEWED_EVERY_S:
        request.session["renewed_s"] = now_s
