"""Pages travel compressed."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

KINDS = ("text/html", "application/json")


class CompressedPagesMiddleware(GZipMiddleware):
    """Compresses pages and parts of them, not frames (packed already) nor files to keep.

    A page that holds a secret stays safe from guesses by its length: forms carry their token under
    another mask each time, and Django adds up to a hundred random bytes.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith(KINDS)
        if not is_page or response.has_header("Content-Disposition"):
            return response
        return super().process_response(request, response)
