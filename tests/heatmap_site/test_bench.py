"""``manage.py bench`` prints what was measured, as JSON or as a table."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from heatmap_site.management.commands import bench

CASES = {
    "cases": [
        {
            "name": "rebuild",
            "seconds": 0.25,
            "yardstick": "plain loops",
            "yardstick_seconds": 2.5,
            "ratio": 0.1,
        },
        {
            "name": "full",
            "bytes": 41_000,
            "yardstick": "gzipped JSON",
            "yardstick_bytes": 82_000,
        },
        {
            "name": "rank",
            "value": 0.88,
            "goal": 0.8,
            "yardstick": "a guess",
            "yardstick_value": 0.44,
        },
    ]
}


def run(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(bench.BENCHMARKS, "engine", lambda **_: CASES)
    told = StringIO()
    call_command("bench", *arguments, stdout=told)
    return told.getvalue()


def test_json_is_passed_on_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(run("engine", "--json", monkeypatch=monkeypatch)) == CASES


def test_a_table_has_a_line_per_case_and_its_yardstick(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = run("engine", monkeypatch=monkeypatch).splitlines()
    assert lines[0].split() == [*bench.COLUMNS]
    assert lines[1].split() == ["rebuild", "0.25", "2.5", "0.1"]
    assert lines[2].strip() == "against plain loops"
    assert lines[3].split() == ["full", "41000", "82000"]
    assert lines[5].split() == ["rank", "0.88", "0.44", "0.8"]


def test_an_unknown_benchmark_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'pixels'"):
        run("pixels", monkeypatch=monkeypatch)
