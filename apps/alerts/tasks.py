"""The alerts' tasks: names, and one service call each."""

from celery import shared_task

from apps.alerts import canary, digests, recall, sender
from apps.alerts.wake import wake_sender
from apps.markets.clock import wall_now_ms
from apps.markets.services import beat


@shared_task(name="alerts.send_deliveries")
def send_deliveries() -> None:
    """Send what is due for a few seconds; when that was not all, go on at once."""
    beat(venues=["site"], stream="sweeper", at_ms=wall_now_ms())
    if sender.send_due() >= sender.BATCH:
        wake_sender()


@shared_task(name="alerts.send_canary")
def send_canary() -> None:
    """Send one firing through everything, to nobody."""
    canary.send_canary(wall_ms=wall_now_ms())


@shared_task(name="alerts.send_digests")
def send_digests() -> None:
    """Tell the session's magnets to those whose hour it is."""
    digests.send_digests()


@shared_task(name="alerts.recall_scenes")
def recall_scenes() -> None:
    """Work out a stretch of the past that no scene was kept of, so that previews can look back."""
    recall.recall_some()
