"""Nobody sees or changes what is somebody else's, on any address there is."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.belongings import everything_of
from apps.accounts.models import User
from tests.heatmap_site.security_matrix import (
    DOORS,
    OPEN,
    OWNED,
    PERSONAL,
    SECRET,
    Belongings,
    addresses,
    arguments_of,
    furnish,
)

GROUPS = (OPEN, DOORS, PERSONAL, OWNED.keys(), SECRET.keys())
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def belongings(user: User) -> Belongings:
    """What is Alice's."""
    return furnish(user)


@pytest.fixture
def charlie(other_user: User) -> Client:
    """The browser of somebody who has as much, but not this."""
    furnish(other_user)
    browser = Client()
    browser.force_login(other_user, "django.contrib.auth.backends.ModelBackend")
    return browser


def state_of(user: User) -> dict:
    return json.loads(everything_of(user))


def test_every_address_stands_in_exactly_one_group() -> None:
    named = [name for group in GROUPS for name in group]
    assert sorted(named) == sorted(set(addresses()))


def test_every_address_that_names_a_row_of_a_person_is_owned_or_secret() -> None:
    kinds = {"UUIDConverter", "IntConverter", "StringConverter"}
    naming = {name for name, one in addresses().items() if set(one.placeholders.values()) & kinds}
    assert naming <= OWNED.keys() | SECRET.keys()


@pytest.mark.parametrize("name", sorted(OWNED))
def test_what_is_somebody_elses_is_not_there_and_stays_as_it_is(
    belongings: Belongings, charlie: Client, name: str
) -> None:
    address = reverse(name, kwargs=arguments_of(name, belongings))
    before = state_of(belongings.user)
    for method in METHODS:
        answer = getattr(charlie, method)(address, {"name": "mine now", "market": "btc"})
        # allauth asks for the password before it looks whose key it is; that tells nothing.
        asked_again = answer.get("Location", "").startswith(reverse("account_reauthenticate"))
        assert answer.status_code in (404, 405) or asked_again, (method, answer.status_code)
    assert state_of(belongings.user) == before


@pytest.mark.parametrize("name", sorted(OWNED))
def test_the_same_address_works_for_its_owner(
    belongings: Belongings, signed_in: Client, name: str
) -> None:
    address = reverse(name, kwargs=arguments_of(name, belongings))
    told = {"market": "btc", "name": "Noon"}
    statuses = {signed_in.get(address).status_code, signed_in.post(address, told).status_code}
    assert statuses & {200, 204, 302, 400, 422}
    assert 404 not in statuses


@pytest.mark.parametrize("name", sorted(PERSONAL | OWNED.keys()))
def test_a_visitor_is_sent_to_sign_in_and_changes_nothing(
    belongings: Belongings, client: Client, name: str
) -> None:
    address = reverse(name, kwargs=arguments_of(name, belongings))
    before = state_of(belongings.user)
    for method in ("get", "post"):
        answer = getattr(client, method)(address)
        refused = answer.status_code in (401, 403, 404, 405)
        sent = answer.get("Location", "").startswith(reverse("account_login"))
        assert refused or sent, (method, answer.status_code, answer.get("Location"))
    assert state_of(belongings.user) == before


@pytest.mark.parametrize("name", sorted(SECRET))
def test_a_guessed_secret_opens_nothing(db: None, client: Client, name: str) -> None:
    for method in ("get", "post"):
        answer = getattr(client, method)(reverse(name, kwargs=SECRET[name]))
        assert answer.status_code in (200, 302, 403, 404, 405)
        assert "_auth_user_id" not in client.session
    assert not User.objects.exists()


@pytest.mark.parametrize("name", sorted(PERSONAL - {"account_reauthenticate"}))
def test_a_change_needs_the_forms_own_token(user: User, name: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    before = state_of(user)
    assert browser.post(reverse(name)).status_code in (403, 405)
    assert state_of(user) == before


def test_fields_that_are_not_in_the_form_are_not_taken(
    belongings: Belongings, signed_in: Client, other_user: User
) -> None:
    address = reverse("watchlist-rename", args=[belongings.watchlist.public_id])
    told = {"name": "Noon", "user": other_user.pk, "id": 99, "public_id": "x", "position": 7}
    signed_in.post(address, told)
    belongings.watchlist.refresh_from_db()
    assert (belongings.watchlist.name, belongings.watchlist.user) == ("Noon", belongings.user)
    assert belongings.watchlist.position == 0
