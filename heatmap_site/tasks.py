"""The site's own task: beat and worker show that they live."""

from typing import Any

from celery import Task, shared_task
from celery.signals import before_task_publish

from apps.markets.clock import wall_now_ms
from apps.markets.pulse import beat_site

NAME = "site.pulse"
SENT = "sent_ms"


@before_task_publish.connect(sender=NAME)
def write_when_sent(headers: dict[str, Any] | None = None, **_others: Any) -> None:
    """Runs where the message is made, which is in beat."""
    if headers is not None:
        headers[SENT] = wall_now_ms()


@shared_task(name=NAME, bind=True)
def pulse(self: Task) -> None:
    """The worker lives now; beat lived when it sent this."""
    now_ms = wall_now_ms()
    beat_site("worker", now_ms)
    beat_site("beat", getattr(self.request, SENT, None) or now_ms)
