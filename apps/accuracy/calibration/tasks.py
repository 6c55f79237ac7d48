"""The tasks of calibration: a name and one service call."""

from celery import shared_task

from apps.accuracy.calibration import services


@shared_task(name="accuracy.gather_evidence")
def gather_evidence() -> None:
    """Condense the days that are over."""
    services.gather_evidence()


@shared_task(name="accuracy.calibrate_venues")
def calibrate_venues() -> None:
    """Fit every venue that can be fitted."""
    services.calibrate_venues()
