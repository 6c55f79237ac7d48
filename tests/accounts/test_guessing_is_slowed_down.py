"""Attempts are counted in the database, so they are counted while Redis is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from apps.accounts.models import LimitEntry, User
from tests.conftest import PASSWORD
from tests.redis_process import RedisProcess

WRONG = "four-candid-beavers"


@pytest.fixture
def dead_redis(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """A real Redis-compatible server that the site was using, and that was then killed."""
    server = RedisProcess(tmp_path)
    server.start()
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.REDIS_URL = server.url
    settings.CACHES = settings.CACHES | {"shelf": {"BACKEND": backend, "LOCATION": server.url}}
    caches["shelf"].set("asked", 1)
    server.kill()
    yield
    settings.CACHES = settings.CACHES | {"shelf": settings.CACHES["default"]}


def sign_in(client: Client, login: str, password: str, **headers: str) -> tuple[int, bool]:
    """The status, and whether the answer speaks of too many tries."""
    told = {"login": login, "password": password}
    answer = client.post(reverse("account_login"), told, **headers)
    return answer.status_code, b"Too many" in answer.content


def test_five_wrong_passwords_for_one_name_are_enough(client: Client, user: User) -> None:
    tries = [sign_in(client, "alice", WRONG) for _ in range(6)]
    assert [too_many for _status, too_many in tries] == [False] * 5 + [True]
    assert sign_in(client, "alice", PASSWORD)[1]
    assert "_auth_user_id" not in client.session


def test_somebody_else_is_not_kept_out_by_it(client: Client, user: User, other_user: User) -> None:
    for _ in range(6):
        sign_in(client, "alice", WRONG)
    assert sign_in(client, "charlie", PASSWORD) == (302, False)


def test_twelve_tries_a_minute_from_one_address_are_enough(db: None, client: Client) -> None:
    statuses = [sign_in(client, f"name{n}", WRONG)[0] for n in range(13)]
    assert statuses[-1] == 429
    assert set(statuses[:10]) == {200}


def test_a_made_up_forwarding_header_does_not_start_anew(db: None, client: Client) -> None:
    statuses = [
        sign_in(client, f"name{n}", WRONG, HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")[0]
        for n in range(13)
    ]
    assert statuses[-1] == 429


@pytest.mark.usefixtures("dead_redis")
def test_without_redis_the_door_opens_and_still_counts(client: Client, user: User) -> None:
    assert sign_in(client, "alice", PASSWORD) == (302, False)
    assert client.get(reverse("settings")).status_code == 200
    assert client.get(reverse("watch")).status_code == 200
    other = Client()
    tries = [sign_in(other, "alice", WRONG) for _ in range(6)]
    assert tries[-1] == (200, True)
    assert LimitEntry.objects.exists()


def test_signing_up_is_counted_too(db: None, client: Client) -> None:
    statuses = [client.post(reverse("account_signup"), {}).status_code for _ in range(21)]
    assert statuses[-1] == 429


def test_the_page_of_too_many_tries_wears_our_look(db: None, client: Client) -> None:
    for n in range(13):
        told = {"login": f"name{n}", "password": WRONG}
        answer = client.post(reverse("account_login"), told)
    assert b"Too many tries" in answer.content
    assert b'<nav class="rail"' in answer.content
