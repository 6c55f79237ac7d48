"""Whose devices there are, and what is known about each."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from push_notifications.models import WebPushDevice

from apps.pwa import vapid
from apps.pwa.answers import Action, Answer
from apps.pwa.models import DeviceHealth
from apps.pwa.services import (
    MOST_DEVICES,
    BadSubscription,
    forget_device,
    get_all_devices_for,
    get_devices_for,
    is_key_suspect,
    note_answer,
    register_device,
)
from tests.pwa.conftest import Register, subscription_of
from tests.pwa.fake_push import FakeDevice

pytestmark = pytest.mark.django_db
SENT = Answer(Action.SENT, 201, "")


@pytest.fixture
def alice() -> AbstractBaseUser:
    return get_user_model().objects.create_user("alice")


@pytest.fixture
def bob() -> AbstractBaseUser:
    return get_user_model().objects.create_user("bob")


def test_a_device_is_kept_with_the_key_it_subscribed_with(
    alice: AbstractBaseUser, subscribe: Callable[..., FakeDevice], register: Register
) -> None:
    device = register(alice, subscribe())
    assert device.application_id == vapid.current_key().id
    assert list(get_devices_for(alice)) == [device]


def test_the_same_again_is_the_same_device(
    alice: AbstractBaseUser, subscribe: Callable[..., FakeDevice], register: Register
) -> None:
    browser = subscribe()
    assert register(alice, browser).pk == register(alice, browser).pk


def test_an_endpoint_moves_to_the_account_that_registers_it_last(
    alice: AbstractBaseUser,
    bob: AbstractBaseUser,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    browser = subscribe()
    hers, his = register(alice, browser), register(bob, browser)
    assert list(get_all_devices_for(alice)) == []
    assert list(get_devices_for(bob)) == [his]
    assert his.pk != hers.pk, "what waits for her device must not be sent to his"


def test_an_eleventh_device_is_refused_and_one_that_is_gone_makes_room(
    alice: AbstractBaseUser, subscribe: Callable[..., FakeDevice], register: Register
) -> None:
    devices = [register(alice, subscribe()) for _ in range(MOST_DEVICES)]
    with pytest.raises(BadSubscription):
        register(alice, subscribe())
    note_answer(devices[0], Answer(Action.GONE, 410, "gone"))
    register(alice, subscribe())
    assert get_devices_for(alice).count() == MOST_DEVICES


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://evil.example/x"},
        {"endpoint": "https://10.0.0.1/x"},
        {"p256dh": "AAAA"},
        {"p256dh": ""},
        {"auth": "AAAA"},
        {"key": "another"},
        {"key": ""},
    ],
    ids=str,
)
def test_a_subscription_that_cannot_be_used_is_refused(
    wrong: dict[str, str], alice: AbstractBaseUser, subscribe: Callable[..., FakeDevice]
) -> None:
    good = subscription_of(subscribe())
    with pytest.raises(BadSubscription):
        register_device(user=alice, subscription=replace(good, **wrong))
    assert not WebPushDevice.objects.exists()


def test_a_device_that_is_gone_is_switched_off_and_no_other(
    alice: AbstractBaseUser, subscribe: Callable[..., FakeDevice], register: Register
) -> None:
    gone, here = register(alice, subscribe()), register(alice, subscribe())
    note_answer(gone, Answer(Action.GONE, 410, "gone"))
    assert list(get_devices_for(alice)) == [here]
    assert set(get_all_devices_for(alice)) == {gone, here}


@pytest.mark.parametrize("action", [Action.RETRY, Action.WAIT, Action.STRIKE, Action.REFUSED])
def test_no_other_trouble_switches_a_device_off(
    action: Action,
    alice: AbstractBaseUser,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    device = register(alice, subscribe())
    note_answer(device, Answer(action, 500, "trouble"))
    assert list(get_devices_for(alice)) == [device]
    health = DeviceHealth.objects.get(device=device)
    assert (health.last_code, health.last_error, health.is_well) == (500, "trouble", False)
    note_answer(device, SENT)
    assert DeviceHealth.objects.get(device=device).is_well


def test_a_device_of_an_old_key_waits_until_it_has_subscribed_again(
    alice: AbstractBaseUser, subscribe: Callable[..., FakeDevice], register: Register
) -> None:
    browser = subscribe()
    device = register(alice, browser)
    note_answer(device, Answer(Action.RESUBSCRIBE, 403, "VapidPkHashMismatch"))
    assert list(get_devices_for(alice)) == []
    register(alice, browser)
    assert list(get_devices_for(alice)) == [device]


def test_the_key_itself_is_suspect_when_most_devices_refuse_it(
    alice: AbstractBaseUser, subscribe: Callable[..., FakeDevice], register: Register
) -> None:
    devices = [register(alice, subscribe()) for _ in range(3)]
    note_answer(devices[0], Answer(Action.RESUBSCRIBE, 403, "BadJwtToken"))
    assert not is_key_suspect()
    note_answer(devices[1], Answer(Action.RESUBSCRIBE, 403, "BadJwtToken"))
    assert is_key_suspect()


def test_nobody_forgets_somebody_elses_device(
    alice: AbstractBaseUser,
    bob: AbstractBaseUser,
    subscribe: Callable[..., FakeDevice],
    register: Register,
) -> None:
    device = register(alice, subscribe())
    assert not forget_device(user=bob, endpoint=device.registration_id)
    assert forget_device(user=alice, endpoint=device.registration_id)
