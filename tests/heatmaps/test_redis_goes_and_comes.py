"""Sockets on a real Redis-compatible server: idle for long, and with the server killed."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from apps.engine.frame import UPDATE
from tests.heatmaps.conftest import next_minute
from tests.redis_process import RedisProcess

pytestmark = pytest.mark.django_db(transaction=True)

IDLE_S = 7  # the server ends a blocking read after five
AWAY_S = 5


@pytest.fixture
def server(settings: LazySettings) -> Iterator[RedisProcess]:
    """A server of this test's own, carrying the channel layer as in production."""
    with tempfile.TemporaryDirectory(prefix="embermap-redis-") as folder:
        server = RedisProcess(Path(folder))
        server.start()
        settings.CHANNEL_LAYERS = {
            "default": {
                "BACKEND": "channels_redis.core.RedisChannelLayer",
                "CONFIG": {"hosts": [{"address": server.url, "socket_timeout": None}]},
            }
        }
        yield server
        server.kill()


async def test_an_idle_socket_lives_on(server, live, open_socket):
    browser = await open_socket()
    await browser.acknowledged()
    assert await browser.receive_nothing(timeout=IDLE_S)
    version = await next_minute(live)
    update = await browser.acknowledged()
    assert (update.header.kind, update.header.sequence) == (UPDATE, version)
    assert browser.statuses == []


async def test_sockets_survive_five_seconds_without_a_server(server, live, open_socket):
    browser = await open_socket()
    await browser.acknowledged()
    server.kill()
    assert await browser.status() == "reconnecting"
    missed = await next_minute(live)  # published all the same; nobody can be told
    await asyncio.sleep(AWAY_S)
    server.start()
    assert await browser.status() == "live"
    assert await browser.shows(missed)
    version = await next_minute(live)
    update = await browser.acknowledged()
    assert (update.header.kind, update.header.sequence) == (UPDATE, version)
