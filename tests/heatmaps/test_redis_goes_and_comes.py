"""Sockets on a real Redis-compatible server: idle for long, and with the server killed."""

import asyncio
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from apps.engine.frame import UPDATE
from heatmap_site.supervisor import redis_server
from heatmap_site.supervisor.parent_death import follower_of
from tests.heatmaps.conftest import next_minute
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

IDLE_S = 7  # the server ends a blocking read after five
AWAY_S = 5


class Server:
    """A server that a test may kill and start again."""

    def __init__(self, folder: str) -> None:
        self.socket = Path(folder) / "redis.sock"
        self.url = redis_server.url(self.socket)
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            redis_server.process(redis_server.binary(), self.socket).command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            preexec_fn=follower_of(os.getpid()),
        )
        wait_until(self.socket.exists, "the Redis-compatible server")

    def kill(self) -> None:
        """As a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Server]:
    """A server of this test's own, carrying the channel layer as in production."""
    with tempfile.TemporaryDirectory(prefix="embermap-redis-") as folder:
        server = Server(folder)
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
