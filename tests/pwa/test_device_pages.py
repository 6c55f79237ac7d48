"""A browser registers, its owner looks, tests and removes; nobody else does."""

import json
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from push_notifications.models import WebPushDevice

from apps.pwa import vapid
from tests.pwa.conftest import Register
from tests.pwa.fake_push import FakeDevice, FakePush, Step

pytestmark = pytest.mark.django_db
GARBAGE = [
    b"",
    b"\xff\xfe",
    b"[]",
    b"null",
    b"{}",
    b'{"endpoint": 5, "keys": {}}',
    b'{"endpoint": "x", "keys": []}',
    b'{"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": null, "auth": {}}}',
    b'{"endpoint": "\\u0000", "keys": {"p256dh": "\\ud800", "auth": "x"}}',
    b"[" * 5000,
    b'{"endpoint": "' + b"x" * 9000 + b'"}',
]


@pytest.fixture
def alice() -> AbstractBaseUser:
    return get_user_model().objects.create_user("alice")


@pytest.fixture
def as_alice(alice: AbstractBaseUser) -> Client:
    return signed_in(alice)


@pytest.fixture
def as_charlie() -> Client:
    return signed_in(get_user_model().objects.create_user("charlie"))


def signed_in(user: AbstractBaseUser) -> Client:
    client = Client()
    client.force_login(user)
    return client


def post(client: Client, path: str, told: object) -> int:
    return client.post(path, json.dumps(told), content_type="application/json").status_code


def told_by(device: FakeDevice, **more: str) -> dict:
    return device.subscription() | {"key": device.server_key, "name": "Chrome · Android"} | more


def test_a_browser_registers_and_shows_up_as_this_one(
    as_alice: Client, subscribe: Callable[..., FakeDevice]
) -> None:
    assert post(as_alice, "/devices/add", told_by(subscribe())) == 204
    page = as_alice.get("/devices/").content.decode()
    assert "Chrome · Android" in page
    assert "this one" in page


def test_the_key_is_for_who_is_signed_in(as_alice: Client, client: Client) -> None:
    response = as_alice.get("/devices/key")
    assert response.content.decode() == vapid.current_key().public
    assert response["X-CSRF-Token"]
    assert client.get("/devices/key").status_code == 204


def test_registering_needs_the_token(
    alice: AbstractBaseUser, subscribe: Callable[..., FakeDevice]
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert post(strict, "/devices/add", told_by(subscribe())) == 403
    assert not WebPushDevice.objects.exists()


@pytest.mark.parametrize("path", ["/devices/add", "/devices/moved"])
@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_with_a_sentence(path: str, body: bytes, as_alice: Client) -> None:
    response = as_alice.post(path, body, content_type="application/json")
    assert response.status_code == 400
    assert response.content
    assert not WebPushDevice.objects.exists()


def test_a_test_push_arrives_and_its_health_shows(
    alice: AbstractBaseUser,
    as_alice: Client,
    push_service: FakePush,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    browser = subscribe()
    device = register(alice, browser)
    page = as_alice.post(f"/devices/{device.pk}/test", headers={"HX-Request": "true"})
    assert "✓" in page.content.decode()
    assert push_service.to(browser)[0].payload["notification"]["title"] == "Test from Embermap"


def test_a_device_that_is_gone_says_so(
    alice: AbstractBaseUser,
    as_alice: Client,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    device = register(alice, subscribe(Step(410)))
    page = as_alice.post(f"/devices/{device.pk}/test", follow=True).content.decode()
    assert "Gone: its browser has unsubscribed." in page


@pytest.mark.parametrize("verb", ["test", "remove"])
def test_charlie_gets_404_for_alices_device(
    verb: str,
    alice: AbstractBaseUser,
    as_charlie: Client,
    as_alice: Client,
    push_service: FakePush,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    browser = subscribe()
    device = register(alice, browser)
    path = f"/devices/{device.pk}/{verb}"
    assert as_charlie.post(path).status_code == 404
    assert WebPushDevice.objects.filter(pk=device.pk, user=alice).exists()
    assert push_service.to(browser) == []
    assert as_alice.get(path).status_code == 405
    assert as_alice.post(path).status_code == 302


def test_a_browser_that_unsubscribes_is_forgotten_by_its_owner_only(
    alice: AbstractBaseUser,
    as_alice: Client,
    as_charlie: Client,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    device = register(alice, subscribe())
    told = {"endpoint": device.registration_id}
    assert post(as_charlie, "/devices/forget", told) == 204
    assert WebPushDevice.objects.exists()
    assert post(as_alice, "/devices/forget", told) == 204
    assert not WebPushDevice.objects.exists()


def test_a_browser_replaces_its_own_subscription_without_a_session(
    alice: AbstractBaseUser,
    client: Client,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    old, new = subscribe(), subscribe()
    register(alice, old)
    told = {"old": old.subscription(), "new": new.subscription()}
    assert post(client, "/devices/moved", told) == 204
    device = WebPushDevice.objects.get()
    assert (device.registration_id, device.user) == (new.endpoint, alice)


def test_who_does_not_know_the_secret_replaces_nothing(
    alice: AbstractBaseUser,
    client: Client,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    old, new = subscribe(), subscribe()
    register(alice, old)
    guessed = old.subscription() | {"keys": new.subscription()["keys"]}
    assert post(client, "/devices/moved", {"old": guessed, "new": new.subscription()}) == 204
    assert WebPushDevice.objects.get().registration_id == old.endpoint


def test_signing_out_forgets_this_browsers_device_and_no_other(
    alice: AbstractBaseUser,
    as_alice: Client,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    elsewhere = register(alice, subscribe())
    post(as_alice, "/devices/add", told_by(subscribe()))
    as_alice.post("/account/logout/")
    assert list(WebPushDevice.objects.all()) == [elsewhere]
