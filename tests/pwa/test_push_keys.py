"""The server's push keys: made once, kept private, rotated without losing anybody."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from pytest_django import Settings

from apps.pwa import vapid
from tests.pwa.fake_push import from_base64url, vapid_trouble

ORIGIN = "https://web.push.apple.com"


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = vapid.current_key()
    assert vapid.current_key().public == first.public
    assert stat.S_IMODE((tmp_path / vapid.KEY_FILE).stat().st_mode) == 0o600
    assert len(from_base64url(first.public)) == 65


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        publics = set(pool.map(lambda _n: vapid.current_key().public, range(32)))
    assert len(publics) == 1
    assert [path.name for path in tmp_path.iterdir()] == [vapid.KEY_FILE]


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    vapid.current_key()
    (tmp_path / vapid.KEY_FILE).chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        vapid.current_key()


def test_the_command_puts_a_new_key_first_and_keeps_the_old_one() -> None:
    old = vapid.current_key()
    call_command("rotate_push_key")
    assert vapid.current_key().public != old.public
    assert vapid.key_of(old.id) == old or vapid.key_of(old.id).public == old.public


def test_keys_may_come_from_the_environment(settings: Settings, tmp_path: Path) -> None:
    new, old = vapid.new_scalar(), vapid.new_scalar()
    settings.VAPID_PRIVATE_KEY = f"{new},{old}"
    assert len({key.id for key in vapid.kept_keys()}) == 2
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ImproperlyConfigured):
        vapid.rotate()


@pytest.mark.parametrize("text", ["short", "A" * 43, "-" * 44 + "x"])
def test_what_is_no_key_is_refused_without_being_told_back(text: str, settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = text
    with pytest.raises(ImproperlyConfigured) as refusal:
        vapid.kept_keys()
    assert text not in str(refusal.value)


def test_a_signature_is_good_for_its_service_and_for_less_than_a_day() -> None:
    key = vapid.current_key()
    assert vapid_trouble(key.sign(ORIGIN), ORIGIN, key.public) == ""
    assert "aud" in vapid_trouble(key.sign("https://x.example"), ORIGIN, key.public)
    assert "exp" in vapid_trouble(key.sign(ORIGIN, now_s=1e9), ORIGIN, key.public)
    assert "Mismatch" in vapid_trouble(key.sign(ORIGIN), ORIGIN, "another")


def test_the_contact_is_the_one_set_else_the_public_address(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://map.example.org"
    assert vapid.subject() == "https://map.example.org"
    settings.VAPID_SUBJECT = "mailto:me@example.org"
    assert vapid.subject() == "mailto:me@example.org"


@pytest.mark.django_db  # some checks ask the database what it can do
def test_loopback_is_refused_before_a_public_start(settings: Settings) -> None:
    def complaints() -> set[str | None]:
        return {error.id for error in run_checks(include_deployment_checks=True)}

    settings.ALLOW_LOOPBACK = True
    assert "pwa.E001" in complaints()
    settings.ALLOW_LOOPBACK = False
    assert "pwa.E001" not in complaints()
