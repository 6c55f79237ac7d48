"""What every test may ask for: a Redis-compatible server, a browser, recordings, a running site."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from hypothesis import settings as hypothesis_settings

from apps.accounts.models import User
from apps.markets.currency import remember_rates
from heatmap_site.environment import ROOT
from heatmap_site.supervisor import redis_server
from tests.browser import find_chromium
from tests.redis_process import RedisProcess
from tests.running_site import RunningSite, running_site
from tests.suite import is_ci

# No example is too slow; and CI judges a change by the same examples every time.
hypothesis_settings.register_profile("ours", deadline=None, derandomize=is_ci())
hypothesis_settings.load_profile("ours")

PASSWORD = "four-candid-otters"
RECORDINGS = ROOT.parent / "shared" / "data" / "recordings"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only what touches the database")


def pytest_configure(config: pytest.Config) -> None:
    """Pages need no ``collectstatic`` here, and no connection outlives its test."""
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    settings.PASSWORD_HASHERS = ["tests.quick_hasher.QuickArgon2PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The slow ones last; the browser's very last, for it keeps an event loop in this thread."""
    if config.getoption("database_only"):
        items[:] = [item for item in items if touches_database(item)]
    items.sort(key=lambda item: [folder in item.path.parts for folder in ("e2e", "faults")])


def touches_database(item: pytest.Item) -> bool:
    asks = not {"db", "transactional_db"}.isdisjoint(item.fixturenames)
    return asks or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """No test sees what another one cached."""
    yield
    caches["shelf"].clear()


@pytest.fixture
def user(db: None) -> User:
    """Alice, who owns what the test makes."""
    return User.objects.create_user("alice", "alice@example.org", PASSWORD)


@pytest.fixture
def other_user(db: None) -> User:
    """Charlie, who must never see what is Alice's."""
    return User.objects.create_user("charlie", "charlie@example.org", PASSWORD)


@pytest.fixture
def signed_in(user: User) -> Client:
    """Alice's browser."""
    browser = Client()
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture(autouse=True)
def fixed_rates() -> Iterator[None]:
    """The dollar is worth what the settings say, whatever another test stored."""
    remember_rates({}, for_s=3600.0)
    yield
    remember_rates({}, for_s=3600.0)


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[Path]:
    """The socket of a real Redis-compatible server that lives as long as the tests."""
    with tempfile.TemporaryDirectory(prefix="embermap-redis-") as folder:
        server = RedisProcess(Path(folder))
        server.start()
        yield server.socket
        server.kill()


@pytest.fixture
def redis_url(redis_socket: Path) -> str:
    """The address of that server, emptied for this test."""
    url = redis_server.url(redis_socket)
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A real browser; without one the test is skipped, and under CI it fails."""
    path = find_chromium()
    if path is None:
        reason = "Chromium is not installed; `./embermap test` installs it where it can"
        (pytest.fail if is_ci() else pytest.skip)(reason)
    return path


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded markets that lies beside the project, if it does."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"there are no recordings in {os.path.relpath(RECORDINGS, ROOT)}")
    return RECORDINGS


@pytest.fixture
def run_site() -> Iterator[Callable[..., RunningSite]]:
    """Start sites with ``manage.py up``; the test's end stops them all."""
    with ExitStack() as sites:
        yield lambda **wishes: sites.enter_context(running_site(**wishes))


@pytest.fixture(scope="session")
def live_site() -> Iterator[str]:
    """The URL of one whole site with a simulated market, shared by the tests that only look.

    It may call this machine's own push service.
    """
    with running_site(settings={"EMBERMAP_ALLOW_LOOPBACK": "yes"}) as site:
        site.wait_for_picture()
        yield site.url
