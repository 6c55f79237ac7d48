"""Every variable an operator can set: read, refused with one sentence, and documented."""

import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from heatmap_site.environment import ROOT, VARIABLES, read
from heatmap_site.supervisor import options

NONSENSE = {
    "DATABASE_URL": "mysql://somewhere/else",
    "REDIS_URL": "http://127.0.0.1:6379",
    "PUBLIC_URL": "map.example.org",
    "EMBERMAP_DEBUG": "perhaps",
    "EMBERMAP_SPEED": "fast",
    "EMBERMAP_REFRESH_S": "0",
    "EMBERMAP_HISTORY_DAYS": "-1",
    "EMBERMAP_SIGNUP": "maybe",
    "EMBERMAP_PROXIES": "-1",
    "EMAIL_URL": "mail.example.org",
    "EMBERMAP_CALIBRATE": "sometimes",
    "EMBERMAP_CURRENCY": "XAU",
    "EMBERMAP_MARKETS": "2",
    "FX_USDSGD_FALLBACK": "nan",
    "VAPID_SUBJECT": "mailto:me@localhost",
    "EMBERMAP_ALLOW_LOOPBACK": "sometimes",
}
FREE_TEXT = {
    "SECRET_KEY",
    "EMBERMAP_HOSTS",
    "EMBERMAP_DATA",
    "EMAIL_FROM",
    "EMBERMAP_METRICS_TOKEN",
    "EMBERMAP_FEED",
    "VAPID_PRIVATE_KEY",
    "EMBERMAP_PUSH_HOSTS",
}


@pytest.mark.parametrize(("name", "value"), NONSENSE.items())
def test_nonsense_is_refused_with_one_sentence_that_names_the_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(name)
    sentence = str(refusal.value)
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert repr(value) in sentence
    assert "\n" not in sentence


def test_every_variable_either_refuses_nonsense_here_or_takes_any_text() -> None:
    assert set(VARIABLES) == set(NONSENSE) | FREE_TEXT


@pytest.mark.parametrize("name", VARIABLES)
def test_a_default_is_never_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name, raising=False)
    read(name)


def test_a_secret_may_lie_in_a_file(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert read("SECRET_KEY") == "from the file"


def test_a_secret_file_that_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", "/nowhere/key")
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY_FILE cannot be read: .*\.$"):
        read("SECRET_KEY")


def test_the_command_line_shows_the_sentence_and_no_traceback() -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=os.environ | {"EMBERMAP_SPEED": "fast"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1
    assert "EMBERMAP_SPEED must be a number from 0.1 to 3600, not 'fast'." in told.stderr


@pytest.mark.parametrize("speed", ["0.1", "3600", "0.09", "3601", "nan", "x"])
def test_the_speed_option_and_the_speed_variable_have_the_same_bounds(speed: str) -> None:
    def takes(parse) -> bool:
        try:
            parse(speed)
        except (ValueError, options.Nonsense):
            return False
        return True

    assert takes(options.speed) == takes(VARIABLES["EMBERMAP_SPEED"].parse)


def test_the_readme_table_lists_exactly_the_variables() -> None:
    readme = (ROOT / "README.md").read_text()
    listed = set(re.findall(r"^\| *`([A-Z_]+)`", readme, flags=re.MULTILINE))
    assert listed == set(VARIABLES)
