"""``doctor`` tells what is missing, one line each, and says so with its exit status."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from pytest_django import Settings

from apps.exchanges.records import BadFeed
from apps.pwa import vapid
from heatmap_site import doctor, health
from heatmap_site.doctor import Finding
from heatmap_site.supervisor import redis_server
from heatmap_site.supervisor.run_folder import Refused


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in order: a key, collected files, no server but the embedded one."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
    static, source = tmp_path / "static", tmp_path / "source"
    for place in (static, source):
        place.mkdir()
        (place / "map.js").touch()
    (static / "staticfiles.json").write_text('{"paths": {"map.js": "map.js"}}')
    key = tmp_path / "secret-key"
    key.write_text("k" * 50)
    key.chmod(0o600)
    tmp_path.chmod(0o755)
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, static
    settings.STATICFILES_DIRS, settings.REDIS_URL = [source], ""
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.FEED, settings.FEED_SPEED = "simulated", 1.0
    settings.PUBLIC_URL, settings.SECRET_KEY = "", "k" * 50
    return tmp_path


def told(*arguments: str) -> str:
    said = StringIO()
    call_command("doctor", *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_a_site_in_order_passes_every_check(folder: Path) -> None:
    lines = told().splitlines()
    assert len(lines) == len(doctor.CHECKS)
    assert all(line.startswith("✓ ") for line in lines)


@pytest.mark.django_db
def test_without_a_terminal_there_are_no_colours(folder: Path) -> None:
    assert "\x1b" not in told()


@pytest.mark.django_db
def test_one_failure_is_one_cross_and_exit_status_one(folder: Path) -> None:
    (folder / "secret-key").chmod(0o644)
    said = StringIO()
    with pytest.raises(CommandError, match="1 check failed") as refusal:
        call_command("doctor", stdout=said)
    assert refusal.value.returncode == 1
    crosses = [line for line in said.getvalue().splitlines() if line.startswith("✗")]
    assert len(crosses) == 1
    assert "others may read" in crosses[0]


@pytest.mark.django_db
def test_programs_get_the_same_as_json(folder: Path) -> None:
    answer = json.loads(told("--json"))
    assert answer["ok"] is True
    assert list(answer["checks"]) == list(doctor.CHECKS)
    assert all(check["passed"] for check in answer["checks"].values())


@pytest.mark.django_db
def test_json_is_written_also_when_a_check_fails(folder: Path) -> None:
    said = StringIO()
    folder.chmod(0o777)
    with pytest.raises(CommandError):
        call_command("doctor", "--json", stdout=said)
    answer = json.loads(said.getvalue())
    assert answer["ok"] is False
    assert "chmod go-w" in answer["checks"]["data folder"]["message"]


def test_a_data_folder_that_is_gone_fails(folder: Path, settings: Settings) -> None:
    settings.DATA_DIR = folder / "gone"
    assert not doctor.data_folder().passed


def test_a_key_from_the_environment_needs_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "secret-key").unlink()
    monkeypatch.setenv("SECRET_KEY", "k" * 50)
    assert doctor.secret_key() == Finding(True, "from the environment")


def test_a_key_that_can_be_guessed_fails(folder: Path, settings: Settings) -> None:
    settings.SECRET_KEY = "change me"
    assert "can be guessed" in doctor.secret_key().message


def test_a_full_disk_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 10**18)
    assert not doctor.disk().passed


def test_a_database_that_is_away_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(health.connection, "cursor", away)
        assert doctor.database().message == "the database does not answer"


@pytest.mark.django_db
def test_a_database_that_was_not_migrated_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])
    found = doctor.database()
    assert not found.passed
    assert found.message.startswith("2 migrations are missing")


def test_a_redis_that_answers_passes(settings: Settings, redis_url: str) -> None:
    settings.REDIS_URL = redis_url
    assert doctor.redis_compatible().passed


def test_a_redis_that_is_away_fails(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock?db=0"
    assert not doctor.redis_compatible().passed


def test_without_any_redis_server_the_sentence_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise Refused("No Redis-compatible server was found: install valkey-server.")

    settings.REDIS_URL = ""
    monkeypatch.setattr(redis_server, "binary", none)
    assert "install valkey-server" in doctor.redis_compatible().message


def test_files_that_were_not_collected_fail(folder: Path) -> None:
    (folder / "static" / "staticfiles.json").unlink()
    assert "not collected yet" in doctor.static_files().message


@pytest.mark.parametrize("gone", ["static/map.js", "new"])
def test_a_file_missing_among_the_collected_is_named(folder: Path, gone: str) -> None:
    if gone == "new":
        (folder / "source" / "map.js").rename(folder / "source" / "new.js")
    else:
        (folder / gone).unlink()
    found = doctor.static_files()
    assert not found.passed
    assert ("new.js" if gone == "new" else "map.js") in found.message


def test_a_public_address_without_https_fails(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://map.example.org"
    assert not doctor.web_address().passed
    settings.PUBLIC_URL = "https://map.example.org"
    assert doctor.web_address().passed


@pytest.mark.django_db
def test_pushes_need_a_private_key_a_contact_and_no_way_inwards(
    folder: Path, settings: Settings
) -> None:
    assert doctor.pushes().passed
    assert not (folder / vapid.KEY_FILE).exists()
    vapid.current_key()
    assert vapid.NO_SUBJECT in doctor.pushes().message
    settings.PUBLIC_URL = "http://map.example.org"
    assert "VAPID_SUBJECT" in doctor.pushes().message
    settings.VAPID_SUBJECT = "mailto:me@example.org"
    assert doctor.pushes().passed
    settings.ALLOW_LOOPBACK = True
    assert not doctor.pushes().passed
    settings.ALLOW_LOOPBACK = False
    (folder / vapid.KEY_FILE).chmod(0o644)
    assert "chmod 600" in doctor.pushes().message


def test_a_feed_that_cannot_be_had_is_explained_venue_by_venue(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing_answers(text: str, *, speed: float) -> None:
        raise BadFeed("No venue answers.\nbinance: refused\nbybit: refused")

    monkeypatch.setattr(doctor, "parse_feed", nothing_answers)
    assert doctor.feed() == Finding(
        False, "No venue answers.", ("binance: refused", "bybit: refused")
    )


def test_a_recording_that_is_not_there_is_a_feed_that_fails(
    folder: Path, settings: Settings
) -> None:
    settings.FEED = f"replay:{folder}"
    assert "is not a recording" in doctor.feed().message


def test_a_check_that_goes_wrong_itself_is_a_failure_and_stops_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles() -> Finding:
        raise RuntimeError("a surprise")

    monkeypatch.setattr(doctor, "CHECKS", {"one": stumbles, "python": doctor.python})
    found = doctor.examine()
    assert found["one"] == Finding(False, "cannot be looked at (a surprise)")
    assert found["python"].passed
