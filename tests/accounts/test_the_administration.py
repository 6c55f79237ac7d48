"""The administration has no door of its own, and asks for a second factor."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.conftest import PASSWORD

PEOPLE = reverse("admin:accounts_user_changelist")


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("root", password=PASSWORD)


@pytest.fixture
def browser(administrator: User) -> Client:
    """The administrator, signed in without a second factor."""
    browser = Client()
    browser.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.mark.parametrize("path", [reverse("admin:index"), PEOPLE, reverse("admin:login")])
def test_a_visitor_is_sent_to_the_sites_own_sign_in(db: None, client: Client, path: str) -> None:
    answer = client.get(path, follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_login")


def test_there_is_no_second_password_form(administrator: User, client: Client) -> None:
    told = {"username": "root", "password": PASSWORD, "next": "/admin/"}
    client.post(reverse("admin:login"), told)
    assert "_auth_user_id" not in client.session


def test_somebody_who_does_not_work_here_is_refused(signed_in: Client) -> None:
    answer = signed_in.get(PEOPLE, follow=True)
    assert answer.status_code == 403
    assert b"alice@example.org" not in answer.content


def test_without_a_second_factor_an_administrator_is_sent_to_make_one(browser: Client) -> None:
    answer = browser.get(PEOPLE, follow=True)
    assert answer.request["PATH_INFO"] == reverse("mfa_index")
    assert "second factor" in answer.content.decode()


def test_with_one_it_opens(browser: Client, administrator: User, user: User) -> None:
    TOTP.activate(administrator, generate_totp_secret())
    answer = browser.get(PEOPLE)
    assert answer.status_code == 200
    assert b"alice@example.org" in answer.content
    assert answer["Cache-Control"] == "no-store"
