"""The doors answer the same whether an address is known or not."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.conftest import PASSWORD


def answer_to(name: str, told: dict[str, str]) -> tuple[int, str, str]:
    """What a stranger sees, without what differs from one request to the next."""
    answer = Client().post(reverse(name), told)
    page = re.sub(r'(nonce|value)="[^"]*"', "", answer.content.decode())
    return answer.status_code, answer.get("Location", ""), page


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_a_wrong_password_and_an_unknown_name_look_alike(user: User, name: str) -> None:
    seen = answer_to("account_login", {"login": name, "password": "four-candid-beavers"})
    other = answer_to("account_login", {"login": "someone", "password": "four-candid-beavers"})
    assert seen == other


def test_asking_for_a_new_password_looks_alike(user: User) -> None:
    known = answer_to("account_reset_password", {"email": "alice@example.org"})
    unknown = answer_to("account_reset_password", {"email": "nobody@example.org"})
    assert known == unknown
    assert sorted(message.to for message in mail.outbox) == [
        ["alice@example.org"],
        ["nobody@example.org"],
    ]


def test_signing_up_with_a_known_address_looks_alike(user: User) -> None:
    user.emailaddress_set.create(email="alice@example.org", verified=True, primary=True)
    told = {"password1": PASSWORD}
    known = answer_to("account_signup", told | {"username": "eve", "email": "alice@example.org"})
    unknown = answer_to("account_signup", told | {"username": "dana", "email": "dana@example.org"})
    assert known[:2] == unknown[:2]
