"""A published market whose clock the test holds, and reads on it."""

import uuid
from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.journal.models import Read
from apps.journal.services import Wish, log_read
from apps.markets.clock import wall_now_ms
from tests.heatmaps.conftest import World, fresh_process, make_world, world

__all__ = ["World", "fresh_process", "make_world", "world"]

HOUR_MS = 3_600_000

type LogRead = Callable[..., Read]


@pytest.fixture
def published(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A market with a map, at the time of this world."""
    for module in ("apps.journal.resolving", "apps.markets.clock"):
        monkeypatch.setattr(f"{module}.wall_now_ms", lambda: world.now_ms)
    world.publish()
    assert wall_now_ms() != world.now_ms
    return world


@pytest.fixture
def log(published: World, user: User) -> LogRead:
    """Alice logs a read; by default of longs half a per cent below the price."""

    def logged(*, owner: User = user, away: float = -0.005, **wishes: object) -> Read:
        price = 60_000.0 * (1 + away)
        told = {
            "market": published.market, "side": "long" if away < 0 else "short", "kind": "magnet",
            "low": price * 0.9995, "high": price * 1.0005, "horizon_ms": 4 * HOUR_MS,
        }  # fmt: skip
        return log_read(user=owner, wish=Wish(**told | wishes), public=uuid.uuid4())

    return logged
