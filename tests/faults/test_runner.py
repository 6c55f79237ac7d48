"""The runner under every kind of death: nothing is left behind, and what should live comes back."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from heatmap_site.environment import ROOT
from tests.running_site import ROLES, RunningSite, start, still_alive
from tests.suite import clean_environment
from tests.waiting import wait_until

LINUX_ONLY = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux ends children with their parent"
)


def wait_for_all(site: RunningSite) -> None:
    """Until every child is there, and the worker has its pool."""
    for role in ROLES:
        wait_for_family(site, role)


def wait_for_family(site: RunningSite, role: str) -> list[psutil.Process]:
    """A child and its own children, once those that it is known to have are there."""
    child = site.wait_for_child(role)
    if role == "worker":
        wait_until(child.children, "the worker's pool")
    return [child, *child.children(recursive=True)]


def wait_until_gone(processes: list[psutil.Process]) -> None:
    wait_until(lambda: not still_alive(processes), f"the end of {processes}")


@pytest.mark.parametrize("role", ROLES)
def test_a_killed_child_comes_back_and_its_own_children_do_not_stay(
    site: RunningSite, role: str
) -> None:
    family = wait_for_family(site, role)
    family[0].kill()
    wait_until_gone(family)
    site.wait_for_child(role, other_than=family[0].pid)
    wait_until(lambda: site.status("/healthz") == 200, "the web server to answer")
    assert site.runner.poll() is None


def test_a_second_site_on_the_same_data_is_refused_and_the_first_goes_on(
    site: RunningSite,
) -> None:
    second = start(site.folder, "simulated", {}, log="second")
    assert second.runner.wait(timeout=60) == 2
    assert "already running" in second.log
    assert second.log.count("\n") == 1
    assert site.status("/healthz") == 200


def test_a_taken_port_is_refused_with_a_sentence(site: RunningSite, tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "up", "--feed", "simulated", "--port", str(site.port)],
        cwd=ROOT,
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {site.port}" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_everything_and_is_a_success(
    with_signal: signal.Signals, run_site: Callable[..., RunningSite]
) -> None:
    site = run_site()
    wait_for_all(site)
    processes = site.processes()
    assert site.stop(with_signal) == 0
    wait_until_gone(processes)
    assert os.listdir(site.data / "run") == ["lock"]
    assert "is killed" not in site.log


@LINUX_ONLY
def test_a_killed_runner_leaves_no_process_and_the_next_one_starts_clean(
    run_site: Callable[..., RunningSite], tmp_path: Path
) -> None:
    folder = tmp_path / "a data folder"
    folder.mkdir()
    site = run_site(folder=folder)
    wait_for_all(site)
    processes = site.processes()
    assert site.stop(signal.SIGKILL) == -signal.SIGKILL
    wait_until_gone(processes)
    again = run_site(folder=folder)
    wait_for_all(again)
    assert again.stop() == 0
