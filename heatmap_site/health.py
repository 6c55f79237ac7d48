"""``/healthz``: the process answers. ``/readyz``: so does everything it needs."""

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.heatmaps.models import Snapshot
from apps.markets.clock import wall_now_ms
from apps.markets.models import Feed, Heartbeat
from heatmap_site.monitoring import process_troubles

OLDEST_PICTURE = timedelta(minutes=3)
LONGEST_SILENCE_S = 180


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200, or 503 with one reason for each thing that is missing."""
    troubles = (database_trouble(), redis_trouble(), picture_trouble(), venue_trouble())
    reasons = [reason for reason in troubles if reason]
    reasons += silent_processes()
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)


def silent_processes() -> list[str]:
    """One sentence for each process of the site that is not heard of."""
    try:
        return process_troubles()
    except DatabaseError:
        return []


def database_trouble() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "the database does not answer"
    return ""


def redis_trouble() -> str:
    if not settings.REDIS_URL:
        return ""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        ) as client:
            client.ping()
    except redis.RedisError:
        return "the Redis-compatible server does not answer"
    return ""


def picture_trouble() -> str:
    """Why nobody would see a fresh picture; a replay that has ended owes none."""
    try:
        newest = Snapshot.objects.order_by("-published_at").values_list("published_at").first()
        has_ended = Feed.objects.filter(state=Feed.State.ENDED).exists()
    except DatabaseError:
        return "pictures cannot be looked up"
    if newest is None:
        return "no picture has been published yet"
    age = timezone.now() - newest[0]
    if age > OLDEST_PICTURE and not has_ended:
        return f"the newest picture is {int(age.total_seconds())} seconds old"
    return ""


def venue_trouble() -> str:
    """Why nobody hears the live market any more; other feeds may be silent."""
    try:
        is_live = Feed.objects.filter(kind=Feed.Kind.LIVE, state=Feed.State.RUNNING).exists()
        heard = Heartbeat.objects.filter(stream="bars").order_by("-at_ms").first()
    except DatabaseError:
        return "heartbeats cannot be looked up"
    if not is_live or heard is None:
        return ""
    silent_s = (wall_now_ms() - heard.at_ms) // 1000
    return f"no venue was heard for {silent_s} seconds" if silent_s > LONGEST_SILENCE_S else ""
