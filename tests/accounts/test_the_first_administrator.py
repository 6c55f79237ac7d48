"""A link printed at the first start makes one administrator, once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts import first_run
from apps.accounts.models import FirstRunLink, User
from heatmap_site.supervisor import site
from tests.conftest import PASSWORD

NOW = datetime.now(UTC)
CHOSEN = {"username": "root", "password": PASSWORD}

pytestmark = pytest.mark.django_db


def page(token: str) -> str:
    return reverse("first-administrator", args=[token])


def test_the_link_makes_an_administrator_who_is_then_asked_for_a_second_factor(
    client: Client,
) -> None:
    token = first_run.make_first_run_link(NOW)
    assert client.get(page(token)).status_code == 200
    answer = client.post(page(token), CHOSEN)
    assert answer["Location"] == reverse("mfa_index")
    assert User.objects.get(username="root").is_superuser
    assert client.get(reverse("admin:index")).status_code == 302


def test_it_works_once(client: Client) -> None:
    token = first_run.make_first_run_link(NOW)
    client.post(page(token), CHOSEN)
    second = Client().post(page(token), CHOSEN | {"username": "mallory"})
    assert second.status_code == 404
    assert not User.objects.filter(username="mallory").exists()


def test_two_who_hold_the_link_make_one_administrator() -> None:
    token = first_run.make_first_run_link(NOW)
    told = {"token": token, "password": PASSWORD, "now": NOW}
    assert first_run.make_first_administrator(username="one", **told)
    assert first_run.make_first_administrator(username="two", **told) is None


def test_it_ends_after_a_day() -> None:
    token = first_run.make_first_run_link(NOW)
    assert first_run.is_open(token, NOW + timedelta(hours=23, minutes=59))
    assert not first_run.is_open(token, NOW + timedelta(days=1))


def test_another_start_ends_the_link_before_it() -> None:
    old = first_run.make_first_run_link(NOW)
    new = first_run.make_first_run_link(NOW)
    assert not first_run.is_open(old, NOW)
    assert first_run.is_open(new, NOW)


def test_with_an_administrator_there_is_no_link(client: Client) -> None:
    token = first_run.make_first_run_link(NOW)
    User.objects.create_superuser("root", password=PASSWORD)
    assert first_run.make_first_run_link(NOW) is None
    assert client.get(page(token)).status_code == 404


def test_the_token_is_kept_nowhere() -> None:
    token = first_run.make_first_run_link(NOW)
    assert token not in str(FirstRunLink.objects.values())


@pytest.mark.parametrize("token", ["x", "A" * 32, "a" * 5000])
def test_a_guess_is_nothing(client: Client, token: str) -> None:
    first_run.make_first_run_link(NOW)
    assert client.get(page(token)).status_code == 404


def test_a_weak_password_is_refused_here_too(client: Client) -> None:
    token = first_run.make_first_run_link(NOW)
    answer = client.post(page(token), CHOSEN | {"password": "password1234"})
    assert answer.status_code == 422
    assert not User.objects.exists()
    assert client.post(page(token), CHOSEN).status_code == 302


def test_the_start_prints_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.connections, "close_all", lambda: None)
    path = site.first_run_path()
    assert path.startswith("/settings/first/")
    User.objects.create_superuser("root", password=PASSWORD)
    assert site.first_run_path() == ""
