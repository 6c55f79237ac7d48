"""Manifest, service worker, the page without a network, and a person's devices."""

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from apps.pwa import services, vapid
from apps.pwa.manifest import manifest, page_url
from apps.pwa.worker import worker_script

LONGEST_SHARED = 2000
LONGEST_BODY = 8192


@cache_control(public=True, max_age=3600)
@require_safe
def manifest_file(request: HttpRequest) -> HttpResponse:
    return JsonResponse(manifest(), content_type="application/manifest+json")


@cache_control(no_cache=True)
@require_safe
def worker_file(request: HttpRequest) -> HttpResponse:
    """The service worker; browsers ask again at every visit and at least daily."""
    headers = {"Service-Worker-Allowed": "/"}
    return HttpResponse(worker_script(), content_type="text/javascript", headers=headers)


@cache_control(no_cache=True)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a network and without a kept map: the same for everybody."""
    return render(request, "pwa/offline.html", {"page": "offline"})


@never_cache
@require_safe
def share(request: HttpRequest) -> HttpResponse:
    """Text shared to the installed app becomes the note of a new read."""
    words = [request.GET.get(name, "").strip() for name in ("title", "text", "url")]
    note = "\n".join(dict.fromkeys(word for word in words if word))[:LONGEST_SHARED]
    target = page_url("journal-new")
    if not target:
        return redirect("home")
    return redirect(f"{target}?{urlencode({'note': note})}")


@never_cache
@login_required
@require_safe
def device_list(request: HttpRequest) -> HttpResponse:
    """A person's devices with their health; with HTMX only the list."""
    template = "pwa/devices.html" + ("#devices" if request.htmx else "")
    return render(request, template, _devices_context(request))


@never_cache
@require_safe
def push_key(request: HttpRequest) -> HttpResponse:
    """The key to subscribe with, and the token to register with; 204 for who is not signed in."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    headers = {"X-CSRF-Token": get_token(request)}
    return HttpResponse(vapid.current_key().public, content_type="text/plain", headers=headers)


@login_required
@require_POST
def device_add(request: HttpRequest) -> HttpResponse:
    """Keep this browser's subscription; 204, or 400 with one sentence."""
    try:
        told = _subscription(_json_body(request))
        device = services.register_device(user=request.user, subscription=told)
    except services.BadSubscription as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    request.session[services.SESSION_DEVICE] = device.pk
    return HttpResponse(status=204)


@login_required
@require_POST
def device_forget(request: HttpRequest) -> HttpResponse:
    """This browser unsubscribed: its device goes, if it was this person's."""
    try:
        endpoint = _text(_json_body(request), "endpoint")
    except services.BadSubscription:
        endpoint = ""
    services.forget_device(user=request.user, endpoint=endpoint)
    return HttpResponse(status=204)


@csrf_exempt  # a service worker has no token; what it must know is the old subscription's secret
@require_POST
def device_moved(request: HttpRequest) -> HttpResponse:
    """A browser replaced its subscription by itself; 204 whether or not the old one was known."""
    try:
        told = _json_body(request)
        services.move_device(old=_subscription(told.get("old")), new=_subscription(told.get("new")))
    except services.BadSubscription as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@login_required
@require_POST
def device_remove(request: HttpRequest, device: int) -> HttpResponse:
    services.get_device_for(request.user, device).delete()
    return _devices_again(request)


@login_required
@require_POST
def device_test(request: HttpRequest, device: int) -> HttpResponse:
    """Send a test push now, and show what the push service said."""
    services.send_test(services.get_device_for(request.user, device))
    return _devices_again(request)


def _devices_again(request: HttpRequest) -> HttpResponse:
    if not request.htmx:
        return redirect("devices")
    return render(request, "pwa/devices.html#devices", _devices_context(request))


def _devices_context(request: HttpRequest) -> dict:
    return {
        "page": "settings",
        "devices": services.get_all_devices_for(request.user),
        "this_device": request.session.get(services.SESSION_DEVICE),
        "is_key_suspect": services.is_key_suspect(),
    }


def _json_body(request: HttpRequest) -> dict:
    try:
        if len(request.body) > LONGEST_BODY:
            raise ValueError
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        raise services.BadSubscription(_("That is no subscription.")) from None
    if not isinstance(told, dict):
        raise services.BadSubscription(_("That is no subscription."))
    return told


def _subscription(told: object) -> services.Subscription:
    """A browser's ``PushSubscription.toJSON()``, with our own fields beside it."""
    if not isinstance(told, dict) or not isinstance(told.get("keys"), dict):
        raise services.BadSubscription(_("That is no subscription."))
    return services.Subscription(
        endpoint=_text(told, "endpoint"),
        p256dh=_text(told["keys"], "p256dh"),
        auth=_text(told["keys"], "auth"),
        key=_text(told, "key"),
        name=_text(told, "name"),
        language=_text(told, "language"),
    )


def _text(told: dict, name: str) -> str:
    """A field's text without what no field may hold; empty when it is missing or no text."""
    value = told.get(name, "")
    return value if isinstance(value, str) and value.isprintable() else ""
