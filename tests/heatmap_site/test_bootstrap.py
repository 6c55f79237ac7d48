"""``./embermap`` finds Python, fills .venv once, and mends a half-made one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from heatmap_site.environment import ROOT

MANAGE = "import os, sys; print(os.getcwd(), os.environ.get('EMBERMAP_DATA'), sys.argv[1:])"
TOOLS = ("sh", "cat", "cksum", "dirname", "readlink", "mkdir", "rm", "env")


def build_house(root: Path) -> Path:
    """A project with nothing in it but the bootstrap; its requirements are empty."""
    (root / "heatmap_site/supervisor").mkdir(parents=True)
    (root / "apps").mkdir()
    shutil.copy(ROOT / "embermap", root)
    shutil.copy(ROOT / "heatmap_site/supervisor/options.py", root / "heatmap_site/supervisor")
    (root / "requirements.txt").touch()
    (root / "manage.py").write_text(MANAGE)
    return root


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Such a project in a folder with a space."""
    return build_house(tmp_path / "my house")


@pytest.fixture(scope="module")
def finished_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A .venv that the bootstrap made, once for all tests; it works in any house."""
    root = build_house(tmp_path_factory.mktemp("finished") / "house")
    assert embermap(root, "manage").returncode == 0
    return root / ".venv"


@pytest.fixture
def installed(house: Path, finished_venv: Path) -> Path:
    """A house in which everything is installed."""
    shutil.copytree(finished_venv, house / ".venv", symlinks=True)
    return house


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with the shell's tools and no Python at all."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name) or "")
    return folder


def embermap(
    house: Path, *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run it with this Python as the only candidate, unless ``environment`` says otherwise."""
    base = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "PYTHON": sys.executable}
    return subprocess.run(
        [house / "embermap", *arguments],
        cwd=cwd,
        env=base | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def fake_python(folder: Path, name: str, source: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{source}\n")
    (folder / name).chmod(0o755)


def test_a_fresh_clone_is_installed_and_started_from_any_folder(
    house: Path, tmp_path: Path
) -> None:
    told = embermap(house, "run", "--data", "maps", "--port", "8001", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "installing what is missing" in told.stderr
    passed_on = ["up", "--data", "maps", "--port", "8001"]
    assert told.stdout == f"{tmp_path} {tmp_path}/maps {passed_on}\n"


def test_what_is_installed_is_not_installed_again(installed: Path, tmp_path: Path) -> None:
    told = embermap(installed, "manage", "check", "a b", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == f"{tmp_path} None ['check', 'a b']\n"


def test_new_requirements_are_added_to_what_is_there(installed: Path) -> None:
    mark = installed / ".venv" / "from before"
    mark.touch()
    (installed / "requirements.txt").write_text("# changed\n")
    assert "installing" in embermap(installed, "manage").stderr
    assert mark.exists()
    assert embermap(installed, "manage").stderr == ""


def test_a_half_made_venv_is_made_again(installed: Path) -> None:
    mark = installed / ".venv" / "from before"
    mark.touch()
    (installed / ".venv" / ".installing").write_text("999999999\n")
    assert "installing" in embermap(installed, "manage").stderr
    assert not mark.exists()
    assert embermap(installed, "manage").stderr == ""


def test_a_failed_installation_is_an_error_and_starts_nothing(installed: Path) -> None:
    (installed / "requirements.txt").write_text("nonsense-without-a-hash\n")
    told = embermap(installed, "manage")
    assert told.returncode != 0
    assert told.stdout == ""
    assert (installed / ".venv" / ".installing").exists()


def test_another_installation_under_way_is_not_disturbed(house: Path) -> None:
    waiting = [sys.executable, "-c", "input()", "embermap"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE) as other:
        (house / ".venv").mkdir()
        (house / ".venv" / ".installing").write_text(f"{other.pid}\n")
        told = embermap(house, "manage")
        assert told.returncode == 1
        assert told.stderr.startswith(f"embermap: process {other.pid} is already installing")
        other.communicate(b"\n")


def test_a_process_that_only_has_the_number_of_one_does_not_count(installed: Path) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as other:
        (installed / ".venv" / ".installing").write_text(f"{other.pid}\n")
        assert embermap(installed, "manage").returncode == 0
        other.communicate()


def test_without_a_fitting_python_one_sentence_says_what_to_do(house: Path, tools: Path) -> None:
    fake_python(tools, "python3", "exit 1")
    fake_python(tools, "python3.13", "exit 127")
    told = embermap(house, "manage", PATH=str(tools), PYTHON="")
    assert told.returncode == 1
    assert told.stderr.splitlines()[-1].startswith("embermap: Python 3.12 or newer")


def test_a_shim_that_answers_nothing_is_passed_over(house: Path, tools: Path) -> None:
    fake_python(tools, "python3.14", "exit 127")
    fake_python(tools, "python3.12", f'exec "{sys.executable}" "$@"')
    told = embermap(house, "run", "--port", "0", PATH=str(tools), PYTHON="")
    assert told.returncode == 2
    assert "must be a whole number from 1 to 65535" in told.stderr


@pytest.mark.parametrize("arguments", [["start"], ["run", "--port", "x"], ["run", "--loud"]])
def test_nonsense_is_refused_before_anything_is_installed(
    house: Path, arguments: list[str]
) -> None:
    told = embermap(house, *arguments)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.count("\n") == 1
    assert not (house / ".venv").exists()


@pytest.mark.parametrize("arguments", [[], ["--help"], ["run", "--help"]])
def test_help_is_at_hand(house: Path, arguments: list[str]) -> None:
    told = embermap(house, *arguments)
    assert told.returncode == 0
    assert told.stdout.startswith("Usage:")


def test_it_may_be_called_through_a_link(house: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(house / "embermap")
    told = subprocess.run(
        [tmp_path / "link", "run", "--port", "x"],
        env={"PATH": os.environ["PATH"], "PYTHON": sys.executable, "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "argument --port" in told.stderr
