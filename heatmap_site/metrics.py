"""``/metrics`` for Prometheus: everything is looked up when it is asked for."""

import secrets
from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from apps.alerts.canary import newest_canary_s
from apps.alerts.models import Delivery
from apps.heatmaps.hub import hub
from apps.heatmaps.models import Snapshot
from apps.markets.clock import wall_now_ms
from apps.markets.models import Heartbeat
from apps.markets.pulse import SITE, pulse_ages
from heatmap_site import health


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for who has the token or, without one, asks from this machine."""
    if not may_read(request):
        return HttpResponse("Not for you.", status=403, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """Whether the request has the token; behind a proxy nothing else tells who asks."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    if settings.PUBLIC_URL or "X-Forwarded-For" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class SiteCollector(Collector):
    """Gauges from the rows; a database that is away leaves only ``embermap_up``."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        trouble = health.database_trouble()
        yield gauge("embermap_up", "1 if this dependency answers", "dependency", {
            "database": float(not trouble), "redis": float(not health.redis_trouble()),
        })  # fmt: skip
        sockets = {"": hub.open_sockets()}
        yield gauge("embermap_sockets", "open map sockets of this process", "", sockets)
        if trouble:
            return
        try:
            yield from rows()
        except DatabaseError:
            return


def rows() -> Iterator[GaugeMetricFamily]:
    """What the database knows."""
    now_ms = wall_now_ms()
    known = {name: age for name, age in pulse_ages(now_ms).items() if age is not None}
    yield gauge("embermap_process_silence_seconds", "since a sign of life", "process", known)
    streams = GaugeMetricFamily(
        "embermap_stream_silence_seconds", "since a venue's stream spoke",
        labels=["venue", "stream"],
    )  # fmt: skip
    for one in Heartbeat.objects.exclude(venue=SITE):
        streams.add_metric([one.venue, one.stream], max(0, now_ms - one.at_ms) / 1000)
    yield streams
    newest = Snapshot.objects.values_list("market__slug", "published_at", "version")
    ages = {slug: (timezone.now() - at).total_seconds() for slug, at, _version in newest}
    yield gauge("embermap_snapshot_age_seconds", "since a picture was published", "market", ages)
    versions = {slug: version for slug, _at, version in newest}
    yield gauge("embermap_snapshot_version", "counts published pictures", "market", versions)
    counts = dict.fromkeys(Delivery.Status.values, 0) | dict(
        Delivery.objects.values_list("status").annotate(Count("pk"))
    )
    yield gauge("embermap_deliveries", "kept deliveries of alerts", "status", counts)
    canary_s = newest_canary_s()
    if canary_s is not None:
        told = "from firing to sent, of the newest canary"
        yield gauge("alert_e2e_seconds", told, "", {"": canary_s})


def gauge(name: str, told: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    """One gauge with a value per label; the label "" has none."""
    family = GaugeMetricFamily(name, told, labels=[label] if label else [])
    for key, value in values.items():
        family.add_metric([key] if label else [], value)
    return family
