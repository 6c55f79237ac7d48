"""The alerts' tasks: names and one service call each; and a sweep that nobody asks for."""

import logging
import threading
import time
from typing import Any

from celery import shared_task
from celery.signals import celeryd_after_setup
from django.db import connection

from apps.alerts import canary, digests, recall, sender
from apps.alerts.wake import QUEUE, wake_sender
from apps.markets.clock import wall_now_ms
from apps.markets.services import beat

log = logging.getLogger(__name__)

SWEEP_S = 5.0


@shared_task(name="alerts.send_deliveries")
def send_deliveries() -> None:
    """Send what is due for a few seconds; when that was not all, go on at once."""
    if sweep() >= sender.BATCH:
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


def sweep() -> int:
    """One round of sending, and a sign of life."""
    beat(venues=["site"], stream="sweeper", at_ms=wall_now_ms())
    return sender.send_due()


@celeryd_after_setup.connect
def keep_sweeping(instance: Any, **_: Any) -> None:
    """In the process that delivers, sweep every few seconds even while Redis and beat are away."""
    if QUEUE in instance.app.amqp.queues.consume_from:
        threading.Thread(target=_sweep_for_ever, name="sweeper", daemon=True).start()


def _sweep_for_ever() -> None:
    while True:
        try:
            sweep()
        except Exception:
            log.exception("A sweep failed; the next one follows.")
        finally:
            connection.close()
        time.sleep(SWEEP_S)
