"""Whose devices get pushes, and how it went with each.

For whoever delivers::

    for device in get_devices_for(user): ...        # those that may be sent to
    answer = push.send(device, payload, ttl_s=…, topic=…)   # network only, no row touched
    note_answer(device, answer)                     # health; a device that is gone is switched off
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import override
from push_notifications.models import WebPushDevice

from apps.pwa import push, vapid
from apps.pwa.answers import Action, Answer
from apps.pwa.models import DeviceHealth
from apps.pwa.outgoing import Refused, check_url
from apps.pwa.payloads import make_payload

MOST_DEVICES = 10
SESSION_DEVICE = "push_device"  # where a session keeps the number of its own device
LONGEST_NAME = 80
LONGEST_LANGUAGE = 16
TEST_TTL_S = 60
FEW = 2  # devices that must fail before the key itself is suspected


class BadSubscription(ValueError):
    """What the browser sent cannot be registered; the message is for the reader."""


@dataclass(frozen=True)
class Subscription:
    """A browser's push subscription as it tells it; ``key`` is the server key it was made with."""

    endpoint: str
    p256dh: str
    auth: str
    key: str
    name: str = ""
    language: str = "en"


def get_all_devices_for(user: AbstractBaseUser) -> QuerySet[WebPushDevice]:
    """Every device of a user, newest first, with its health."""
    devices = WebPushDevice.objects.filter(user=user)
    return devices.select_related("health").order_by("-date_created", "-pk")


def get_devices_for(user: AbstractBaseUser) -> QuerySet[WebPushDevice]:
    """The devices of a user that may be sent to now."""
    return get_all_devices_for(user).filter(active=True, health__needs_resubscribe=False)


def register_device(*, user: AbstractBaseUser, subscription: Subscription) -> WebPushDevice:
    """Keep a subscription; ``BadSubscription`` with a sentence if it cannot be.

    An endpoint belongs to one account at a time: registering it under another one removes the
    old row, and with it whatever was waiting to be sent there. The same again changes nothing but
    what is new, and ends the need to subscribe again.
    """
    key = _check(subscription)
    with transaction.atomic():
        WebPushDevice.objects.filter(registration_id=subscription.endpoint).exclude(
            user=user
        ).delete()
        _make_room(user, subscription.endpoint)
        device, _new = WebPushDevice.objects.update_or_create(
            registration_id=subscription.endpoint,
            defaults={
                "user": user,
                "active": True,
                "application_id": key.id,
                "p256dh": subscription.p256dh,
                "auth": subscription.auth,
                "name": subscription.name[:LONGEST_NAME],
            },
        )
        DeviceHealth.objects.update_or_create(
            device=device,
            defaults={
                "needs_resubscribe": False,
                "language": subscription.language[:LONGEST_LANGUAGE] or "en",
            },
        )
    return device


def forget_device(*, user: AbstractBaseUser, endpoint: str) -> bool:
    """Remove a user's device by its endpoint; whether there was one."""
    count, _rows = WebPushDevice.objects.filter(user=user, registration_id=endpoint).delete()
    return count > 0


def get_device_for(user: AbstractBaseUser, pk: int) -> WebPushDevice:
    """One of a user's own devices; ``Http404`` for anybody else's."""
    return get_object_or_404(get_all_devices_for(user), pk=pk)


def move_device(*, old: Subscription, new: Subscription) -> bool:
    """Let a browser replace its own subscription; whether the old one was known.

    It proves itself by the old one's secret, which only the browser and this site know. The new
    one was made with the same server key.
    """
    found = WebPushDevice.objects.filter(registration_id=old.endpoint).select_related("user")
    device = found.select_related("health").first()
    if device is None or not constant_time_compare(device.auth, old.auth):
        return False
    key = vapid.key_of(device.application_id or "")
    language = device.health.language
    told = replace(new, key=key.public if key else "", name=device.name or "", language=language)
    with transaction.atomic():
        device.delete()
        register_device(user=device.user, subscription=told)
    return True


def send_test(device: WebPushDevice) -> Answer:
    """Send one push now, so that its owner sees whether they arrive; the answer is kept."""
    with override(device.health.language):
        payload = make_payload(
            title=_("Test from Embermap"),
            body=_("Pushes reach this device."),
            navigate=reverse("devices"),
            tag=f"test-{device.pk}",
            kind="test",
        )
    answer = push.send(device, payload, ttl_s=TEST_TTL_S, topic=f"test {device.pk}")
    note_answer(device, answer)
    return answer


def note_answer(device: WebPushDevice, answer: Answer, *, now: datetime | None = None) -> None:
    """Keep what one attempt told about its device; switch it off if it is gone."""
    when = now or timezone.now()
    if answer.action is Action.SENT:
        changes = {"last_success_at": when, "last_code": answer.code, "last_error": ""}
    else:
        changes = {
            "last_error_at": when,
            "last_code": answer.code,
            "last_error": answer.reason[:200],
        }
    if answer.action is Action.RESUBSCRIBE:
        changes["needs_resubscribe"] = True
    DeviceHealth.objects.filter(device_id=device.pk).update(**changes)
    if answer.action is Action.GONE:
        WebPushDevice.objects.filter(pk=device.pk).update(active=False)


def is_key_suspect() -> bool:
    """Whether more than half of the active devices refuse our key: then it is not the devices."""
    active = DeviceHealth.objects.filter(device__active=True)
    refusing = active.filter(needs_resubscribe=True).count()
    return refusing >= FEW and refusing * 2 > active.count()


def _check(subscription: Subscription) -> vapid.Key:
    try:
        check_url(subscription.endpoint, push.allowed_hosts())
    except Refused as error:
        words = _("This browser's push service is not on the list (%(reason)s).")
        raise BadSubscription(words % {"reason": error}) from None
    try:
        push.decode_point(subscription.p256dh)
        push.decode_key(subscription.auth, push.SECRET_BYTES)
    except push.BadKeys:
        raise BadSubscription(_("The browser's keys cannot be used.")) from None
    for key in vapid.kept_keys():
        if key.public == subscription.key.rstrip("="):
            return key
    raise BadSubscription(_("This subscription was made for another server key."))


def _make_room(user: AbstractBaseUser, endpoint: str) -> None:
    """Drop rows of devices that are gone; refuse an eleventh that is not."""
    others = WebPushDevice.objects.filter(user=user).exclude(registration_id=endpoint)
    if others.filter(active=True).count() >= MOST_DEVICES:
        words = _("There are %(count)d devices already; remove one first.")
        raise BadSubscription(words % {"count": MOST_DEVICES})
    spare = others.filter(active=False).order_by("-pk").values_list("pk", flat=True)
    WebPushDevice.objects.filter(pk__in=list(spare[MOST_DEVICES:])).delete()
