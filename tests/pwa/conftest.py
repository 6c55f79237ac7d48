"""A push service, a user with a device, and keys of their own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import AbstractBaseUser
from push_notifications.models import WebPushDevice
from pytest_django import Settings

from apps.pwa import vapid
from apps.pwa.services import Subscription, register_device
from tests.pwa.fake_push import FakeDevice, FakePush, Step, fake_push_service

type Register = Callable[[AbstractBaseUser, FakeDevice], WebPushDevice]


@pytest.fixture(autouse=True)
def own_keys(settings: Settings, tmp_path: Path) -> None:
    """Keys are made in a folder of this test's own, and loopback may be called."""
    settings.DATA_DIR = tmp_path
    settings.VAPID_PRIVATE_KEY = ""
    settings.ALLOW_LOOPBACK = True


@pytest.fixture(scope="session")
def shared_push_service() -> Iterator[FakePush]:
    with fake_push_service() as service:
        yield service


@pytest.fixture
def push_service(shared_push_service: FakePush) -> FakePush:
    shared_push_service.received.clear()
    return shared_push_service


@pytest.fixture
def subscribe(push_service: FakePush) -> Callable[..., FakeDevice]:
    """A browser that subscribes with the current key; its first answers are scripted."""

    def subscribed(*steps: Step) -> FakeDevice:
        return push_service.new_device(vapid.current_key().public, *steps)

    return subscribed


@pytest.fixture
def register() -> Register:
    """Register a fake browser's subscription for a user."""

    def registered(user: AbstractBaseUser, device: FakeDevice) -> WebPushDevice:
        return register_device(user=user, subscription=subscription_of(device))

    return registered


def subscription_of(device: FakeDevice) -> Subscription:
    keys = device.subscription()["keys"]
    return Subscription(device.endpoint, keys["p256dh"], keys["auth"], device.server_key)
