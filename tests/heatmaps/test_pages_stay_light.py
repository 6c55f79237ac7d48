"""What a browser has to fetch: every module is there under its name, and comments stay at home."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from apps.heatmaps.slim_static import slim
from apps.heatmaps.templatetags.modules import module_paths

STATIC = Path(settings.STATICFILES_DIRS[0])
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
IMPORTED = re.compile(r"(?:from |import\()'(#[^']+)'")


def test_every_import_has_a_name_in_the_map() -> None:
    names = module_paths()
    for script in SCRIPTS:
        missing = [name for name in IMPORTED.findall(script.read_text()) if name not in names]
        assert missing == [], script.name


def test_slimming_drops_whole_comments_and_nothing_else() -> None:
    source = "/** What\n * it does. */\nconst a = '/* kept */'; // kept\n\n  // gone\n  let b;\n"
    assert slim(source) == "const a = '/* kept */'; // kept\nlet b;\n"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_no_string_goes_over_several_lines(script: Path) -> None:
    ticks = [line for line in script.read_text().splitlines() if line.count("`") % 2]
    assert ticks == []


def test_slim_scripts_are_still_scripts(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    for number, script in enumerate(SCRIPTS):
        copy = tmp_path / f"{number}.mjs"
        copy.write_text(slim(script.read_text()))
    check = """
      const {SourceTextModule} = require('vm'), {readFileSync} = require('fs');
      for (const file of process.argv.slice(1)) new SourceTextModule(readFileSync(file, 'utf8'));
    """
    outcome = subprocess.run(
        [node, "--experimental-vm-modules", "-e", check, *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr


def test_colours_live_in_one_file() -> None:
    for sheet in (STATIC / "css").glob("*.css"):
        if sheet.name != "tokens.css":
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text()) == [], sheet.name
