"""The table of features tells the truth: its addresses, commands and tests exist."""

import re
from functools import cache
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from heatmap_site.environment import ROOT

NOT_YET = "not yet"
HEADER = ["what the brief asks", "where it lives", "test that shows it"]


def rows() -> list[list[str]]:
    """The cells of every row of every table."""
    lines = (ROOT / "docs/features.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return [row for row in cells if row != HEADER and set("".join(row)) != {"-"}]


DONE = [row for row in rows() if row[1] != NOT_YET]


@cache
def source(path: str) -> str:
    """The text of a file of the project, empty where there is none."""
    file = ROOT / path
    return file.read_text() if file.is_file() else ""


def test_every_row_has_three_cells_and_quotes_the_brief() -> None:
    assert rows()
    assert [row for row in rows() if len(row) != 3 or '"' not in row[0]] == []


def test_what_is_not_done_names_no_test() -> None:
    assert [row for row in rows() if row[1] == NOT_YET and row[2]] == []


@pytest.mark.parametrize("row", DONE, ids=lambda row: row[0][:40])
def test_what_is_done_has_a_test_that_exists(row: list[str]) -> None:
    named = re.findall(r"`([^`]+)`", row[2])
    assert named
    for test in named:
        path, _, function = test.partition("::")
        assert re.search(rf"def {function}\(" if function else ".", source(path)), test


@pytest.mark.parametrize("row", DONE, ids=lambda row: row[0][:40])
def test_where_it_lives_is_there(row: list[str]) -> None:
    named = re.findall(r"`([^`]+)`", row[1])
    assert named
    assert [place for place in named if not is_there(place)] == []


def is_there(place: str) -> bool:
    """Whether an address resolves, or a command exists."""
    if place.startswith("/"):
        try:
            resolve(urlsplit(place.replace("<market>", "btc")).path)
        except Resolver404:
            return False
        return True
    command = re.match(r"(?:manage\.py|\./embermap manage) (\w+)", place)
    return bool(command) and command[1] in get_commands()
