"""From a visitor to a person with a session, and out again with nothing left behind."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.conftest import PASSWORD

SIGN_UP = {"username": "dana", "email": "dana@example.org", "password1": PASSWORD}


def sign_in(client: Client, login: str, password: str = PASSWORD) -> int:
    answer = client.post(reverse("account_login"), {"login": login, "password": password})
    return answer.status_code


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_the_doors_wear_our_look(db: None, client: Client, name: str) -> None:
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert b'<nav class="rail"' in page.content
    assert b'class="button button-primary"' in page.content


def test_somebody_signs_up_and_is_in(db: None, client: Client) -> None:
    answer = client.post(reverse("account_signup"), SIGN_UP)
    assert answer.status_code == 302
    user = User.objects.get(username="dana")
    assert user.password.startswith("argon2")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert [message.to for message in mail.outbox] == [["dana@example.org"]]


def test_an_address_may_be_left_out(db: None, client: Client) -> None:
    assert client.post(reverse("account_signup"), SIGN_UP | {"email": ""}).status_code == 302
    assert not User.objects.get(username="dana").email


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short-otter", "too short"),
        ("123456789012", "entirely"),
        ("dana@example.org", "similar"),
        ("x1" * 65, "at most 128"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(
    db: None, client: Client, password: str, reason: str
) -> None:
    answer = client.post(reverse("account_signup"), SIGN_UP | {"password1": password})
    assert answer.status_code == 200
    assert not User.objects.exists()
    assert reason in answer.content.decode() or "common" in answer.content.decode()


@pytest.mark.parametrize("login", ["alice", "alice@example.org"])
def test_name_or_address_open_the_door(client: Client, user: User, login: str) -> None:
    assert sign_in(client, login) == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_password_does_not(client: Client, user: User) -> None:
    assert sign_in(client, "alice", "four-candid-beavers") == 200
    assert "_auth_user_id" not in client.session


def test_a_closed_site_takes_nobody_new(
    db: None, client: Client, settings: pytest.FixtureRequest
) -> None:
    settings.SIGNUP_IS_OPEN = False
    assert client.post(reverse("account_signup"), SIGN_UP).status_code == 200
    assert not User.objects.exists()


def test_a_new_session_has_a_new_key(client: Client, user: User) -> None:
    client.get(reverse("account_login"))
    client.session.save()
    before = client.session.session_key
    sign_in(client, "alice")
    assert client.session.session_key != before


def test_signing_out_takes_a_post_and_leaves_nothing(signed_in: Client) -> None:
    assert signed_in.get(reverse("account_logout")).status_code == 200
    answer = signed_in.post(reverse("account_logout"))
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in signed_in.session


def test_pages_of_a_signed_in_reader_are_kept_by_no_cache(signed_in: Client) -> None:
    for name in ("settings", "watch", "account_email", "mfa_index", "usersessions_list"):
        assert signed_in.get(reverse(name))["Cache-Control"] == "no-store", name


def test_a_visitors_page_needs_no_session(db: None, client: Client) -> None:
    page = client.get(reverse("watch"))
    assert "Cookie" not in page.get("Vary", "")
    assert not page.cookies


def test_a_session_of_90_days_ends(signed_in: Client) -> None:
    session = signed_in.session
    session["began_s"] = 1
    session.save()
    answer = signed_in.get(reverse("account_email"))
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"]


def test_a_session_is_renewed_at_most_once_a_day(signed_in: Client) -> None:
    signed_in.get(reverse("settings"))
    renewed_s = signed_in.session["renewed_s"]
    answer = signed_in.get(reverse("settings"))
    assert signed_in.session["renewed_s"] == renewed_s
    assert "sessionid" not in answer.cookies
