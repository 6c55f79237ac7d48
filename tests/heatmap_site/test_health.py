"""``/healthz`` says the process lives; ``/readyz`` says whether a trader would see something."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.heatmaps.models import Snapshot
from apps.markets.clock import wall_now_ms
from apps.markets.models import Feed, Heartbeat, Market
from apps.markets.pulse import LATE_S, PROCESSES, SITE, beat_site
from heatmap_site import health


@pytest.fixture
def snapshot(db: None) -> Snapshot:
    """A picture published just now from a running feed."""
    feed = Feed.objects.create(
        kind=Feed.Kind.SIMULATED,
        label="simulated",
        anchor_data_ms=0,
        anchor_wall_ms=0,
        state=Feed.State.RUNNING,
    )
    market = Market.objects.create(slug="btc", base="BTC", name="Bitcoin")
    for process in PROCESSES:
        beat_site(process, wall_now_ms())
    return Snapshot.objects.create(
        market=market, feed=feed, version=1, as_of_ms=0, published_at=timezone.now(), frame=b""
    )


def reasons(client: Client) -> list[str]:
    answer = client.get("/readyz")
    assert answer.status_code == (503 if answer.json()["reasons"] else 200)
    assert answer.json()["ready"] is (not answer.json()["reasons"])
    return answer.json()["reasons"]


def test_a_living_process_says_ok_without_asking_anybody(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_can_be_posted(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_fresh_picture_is_ready(client: Client, snapshot: Snapshot) -> None:
    assert reasons(client) == []


@pytest.mark.django_db
def test_before_the_first_picture_it_is_not_ready(client: Client) -> None:
    assert reasons(client)[0] == "no picture has been published yet"
    assert len(reasons(client)) == 1 + len(PROCESSES)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_silent_process_is_a_reason(client: Client, snapshot: Snapshot, process: str) -> None:
    beat_site(process, wall_now_ms() - round(LATE_S * 1000) - 10_000)
    assert [reason.split(" for ")[0] for reason in reasons(client)] == [
        f"the {process} has been silent"
    ]


@pytest.mark.parametrize("process", PROCESSES)
def test_so_is_one_that_was_never_heard_of(
    client: Client, snapshot: Snapshot, process: str
) -> None:
    Heartbeat.objects.filter(venue=SITE, stream=process).delete()
    assert reasons(client) == [f"the {process} has not been heard of yet"]


def test_an_old_picture_is_not_ready(client: Client, snapshot: Snapshot) -> None:
    snapshot.published_at = timezone.now() - timedelta(hours=1)
    snapshot.save()
    assert reasons(client)[0].startswith("the newest picture is 36")


def test_a_replay_that_has_ended_owes_no_fresh_picture(client: Client, snapshot: Snapshot) -> None:
    snapshot.published_at = timezone.now() - timedelta(hours=1)
    snapshot.save()
    Feed.objects.update(state=Feed.State.ENDED)
    assert reasons(client) == []


def test_a_live_market_that_nobody_hears_is_a_reason(client: Client, snapshot: Snapshot) -> None:
    Feed.objects.update(kind=Feed.Kind.LIVE)
    beat = Heartbeat.objects.create(venue="okx", stream="bars", at_ms=wall_now_ms())
    assert reasons(client) == []
    beat.at_ms -= 3_600_000
    beat.save()
    assert reasons(client)[0].startswith("no venue was heard for 36")


def test_a_redis_that_answers_is_ready(
    client: Client, snapshot: Snapshot, settings: Settings, redis_url: str
) -> None:
    settings.REDIS_URL = redis_url
    assert reasons(client) == []


def test_a_redis_that_is_away_is_a_reason(
    client: Client, snapshot: Snapshot, settings: Settings
) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock?db=0"
    assert reasons(client) == ["the Redis-compatible server does not answer"]


def test_a_database_that_is_away_is_a_reason(
    client: Client, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(health.connection, "cursor", away)
        assert reasons(client)[0] == "the database does not answer"
