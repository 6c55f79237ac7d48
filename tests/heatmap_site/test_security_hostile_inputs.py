"""Whatever is sent to whatever address, the answer is never a fault of the server.

Every address gets ``EMBERMAP_HOSTILE_INPUTS`` hostile values (500; nightly 10,000), as a visitor
and as a person. The seed is the address's name, so a failure comes back.
"""

import os
import random
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from apps.accounts.models import User
from tests.heatmap_site.hostile import Attack, attacks, hostile_path
from tests.heatmap_site.security_matrix import (
    Belongings,
    addresses,
    arguments_of,
    furnish,
)

FORM = "application/x-www-form-urlencoded"
INPUTS = int(os.environ.get("EMBERMAP_HOSTILE_INPUTS", "500"))
NEEDS_A_REAL_KEY = {"mfa_reauthenticate_webauthn"}  # it reads what the key once signed
MEANT = {503}  # "no map has been made yet", with a time to come back


@pytest.fixture
def belongings(user: User) -> Belongings:
    return furnish(user)


def send(client: Client, address: str, attack: Attack, number: int) -> HttpResponse:
    """Each request from an address of its own, or a rate limit would hide the rest."""
    for name, told in attack.cookies.items():
        client.cookies[name] = as_sent(told)
    headers = {name: as_sent(told) for name, told in attack.headers.items()}
    return client.generic(
        attack.method,
        address,
        urlencode(attack.form).encode() if attack.body is None else attack.body,
        FORM if attack.body is None else attack.content_type,
        query_params=attack.query,
        REMOTE_ADDR=f"203.0.113.{number % 250 + 1}",
        **headers,
    )


def as_sent(text: str) -> str:
    """What of a text can travel in a header at all."""
    return text.encode("latin-1", "ignore").decode("latin-1")


@pytest.mark.parametrize("name", sorted(addresses()))
@pytest.mark.filterwarnings("ignore")
def test_no_address_breaks(belongings: Belongings, name: str) -> None:
    address = reverse(name, kwargs=arguments_of(name, belongings))
    if name in NEEDS_A_REAL_KEY:
        belongings.key.delete()
    for who in ("visitor", "alice"):
        client = Client(raise_request_exception=False)
        for number, attack in enumerate(attacks(f"{name} {who}", INPUTS // 2)):
            if who == "alice" and "_auth_user_id" not in client.session:
                client.force_login(belongings.user, "django.contrib.auth.backends.ModelBackend")
            answer = send(client, address, attack, number)
            assert answer.status_code < 500 or answer.status_code in MEANT, (address, attack)


@pytest.mark.filterwarnings("ignore")
def test_no_path_breaks(db: None) -> None:
    client = Client(raise_request_exception=False)
    rng = random.Random("paths")
    routes = [one.route for one in addresses().values() if "<" in one.route]
    for _ in range(max(1, INPUTS // 2)):
        path = hostile_path(rng, rng.choice(routes))
        answer = client.get(path)
        assert answer.status_code < 500 or answer.status_code in MEANT, path


def test_every_address_can_be_written_down(belongings: Belongings) -> None:
    for name in addresses():
        try:
            reverse(name, kwargs=arguments_of(name, belongings))
        except NoReverseMatch:
            pytest.fail(f"{name} needs arguments in the security matrix")
    assert get_resolver().reverse_dict
