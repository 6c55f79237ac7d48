"""Reads on recorded markets resolve as a slow judge resolves them, holes included."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from apps.exchanges.recording import read_recording
from apps.journal.outcome import resolve
from tests.journal.generated import make_dead, make_terms, path_of, prints_of
from tests.journal.reference import Bar, judge

RECORDED = ("june-2026-two-venues", "btc-2026-spring", "majors-2024-summer")
STRETCH = 700


def recorded_bars(folder: Path) -> list[list[Bar]]:
    """Every venue's bars: the mark where the recording tells it, else what was traded."""
    venues, told = read_recording(folder).market_bars("BTC")
    return [_bars_of(told, venue) for venue in range(len(venues))]


def _bars_of(told: dict, venue: int) -> list[Bar]:
    names = ("low", "high", "close", "mark_low", "mark_high")
    low, high, close, mark_low, mark_high = (told[name][venue] for name in names)
    is_mark = np.isfinite(mark_low) & np.isfinite(mark_high)
    low, high = np.where(is_mark, mark_low, low), np.where(is_mark, mark_high, high)
    span_ms = int(np.median(np.diff(told["end_ms"][np.isfinite(close)])))
    return [
        Bar(int(end_ms) - span_ms, int(end_ms), float(low[i]), float(high[i]), float(close[i]),
            bool(is_mark[i]))
        for i, end_ms in enumerate(told["end_ms"])
        if np.isfinite(close[i])
    ]  # fmt: skip


@pytest.mark.parametrize("name", RECORDED)
def test_reads_on_a_recording_resolve_as_a_slow_judge_resolves_them(recordings, name):
    states = Counter()
    for number, bars in enumerate(recorded_bars(recordings / name)):
        for seed in range(170):
            rng = np.random.default_rng([number, seed])
            begin = int(rng.integers(0, max(len(bars) - STRETCH, 1)))
            stretch = bars[begin : begin + STRETCH]
            terms, dead = make_terms(rng, stretch), make_dead(rng, stretch)
            told = asdict(resolve(terms, path_of(stretch), prints_of(dead)))
            assert told == judge(terms, stretch, dead), (number, seed)
            states[told["state"]] += 1
    assert min(states["reached"], states["missed"]) > 5
