"""``./embermap test``: JavaScript, PostgreSQL and SQLite; beside them whole sites, with a browser.

Tests of whole sites mostly wait, so they run beside the others and are told last. With arguments
only pytest runs, with those arguments. Under CI=true a tool that is missing is a failure;
elsewhere its part is left out, and the last lines say so.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.browser import find_chromium, install_chromium

ROOT = Path(__file__).resolve().parent.parent
OLDEST_NODE = 20
WHOLE_SITES = ("tests/faults", "tests/e2e")
ON_POSTGRESQL = (
    "tests/accounts",
    "tests/accuracy/test_hours_are_scored_once.py",
    "tests/accuracy/test_pages_show_the_board.py",
    "tests/accuracy/test_zones_are_tried.py",
    "tests/alerts",
    "tests/heatmaps",
    "tests/journal",
    "tests/markets",
    "tests/watchlists",
    "tests/heatmap_site/test_health.py",
)
OURS = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "PUBLIC_URL",
    "FX_",
    "EMBERMAP_",
    "VAPID_",
    "EMAIL_",
)
KNOBS = {  # how much of something the tests do; not the operator's
    "EMBERMAP_CALIBRATION_SEEDS",
    "EMBERMAP_FAULT_SEEDS",
    "EMBERMAP_HOSTILE_INPUTS",
    "EMBERMAP_KILL_SEEDS",
    "EMBERMAP_WRITING_S",
}

PASSED, FAILED = "passed", "FAILED"


def is_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def main(arguments: list[str]) -> int:
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="embermap-test-") as scratch:
        environment = clean_environment(Path(scratch))
        if arguments:
            return pytest(arguments, environment)
        outcomes = {"browser": browser()}
        with whole_sites(environment | {"EMBERMAP_DATA": f"{scratch}/sites"}) as sites:
            outcomes["JavaScript"] = javascript()
            outcomes["PostgreSQL"] = on_postgresql(environment)
            heading("everything else, on SQLite")
            others = [f"--ignore={folder}" for folder in WHOLE_SITES]
            outcomes["SQLite"] = verdict(pytest(others, environment))
            heading("whole sites, with a browser")
            outcomes["whole sites"] = verdict(sites.wait())
    for part, outcome in outcomes.items():
        print(f"{part}: {outcome}")
    print(f"all parts took {time.monotonic() - began_s:.0f} s")
    return 1 if FAILED in " ".join(outcomes.values()) else 0


def clean_environment(scratch: Path) -> dict[str, str]:
    """This environment without the operator's settings, with a data folder of its own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KNOBS or not name.startswith(OURS)
    }
    return kept | {"EMBERMAP_DATA": str(scratch / "data"), "PYTHONUNBUFFERED": "1"}


def pytest(arguments: list[str], environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


@contextmanager
def whole_sites(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Their tests, under way; what they said is printed at the end."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *WHOLE_SITES]
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        try:
            yield running
        finally:
            running.terminate()
            running.wait()
            said.seek(0)
            print(said.read().decode(errors="replace"), flush=True)


def verdict(status: int) -> str:
    return FAILED if status else PASSED


def missing(reason: str) -> str:
    """The outcome of a part whose tool is not there."""
    return f"{FAILED}: {reason}" if is_ci() else f"left out: {reason}"


def browser() -> str:
    return find_chromium() or install_chromium() or missing("Chromium is not installed")


def javascript() -> str:
    heading("JavaScript")
    tests = sorted(map(str, (ROOT / "tests" / "js").glob("*.test.js")))
    if node_version() < OLDEST_NODE:
        return missing(f"Node.js {OLDEST_NODE} or newer is not installed")
    if not tests:
        return missing("there are no tests in tests/js")
    return verdict(subprocess.run(["node", "--test", *tests], cwd=ROOT, check=False).returncode)


def node_version() -> int:
    """Node's major version; 0 when there is none that runs."""
    if not shutil.which("node"):
        return 0
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    major = told.stdout.lstrip("v").partition(".")[0]
    return int(major) if major.isdecimal() else 0


def on_postgresql(environment: dict[str, str]) -> str:
    heading("what touches the database, on PostgreSQL")
    binaries = postgres.find_binaries()
    if binaries is None:
        return missing("PostgreSQL is not installed")
    with postgres.server(binaries) as url:
        wished = ["--database-only", *ON_POSTGRESQL]
        return verdict(pytest(wished, environment | {"DATABASE_URL": url}))


def heading(text: str) -> None:
    print(f"\n--- {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
