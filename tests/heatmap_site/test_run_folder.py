"""One site per data folder, and nothing left over from the last one."""

import os
from pathlib import Path

import pytest

from heatmap_site.supervisor import run_folder
from heatmap_site.supervisor.run_folder import Refused, held, socket_folder


def test_a_second_site_on_the_same_data_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with (
        held(tmp_path),
        pytest.raises(Refused, match=rf"already running on {tmp_path} \(process {os.getpid()}\)"),
        held(tmp_path),
    ):
        pytest.fail("the lock was given twice")


def test_the_refusal_leaves_the_first_sites_files_alone(tmp_path: Path) -> None:
    with held(tmp_path) as folder:
        (folder / "redis.sock").touch()
        with pytest.raises(Refused), held(tmp_path):
            pass
        assert (folder / "redis.sock").exists()


def test_what_a_killed_site_left_is_swept_at_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "run" / "old").mkdir(parents=True)
    (tmp_path / "run" / "old" / "dump").touch()
    (tmp_path / "run" / "beat.db").touch()
    with held(tmp_path) as folder:
        assert os.listdir(folder) == ["lock"]


def test_the_end_leaves_only_an_open_lock(tmp_path: Path) -> None:
    with held(tmp_path) as folder:
        (folder / "redis.sock").touch()
    assert os.listdir(folder) == ["lock"]
    with held(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(Refused, match=r"cannot be used: Not a directory\."),
        held(tmp_path / "file"),
    ):
        pass


def test_sockets_lie_in_the_run_folder_when_its_path_will_do() -> None:
    short = Path("/tmp/a/run")
    with socket_folder(short) as folder:
        assert folder == short


@pytest.mark.parametrize("name", ["long" * 30, "with space", "mit-Umlaut-ä", "50%"])
def test_a_path_no_socket_can_have_gets_a_short_private_folder(tmp_path: Path, name: str) -> None:
    with socket_folder(tmp_path / name) as folder:
        assert run_folder.fits_socket(folder)
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_a_short_folder_that_others_can_open_is_refused(tmp_path: Path) -> None:
    with socket_folder(tmp_path / "with space") as folder:
        pass
    folder.mkdir()
    folder.chmod(0o755)
    try:
        with (
            pytest.raises(Refused, match="is not a private folder"),
            socket_folder(tmp_path / "with space"),
        ):
            pass
    finally:
        folder.rmdir()
