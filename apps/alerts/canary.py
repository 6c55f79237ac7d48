"""A firing every five minutes that goes through everything but the network, and how long it took.

``newest_canary_s`` is what ``alert_e2e_seconds`` shows.
"""

from apps.alerts.firings import Target, send_notice
from apps.alerts.models import Delivery, Firing

EVERY_S = 300
KEPT = 12
KIND = "canary"


def send_canary(*, wall_ms: int) -> None:
    """The canary of these five minutes; a second one of the same is not sent."""
    episode = wall_ms // (EVERY_S * 1000)
    if Firing.objects.filter(kind=KIND, episode=episode).exists():
        return
    nowhere = [Target(Delivery.Transport.NOWHERE)]
    send_notice(user=None, kind=KIND, episode=episode, at_ms=wall_ms, targets=nowhere)
    Firing.objects.filter(kind=KIND, episode__lt=episode - KEPT).delete()


def newest_canary_s() -> float | None:
    """From firing to sent, in seconds, of the last canary that arrived; None before the first."""
    arrived = Delivery.objects.filter(firing__kind=KIND, status=Delivery.Status.SENT)
    newest = arrived.select_related("firing").order_by("-sent_at").first()
    if newest is None:
        return None
    return (newest.sent_at - newest.firing.created_at).total_seconds()
