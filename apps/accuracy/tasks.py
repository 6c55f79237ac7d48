"""The scoreboard's tasks: names, ids in, one service call."""

from celery import shared_task

from apps.accuracy import services
from apps.markets.clock import feed_now_ms
from apps.markets.models import Market

EXPIRES_S = 60


@shared_task(name="accuracy.score_markets")
def score_markets() -> None:
    """Ask for every market's turn; one that cannot be had in time is left to the next."""
    for slug in Market.objects.values_list("slug", flat=True):
        score_market.apply_async((slug,), expires=EXPIRES_S)


@shared_task(name="accuracy.score_market")
def score_market(slug: str) -> None:
    """Score the hours of one market that are over."""
    if market := Market.objects.filter(slug=slug).first():
        services.score_market(market=market, now_ms=feed_now_ms())
