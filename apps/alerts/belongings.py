"""What a person has in alerts, as plain data for their own keeping; webhook secrets stay here."""

from typing import Any

from apps.accounts.models import User
from apps.alerts.models import AlertRule, AlertSettings, Delivery, Firing, Webhook

RULE = (
    "public", "kind", "market__slug", "watchlist__name", "side", "venues", "brackets", "ages",
    "within", "usd", "measure", "level", "window_min", "every_min", "by_push", "by_email",
    "by_webhook", "respects_quiet", "is_active", "muted_until", "expires_at", "created_at",
)  # fmt: skip
FIRING = (
    "public", "rule__public", "kind", "market__slug", "at_ms", "created_at", "side", "price",
    "peak", "usd", "silenced", "read_at",
)  # fmt: skip
DELIVERY = ("public", "firing__public", "transport", "status", "attempts", "sent_at", "reason")
SETTINGS = ("quiet", "quiet_from_min", "quiet_to_min", "morning_min", "evening_min")


def told_alerts(user: User) -> dict[str, Any]:
    """Rules, what they fired, how it was delivered, and where to."""
    deliveries = Delivery.objects.filter(firing__user=user)
    return {
        "settings": list(AlertSettings.objects.filter(user=user).values(*SETTINGS)),
        "rules": list(AlertRule.objects.filter(user=user).values(*RULE)),
        "firings": list(Firing.objects.filter(user=user).values(*FIRING)),
        "deliveries": list(deliveries.values(*DELIVERY)),
        "webhooks": list(Webhook.objects.filter(user=user).values("public", "url", "is_active")),
    }
