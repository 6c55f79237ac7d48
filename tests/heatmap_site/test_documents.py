"""What the documents name is there."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from heatmap_site.environment import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FOLDERS = ("apps/", "heatmap_site/", "static/", "templates/", "tests/", "docs/")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_a_document_names_exists(document: Path) -> None:
    text = document.read_text()
    named = {word for word in re.findall(r"`([^`\s]+)`", text) if word.startswith(FOLDERS)}
    linked = {
        link
        for link in re.findall(r"\]\(([^)#\s]+)\)", text)
        if not link.startswith(("http:", "https:"))
    }
    missing = [name for name in named if not (ROOT / name.partition("::")[0]).exists()]
    missing += [link for link in linked if not (document.parent / link).exists()]
    assert missing == []


def test_every_command_the_readme_names_exists() -> None:
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"(?:manage\.py|embermap manage) ([a-z_]+)", text))
    assert named
    assert named <= set(get_commands())


def test_every_module_of_the_engine_has_its_line_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    modules = {path.name for path in (ROOT / "apps/engine").glob("*.py")}
    unnamed = {m for m in modules if f"apps/engine/{m}" not in text}
    assert unnamed == {"__init__.py", "bench.py", "bench_wire.py"}
