"""Headers that Django does not bring: what this site's pages may use, and who may embed them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

ALLOWED_HERE = ("screen-wake-lock", "publickey-credentials-create",
                "publickey-credentials-get", "fullscreen", "clipboard-write")  # fmt: skip
FORBIDDEN = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer",
    "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [f"{name}=(self)" for name in ALLOWED_HERE] + [f"{name}=()" for name in FORBIDDEN]
    ),
    "X-Permitted-Cross-Domain-Policies": "none",
}

Answer = Callable[[HttpRequest], HttpResponse]


class MoreHeadersMiddleware:
    """Adds them to every answer that does not already say otherwise."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
