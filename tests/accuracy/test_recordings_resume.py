"""The scoreboard over recordings: what score prints, block by block, killed or not."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.accuracy import recorded
from apps.accuracy.recorded import score_resumably
from apps.engine.parameters import Model, Parameters
from apps.exchanges.recording import read_recording
from apps.markets.backtest import score_recording
from heatmap_site.environment import ROOT
from tests.markets.recordings import write_recording

BARS = 2200
BLOCKS = 9  # of 256


class Killed(Exception):
    """The process is gone."""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of several blocks."""
    monkeypatch.setattr("apps.engine.book.BLOCK_BARS", 256)
    return write_recording(tmp_path / "small", bars=BARS)


def run(command: str, *arguments: object) -> str:
    output = StringIO()
    call_command(command, *map(str, arguments), stdout=output, stderr=StringIO())
    return output.getvalue()


def test_blocks_give_what_one_go_gives_to_the_last_bit(small, tmp_path):
    recording = read_recording(small)
    lines: list[str] = []
    scores = score_resumably(recording, tmp_path / "kept", report=lines.append)
    assert scores == score_recording(recording)
    assert len(lines) == 3 * BLOCKS


def test_a_killed_run_goes_on_behind_its_last_block(small, tmp_path):
    recording = read_recording(small)

    def die(line: str) -> None:
        if line.startswith("BTC brief: 768"):
            raise Killed

    with pytest.raises(Killed):
        score_resumably(recording, tmp_path / "kept", report=die)
    lines: list[str] = []
    scores = score_resumably(recording, tmp_path / "kept", report=lines.append)
    assert scores == score_recording(recording)
    assert lines[0] == f"BTC brief: 1024 of {BARS} bars"
    assert len(lines) == 2 * BLOCKS - 3


def test_a_half_written_file_is_made_again(small, tmp_path):
    recording = read_recording(small)
    expected = score_resumably(recording, tmp_path / "kept")
    for path in (tmp_path / "kept").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert score_resumably(recording, tmp_path / "kept") == expected


def test_other_settings_start_anew(small, tmp_path, monkeypatch):
    recording = read_recording(small)
    score_resumably(recording, tmp_path / "kept")
    known = recorded.recorded_parameters

    def other(base: str, model: Model) -> Parameters:
        return replace(known(base, model), turnover=0.5)

    monkeypatch.setattr(recorded, "recorded_parameters", other)
    lines: list[str] = []
    score_resumably(recording, tmp_path / "kept", report=lines.append)
    assert len(lines) == 3 * BLOCKS


def test_what_the_settings_were_chosen_on_is_refused(small, tmp_path, monkeypatch):
    monkeypatch.setattr("apps.accuracy.fitted.SHIPPED_UNTIL_MS", 1_790_000_000_000)
    with pytest.raises(CommandError, match="fit until 2026-03-01 or later"):
        run("scoreboard", small, "--keep-in", tmp_path / "kept")


@pytest.fixture(scope="module")
def summer(recordings: Path) -> str:
    """What score prints of the summer of 2024."""
    return run("score", recordings / "majors-2024-summer", "--json")


def test_the_spring_of_2026_scores_as_score_says(recordings, tmp_path):
    folder = recordings / "btc-2026-spring"
    printed = run("scoreboard", folder, "--json", "--keep-in", tmp_path / "kept")
    assert printed == run("score", folder, "--json")


def test_the_summer_of_2024_scores_as_score_says(recordings, tmp_path, summer):
    folder = recordings / "majors-2024-summer"
    assert run("scoreboard", folder, "--json", "--keep-in", tmp_path / "kept") == summer


def test_a_process_that_is_really_killed_is_resumed(recordings, tmp_path, summer):
    kept, folder = tmp_path / "kept", recordings / "majors-2024-summer"
    command = [sys.executable, str(ROOT / "manage.py"), "scoreboard", str(folder), "--json",
               "--keep-in", str(kept)]  # fmt: skip
    environment = os.environ | {"EMBERMAP_DATA": str(tmp_path / "data")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (kept.is_dir() and any(kept.glob("*.walk"))) and time.monotonic() < deadline:
            time.sleep(0.005)
        process.kill()
    assert any(kept.glob("*.walk"))
    assert run("scoreboard", folder, "--json", "--keep-in", kept) == summer
