"""The map's tasks: names, ids in, one service call."""

from celery import shared_task
from django.conf import settings

from apps.heatmaps import services
from apps.markets.clock import feed_now_ms
from apps.markets.models import Market


@shared_task(name="heatmaps.advance_markets")
def advance_markets() -> None:
    """Ask for every market's turn; one that cannot be had in time is left to the next."""
    for slug in Market.objects.values_list("slug", flat=True):
        advance_market.apply_async((slug,), expires=settings.REFRESH_S)


@shared_task(name="heatmaps.advance_market")
def advance_market(slug: str) -> None:
    """Bring one market up to date."""
    if market := Market.objects.filter(slug=slug).first():
        services.advance_market(market=market, now_ms=feed_now_ms())
