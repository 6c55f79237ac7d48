"""While the database restarts, pages say so and come back by themselves."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_S = 5

Answer = Callable[[HttpRequest], HttpResponse]


class DatabaseAwayMiddleware:
    """503 with a time to come back instead of 500, and no connection that is already dead."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):
            return away()

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return away() if isinstance(error, OperationalError | InterfaceError) else None


def away() -> HttpResponse:
    """The page without a database: nothing in it is looked up."""
    connection.close()
    page = render_to_string("503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": RETRY_S})
