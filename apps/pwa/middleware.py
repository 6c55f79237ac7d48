"""A browser whose person signs out gets no more pushes, even if its scripts did nothing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.pwa.services import SESSION_DEVICE, get_all_devices_for


class ForgetDeviceMiddleware:
    """Removes the device that this session registered when the session signs out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.path != reverse("account_logout"):
            return self.get_response(request)
        user, device = request.user, request.session.get(SESSION_DEVICE)
        response = self.get_response(request)
        if user.is_authenticated and device and not request.user.is_authenticated:
            get_all_devices_for(user).filter(pk=device).delete()
        return response
