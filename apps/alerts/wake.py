"""Telling the sender that there is work: only to be quicker, for it looks every five seconds."""

import logging

from celery import current_app

log = logging.getLogger(__name__)

TASK = "alerts.send_deliveries"
QUEUE = "delivery"


def wake_sender() -> None:
    """Ask for a round of deliveries now; without Redis the next sweep does it."""
    try:
        current_app.send_task(TASK, queue=QUEUE, expires=5, retry=False)
    except Exception as error:
        log.warning("The sender could not be woken: %s", error)
