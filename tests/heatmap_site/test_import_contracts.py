"""Imports only point down; the contracts are in ``.importlinter``."""

import subprocess
import sys

from heatmap_site.environment import ROOT

LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"


def test_every_import_points_down() -> None:
    told = subprocess.run(
        [sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
