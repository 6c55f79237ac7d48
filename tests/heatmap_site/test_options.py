"""The options of ``run`` refuse nonsense before anything is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from heatmap_site.supervisor import options


def checked(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What the bootstrap does first, with a Python that has nothing installed."""
    return subprocess.run(
        [sys.executable, "-I", options.__file__, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--port", "http"], "argument --port: must be a whole number from 1 to 65535"),
        (["--port", "0"], "argument --port: must be a whole number from 1 to 65535"),
        (["--port", "65536"], "argument --port: must be a whole number from 1 to 65535"),
        (["--port"], "argument --port: expected one argument"),
        (["--speed", "0"], "argument --speed: must be a number from 0.1 to 3600"),
        (["--speed", "inf"], "argument --speed: must be a number from 0.1 to 3600"),
        (
            ["--feed", "bitcoin"],
            "argument --feed: must be auto, live, fake, simulated or replay:DIR",
        ),
        (
            ["--feed", "replay:"],
            "argument --feed: must be auto, live, fake, simulated or replay:DIR",
        ),
        (["--feed", "replay:nowhere"], "argument --feed: there is no recording folder"),
        (["--data", "a-file/below"], "is a file, not a folder"),
        (["--loud"], "unrecognized arguments: --loud"),
        (["--po", "8000"], "unrecognized arguments: --po 8000"),
        (["run"], "unrecognized arguments: run"),
    ],
)
def test_nonsense_is_refused_with_one_sentence_and_status_2(
    arguments: list[str], reason: str, tmp_path: Path
) -> None:
    (tmp_path / "a-file").touch()
    told = checked(*arguments, folder=tmp_path)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith("embermap run: ")
    assert told.stderr.endswith(".\n")
    assert told.stderr.count("\n") == 1
    assert reason in told.stderr


def test_a_data_folder_is_made_absolute_from_where_the_user_stands(tmp_path: Path) -> None:
    told = checked("--data", "my maps/now", "--port", "8001", folder=tmp_path)
    assert (told.returncode, told.stdout) == (0, f"{tmp_path.resolve()}/my maps/now\n")


def test_without_a_data_folder_nothing_is_printed() -> None:
    told = checked("--feed", "simulated?seed=7", "--speed", "60", "--host", "::1")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_a_recording_is_made_absolute_and_keeps_its_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "june").mkdir()
    monkeypatch.chdir(tmp_path)
    assert options.feed("replay:june?loop") == f"replay:{tmp_path.resolve()}/june?loop"
