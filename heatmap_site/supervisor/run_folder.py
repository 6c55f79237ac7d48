"""The folder of one running site: its lock, its sockets, its scratch files.

The lock is held by the kernel for as long as the runner lives, so a killed runner never leaves it
locked, and whoever gets it may throw away whatever the last one left behind.
"""

import fcntl
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_SOCKET_PATH = 100
LOCK = "lock"


class Refused(Exception):
    """The site cannot start here; the message is one sentence for the user."""


@contextmanager
def held(data_dir: Path) -> Iterator[Path]:
    """The swept run folder below ``data_dir``, ours alone until the block ends."""
    folder = data_dir / "run"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(folder / LOCK, "a+")  # noqa: SIM115  (closed below)
    except OSError as error:
        raise Refused(f"The folder {folder} cannot be used: {error.strerror}.") from None
    with lock:
        take(lock, data_dir)
        sweep(folder)
        yield folder
        sweep(folder)


def take(lock, data_dir: Path) -> None:
    """Lock the open file and write our process number into it, or refuse."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        raise Refused(
            f"Embermap is already running on {data_dir} (process {owner});"
            " stop it first, or choose another folder with --data."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()


def sweep(folder: Path) -> None:
    """Remove everything but the lock."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != LOCK:
            path.unlink(missing_ok=True)


@contextmanager
def socket_folder(folder: Path) -> Iterator[Path]:
    """Where sockets go: ``folder`` itself, or a private short one when its path will not do.

    A Unix socket's path has room for about 107 characters, and every client spells it as a URL.
    """
    if fits_socket(folder):
        yield folder
        return
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path("/tmp") / f"embermap-{os.getuid()}-{digest}"  # noqa: S108  (checked to be ours)
    short.mkdir(mode=0o700, exist_ok=True)
    details = short.lstat()
    if not stat.S_ISDIR(details.st_mode) or details.st_uid != os.getuid() or details.st_mode & 0o77:
        raise Refused(f"{short} is not a private folder of this user; remove it.")
    sweep(short)
    yield short
    shutil.rmtree(short, ignore_errors=True)


def fits_socket(folder: Path) -> bool:
    longest = str(folder / "redis.sock")
    plain = re.fullmatch(r"[A-Za-z0-9/._~-]+", longest)
    return plain is not None and len(os.fsencode(longest)) <= LONGEST_SOCKET_PATH
