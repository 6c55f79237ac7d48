"""Finds Chromium for the browser tests, and installs it where that is possible."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ELSEWHERE = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)


def find_chromium() -> str | None:
    """The browser named by CHROMIUM, or the first one found."""
    if named := os.environ.get("CHROMIUM"):
        return named
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    return on_path or next((str(path) for path in ELSEWHERE if path.exists()), None)


def install_chromium() -> str | None:
    """Install Debian's Chromium with apt if this user may; the browser, or None."""
    if not shutil.which("apt-get"):
        return None
    prefix = privileged()
    if prefix is None:
        return None
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    packages = ("install", "-y", "--no-install-recommends", "chromium", "fonts-liberation")
    for step in (("update",), packages):
        subprocess.run(
            [*prefix, "apt-get", "-qq", *step],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
            check=False,
        )
    return find_chromium()


def privileged() -> tuple[str, ...] | None:
    """What to put before a command that needs root; None when we cannot be root."""
    if os.geteuid() == 0:
        return ()
    if not (os.environ.get("CI") and shutil.which("sudo")):
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ("sudo", "-n") if allowed.returncode == 0 else None
