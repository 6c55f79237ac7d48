"""Stretches and instants of time as people type them."""

import pytest

from apps.markets.durations import parse_duration, parse_instant


@pytest.mark.parametrize(
    ("text", "ms"), [("1m", 60_000), ("30m", 1_800_000), ("4h", 14_400_000), (" 7d ", 604_800_000)]
)
def test_a_stretch_of_time_is_a_number_and_a_unit(text, ms):
    assert parse_duration(text) == ms


@pytest.mark.parametrize("text", ["", "0m", "m", "30", "30 m", "-1h", "1w", "1.5h", "99999d", "٣h"])
def test_anything_else_is_no_stretch_of_time(text):
    with pytest.raises(ValueError, match="is not a stretch of time"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-04-01", 1_775_001_600_000),
        ("2026-04-01T12:00", 1_775_044_800_000),
        ("2026-04-01T12:00Z", 1_775_044_800_000),
        ("2026-04-01T20:00+08:00", 1_775_044_800_000),
    ],
)
def test_an_instant_is_utc_unless_it_says_otherwise(text, ms):
    assert parse_instant(text) == ms


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "1775001600000"])
def test_anything_else_is_no_instant(text):
    with pytest.raises(ValueError, match="is not a date and time"):
        parse_instant(text)
