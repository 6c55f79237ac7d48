"""A person's devices as plain data for their own keeping; their keys stay here."""

from typing import Any

from push_notifications.models import WebPushDevice

from apps.accounts.models import User

DEVICE = (
    "name", "browser", "active", "date_created", "health__last_success_at",
    "health__last_error_at", "health__last_error",
)  # fmt: skip


def told_devices(user: User) -> list[dict[str, Any]]:
    """Every device that subscribed, with its health."""
    return list(WebPushDevice.objects.filter(user=user).order_by("pk").values(*DEVICE))
