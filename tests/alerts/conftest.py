"""A small market whose clock the test holds, people with rules, and a push service on loopback."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from apps.alerts import sender
from apps.alerts.models import AlertRule, Delivery, Firing, Kind
from apps.markets.models import Market
from apps.pwa.services import get_devices_for
from tests.heatmaps.conftest import World, fresh_process, make_world, world
from tests.pwa.conftest import own_keys, push_service, register, shared_push_service, subscribe

__all__ = [
    "World", "fresh_process", "make_world", "own_keys", "push_service", "register",
    "shared_push_service", "subscribe", "world",
]  # fmt: skip

type MakeRule = Callable[..., AlertRule]


@pytest.fixture
def make_rule(user: AbstractBaseUser) -> MakeRule:
    """Alice makes a rule on Bitcoin; by default one that fires whenever it may."""

    def make(**terms: object) -> AlertRule:
        values = {
            "user": user,
            "market": Market.objects.get_or_create(
                slug="btc", defaults={"base": "BTC", "name": "Bitcoin"}
            )[0],
            "kind": Kind.NEAR,
            "within": 0.1,
            "every_min": 0,
        }
        return AlertRule.objects.create(**{**values, **terms})

    return make


@pytest.fixture(autouse=True)
def fresh_sender(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test inherits another one's troubled hosts or slow sends.

    Sends wait for one another: the tests' database in memory cannot be shared by threads that
    write at the same time.
    """
    sender.forget_hosts()
    monkeypatch.setattr(sender, "PATIENCE_S", 30.0)
    yield
    sender.wait_for_slow(15)


@pytest.fixture
def fire(user: AbstractBaseUser, make_rule: MakeRule) -> Callable[..., Firing]:
    """Something fires, with one delivery for each device of its owner."""
    numbers = count(1)

    def fired(*, rule: AlertRule | None = None, owner: AbstractBaseUser = user) -> Firing:
        rule = rule or make_rule(user=owner)
        firing = Firing.objects.create(
            user=owner, rule=rule, market=rule.market, kind=rule.kind, episode=next(numbers),
            at_ms=1_780_000_000_000, side="long", price=60_000.0, peak=58_000.0, usd=2e8,
        )  # fmt: skip
        expires_at = timezone.now() + timedelta(hours=1)
        Delivery.objects.bulk_create(
            Delivery(firing=firing, transport="push", target=device.pk, expires_at=expires_at)
            for device in get_devices_for(owner)
        )
        return firing

    return fired
