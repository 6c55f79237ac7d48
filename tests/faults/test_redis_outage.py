"""Redis away for five seconds: no page fails, and the map moves on by itself afterwards."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.redis_process import RedisProcess
from tests.running_site import RunningSite
from tests.waiting import wait_until

OUTAGE_S = 5


def newest_version(site: RunningSite) -> int:
    """The version of the newest published picture of any market."""
    with closing(sqlite3.connect(site.data / "embermap.sqlite3", timeout=30)) as database:
        return database.execute("SELECT max(version) FROM heatmaps_snapshot").fetchone()[0] or 0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisProcess]:
    """A server that no supervisor starts again."""
    server = RedisProcess(tmp_path)
    server.start()
    yield server
    server.kill()


def test_pages_go_on_without_redis_and_the_map_moves_again_with_it(
    run_site: Callable[..., RunningSite], server: RedisProcess
) -> None:
    site = run_site(settings={"REDIS_URL": server.url})
    site.wait_for_picture()
    server.kill()
    back_at = time.monotonic() + OUTAGE_S
    statuses = {site.status("/")}
    while time.monotonic() < back_at:
        statuses.add(site.status("/"))
    assert statuses == {200}
    assert site.status("/readyz") == 503
    before = newest_version(site)
    server.start()
    wait_until(lambda: newest_version(site) > before, "a newer picture")
    wait_until(lambda: site.status("/readyz") == 200, "the site to be ready again")
