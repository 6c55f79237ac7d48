"""A public site passes Django's own examination, and its cookies travel over https only."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from heatmap_site.environment import ROOT
from heatmap_site.mail import mailers
from tests.suite import clean_environment

TOLD = """
import json, django
django.setup()
from django.conf import settings
names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
         "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "DEBUG",
         "ACCOUNT_EMAIL_VERIFICATION", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


@pytest.fixture
def public(tmp_path: Path) -> dict[str, str]:
    """The environment of a site behind https with a mail server."""
    return clean_environment(tmp_path) | {
        "DJANGO_SETTINGS_MODULE": "heatmap_site.settings",
        "PUBLIC_URL": "https://map.example.org",
        "EMAIL_URL": "smtp+tls://user:p%40ss@mail.example.org",
    }


def test_the_deployment_check_finds_nothing(public: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=ROOT, env=public, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_cookies_of_a_public_site_are_its_own(public: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD], cwd=ROOT, env=public, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
        "DEBUG": False,
        "ACCOUNT_EMAIL_VERIFICATION": "mandatory",
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
    }


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtp+tls://mail.example.org", 587, True, False),
        ("smtps://mail.example.org:4650", 4650, False, True),
    ],
)
def test_a_mail_address_says_how_to_connect(
    url: str, port: int, tls: bool, ssl: bool, tmp_path: Path
) -> None:
    options = mailers(url, tmp_path)["default"]["OPTIONS"]
    assert (options["port"], options["use_tls"], options["use_ssl"]) == (port, tls, ssl)
    assert options["host"] == "mail.example.org"


def test_a_password_may_hold_any_character(tmp_path: Path) -> None:
    options = mailers("smtp://me%40x:p%3Aa%2Fb@host", tmp_path)["default"]["OPTIONS"]
    assert (options["username"], options["password"]) == ("me@x", "p:a/b")


def test_without_a_server_mail_is_kept_in_files(tmp_path: Path) -> None:
    assert mailers("", tmp_path)["default"]["OPTIONS"] == {"file_path": tmp_path}
