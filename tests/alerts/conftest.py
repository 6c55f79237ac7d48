"""A small market whose clock the test holds, people with rules, and a push service on loopback."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AbstractBaseUser

from apps.alerts.models import AlertRule, Kind
from apps.markets.models import Market
from tests.heatmaps.conftest import World, fresh_process, make_world, world

__all__ = ["World", "fresh_process", "make_world", "world"]

type MakeRule = Callable[..., AlertRule]


@pytest.fixture
def make_rule(user: AbstractBaseUser) -> MakeRule:
    """Alice makes a rule on Bitcoin; by default one that fires whenever it may."""

    def make(**terms: object) -> AlertRule:
        values = {
            "user": user,
            "market": Market.objects.get(slug="btc"),
            "kind": Kind.NEAR,
            "within": 0.1,
            "every_min": 0,
        }
        return AlertRule.objects.create(**{**values, **terms})

    return make
