"""The tasks of calibration: a name and one service call."""

from celery import shared_task

from apps.accuracy.calibration import services
from apps.markets.models import Market

EXPIRES_S = 3600


@shared_task(name="accuracy.gather_evidence")
def gather_evidence() -> None:
    """Have the days that are over condensed, market by market, so that maps need not wait."""
    for slug in Market.objects.values_list("slug", flat=True):
        gather_market.apply_async((slug,), expires=EXPIRES_S)


@shared_task(name="accuracy.gather_market")
def gather_market(slug: str) -> None:
    """Condense the days of one market that are over."""
    if market := Market.objects.filter(slug=slug).first():
        services.gather_evidence(market=market)


@shared_task(name="accuracy.calibrate_venues")
def calibrate_venues() -> None:
    """Fit every venue that can be fitted."""
    services.calibrate_venues()
