"""How somebody is reached: wishes, webhooks, a test, and what became of the last deliveries."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.alerts import rules
from apps.alerts.firings import Target, send_notice
from apps.alerts.forms import SettingsForm, WebhookForm
from apps.alerts.models import Delivery
from apps.alerts.views.page import SignedInRequest, page_context
from apps.markets.clock import wall_now_ms
from apps.pwa.services import get_devices_for

MOST_TOLD = 30  # deliveries on the page


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: SignedInRequest) -> HttpResponse:
    """Where alerts go and when not, and what became of the last ones."""
    wishes = rules.get_settings_for(request.user)
    form = SettingsForm(request.POST or None, instance=wishes)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("alert-delivery")
    context = page_context(request, "delivery") | {
        "form": form,
        "hook_form": WebhookForm(),
        "hooks": rules.get_webhooks_for(request.user),
        "devices": get_devices_for(request.user),
        "story": rules.get_deliveries_for(request.user)[:MOST_TOLD],
        "zone": request.user.preferences.time_zone if _has_preferences(request.user) else "",
    }
    return render(request, "alerts/delivery.html", context)


@login_required
@require_POST
def webhook_add(request: SignedInRequest) -> HttpResponse:
    """A new address of the person's own."""
    form = WebhookForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("url", [])))
        return redirect("alert-delivery")
    try:
        rules.add_webhook(user=request.user, url=form.cleaned_data["url"])
    except rules.Refused as error:
        messages.error(request, str(error))
    return redirect("alert-delivery")


@login_required
@require_POST
def webhook_remove(request: SignedInRequest, hook: UUID) -> HttpResponse:
    """Post nothing there any more."""
    rules.get_webhook_for(request.user, hook).delete()
    return redirect("alert-delivery")


@login_required
@require_POST
def test(request: SignedInRequest) -> HttpResponse:
    """Send a test through everything to all of the person's devices."""
    now_ms = wall_now_ms()
    devices = [
        Target(Delivery.Transport.PUSH, device.pk) for device in get_devices_for(request.user)
    ]
    if not devices:
        messages.error(request, _("No device to send to: subscribe one first."))
        return redirect("alert-delivery")
    send_notice(user=request.user, kind="test", episode=now_ms, at_ms=now_ms, targets=devices)
    messages.success(request, _("A test is on its way to every device."))
    return redirect("alerts")


def _has_preferences(user: User) -> bool:
    return hasattr(user, "preferences")
