"""The Celery application and the whole schedule, in one table.

engine      maps, and what follows them every few seconds
scores      the scoreboard and calibration, seconds of work: a worker of both takes them in turn
delivery    what is sent, by a worker of its own
"""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heatmap_site.settings")

SCHEDULE = {
    "advance every market": {
        "task": "heatmaps.advance_markets",
        "schedule": float(settings.REFRESH_S),
        "options": {"queue": "engine", "expires": settings.REFRESH_S},
    },
    "say that beat and worker live": {
        "task": "site.pulse",
        "schedule": 5.0,
        "options": {"queue": "engine", "expires": 30},
    },
    "send what is due": {
        "task": "alerts.send_deliveries",
        "schedule": 5.0,
        "options": {"queue": "delivery", "expires": 5},
    },
    "send digests": {
        "task": "alerts.send_digests",
        "schedule": 60.0,
        "options": {"queue": "delivery", "expires": 60},
    },
    "send the canary": {
        "task": "alerts.send_canary",
        "schedule": 300.0,
        "options": {"queue": "delivery", "expires": 60},
    },
    "recall the scenes of past days": {
        "task": "alerts.recall_scenes",
        "schedule": 5.0,
        "options": {"queue": "engine", "expires": 5},
    },
    "condense days for calibration": {
        "task": "accuracy.gather_evidence",
        "schedule": crontab(minute=20, hour="1,13"),
        "options": {"queue": "scores", "expires": 3600},
    },
    "fit leverage": {
        "task": "accuracy.calibrate_venues",
        "schedule": crontab(minute=50, hour=1, day_of_week=1),
        "options": {"queue": "scores", "expires": 3600},
    },
    "see what became of reads": {
        "task": "journal.resolve_reads",
        "schedule": 10.0,
        "options": {"queue": "engine", "expires": 10},
    },
    "forget files that nobody took in": {
        "task": "journal.forget_drafts",
        "schedule": crontab(minute=35, hour=1),
        "options": {"queue": "engine", "expires": 3600},
    },
    "score the hours that are over": {
        "task": "accuracy.score_markets",
        "schedule": 15.0,
        "options": {"queue": "scores", "expires": 15},
    },
}


def broker_url(redis_url: str) -> str:
    """Celery's form of a Redis address: a unix socket is spelled differently there."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        return f"redis+socket://{path}?virtual_host={query.removeprefix('db=') or '0'}"
    return redis_url or "memory://"


app = Celery("embermap")
app.conf.update(
    broker_url=broker_url(settings.REDIS_URL),
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 60,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    },
    beat_schedule=SCHEDULE,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_default_queue="engine",
    task_routes={"accuracy.*": {"queue": "scores"}},
    task_always_eager=not settings.REDIS_URL,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone="UTC",
)
app.autodiscover_tasks()
app.autodiscover_tasks(["apps.accuracy.calibration"])
