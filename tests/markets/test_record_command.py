"""``record`` and ``import_binance_vision``: recordings made at the command line."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.engine.view import View
from apps.exchanges.recording import Recording, read_recording
from apps.exchanges.records import BadRecording
from apps.markets.recorded_picture import picture_of_recording
from heatmap_site.environment import ROOT
from tests.waiting import wait_until

DAY_MS = 86_400_000


def run(command: str, *arguments: object) -> str:
    said = StringIO()
    call_command(command, *map(str, arguments), stdout=said)
    return said.getvalue()


def pictures(recording: Recording, base: str) -> list[dict[str, object]]:
    """What every model shows of the last day, all but the recording's name."""
    last_ms = max(
        int(recording.bars(info.slug)["end_ms"][-1])
        for info in recording.instruments
        if info.base == base
    )
    view = View(window_ms=DAY_MS, cadence_ms=1_800_000)
    told = [
        picture_of_recording(recording, base, view, at_ms=last_ms, model=model)
        for model in ("exact", "oi-only")
    ]
    return [{k: v for k, v in picture.items() if k != "recording"} for picture in told]


def test_a_recorded_simulation_and_the_recording_of_its_replay_give_the_same_pictures(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    said = run("record", first, "--feed", "simulated?seed=5&days=1", "--for", "30m")
    assert said.startswith(f"{9 * (1440 + 30)} bars and ")
    run("record", second, "--feed", f"replay:{first}", "--until-end")
    one, two = read_recording(first), read_recording(second)
    for info in one.instruments:
        assert list(one.bar_rows(info.slug)) == list(two.bar_rows(info.slug))
    assert pictures(one, "BTC") == pictures(two, "BTC")


def test_the_copy_of_a_real_recording_gives_the_same_pictures(
    recordings: Path, tmp_path: Path
) -> None:
    original = recordings / "june-2026-two-venues"
    run("record", tmp_path / "copy", "--feed", f"replay:{original}", "--until-end")
    copy = read_recording(tmp_path / "copy")
    assert pictures(copy, "BTC") == pictures(read_recording(original), "BTC")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--feed", "simulated", "--until-end"), "This feed has no end; say how long with --for."),
        (("--feed", "simulated", "--for", "soon"), "not a stretch of time"),
        (("--feed", "nonsense", "--for", "1h"), "There is no feed 'nonsense'"),
        (("--feed", "replay:/nowhere", "--until-end"), "is not a recording"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("record", tmp_path / "kept", *arguments)
    assert not (tmp_path / "kept").exists()


def test_a_recording_is_never_written_over(tmp_path: Path) -> None:
    arguments = (tmp_path / "kept", "--feed", "simulated?days=1", "--for", "1m")
    run("record", *arguments)
    with pytest.raises(CommandError, match="already holds a recording"):
        run("record", *arguments)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -9)]
)
def test_stopped_in_any_way_a_recording_can_be_read(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    """In real time, saving after every batch; the kill comes while it writes, or between."""
    folder = tmp_path / "kept"
    program = (
        "from apps.exchanges import recorder_run; recorder_run.SAVE_EVERY_S = 0;"
        "recorder_run.SAVING_SHARE = 1e9;"
        "from django.core.management import execute_from_command_line as run;"
        f"run(['manage.py', 'record', {str(folder)!r}, '--feed', 'simulated?days=1'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "heatmap_site.settings", "EMBERMAP_DATA": str(tmp_path)},
        stdout=subprocess.DEVNULL,
    )
    wait_until((folder / "recording.json").exists, "the first save")
    process.send_signal(number)
    assert process.wait(timeout=60) == status
    recording = read_recording(folder)
    assert all(len(list(recording.bar_rows(info.slug))) for info in recording.instruments)


def test_an_archive_becomes_a_recording(tmp_path: Path) -> None:
    folder = tmp_path / "klines" / "BTCUSDT" / "15m"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "BTCUSDT-15m-2026-03.zip", "w") as archive:
        archive.writestr("a.csv", "1772323200000,10,12,9,11,5,1772324099999,55,7,2,22,0\n")
    said = run("import_binance_vision", tmp_path, "--out", tmp_path / "kept")
    assert said.splitlines() == ["BTCUSDT: 1 candles", f"Written to {tmp_path / 'kept'}."]
    index = json.loads((tmp_path / "kept" / "recording.json").read_text())
    assert (index["format"], index["name"]) == (1, "kept")
    (row,) = read_recording(tmp_path / "kept").bar_rows("binance-btcusdt")
    assert (row.span_ms, row.close, row.taker_delta) == (900_000, 11.0, -1.0)


def test_an_archive_with_a_fault_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "BTCUSDT-1m-2026-03.zip").write_bytes(b"no zip")
    with pytest.raises(CommandError, match="is not a whole zip file") as refusal:
        run("import_binance_vision", tmp_path, "--out", tmp_path / "kept")
    assert refusal.value.returncode == 1
    with pytest.raises(BadRecording):
        read_recording(tmp_path / "kept")
