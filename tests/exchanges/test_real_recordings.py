"""The recordings beside the project are read whole, as they are documented."""

import json
from pathlib import Path

import numpy as np
import pytest

from apps.exchanges.recorded_prints import read_prints
from apps.exchanges.recording import read_recording
from apps.exchanges.replay import DAY_MS, open_replay

NAMES = ["btc-2026-spring", "june-2026-two-venues", "majors-2024-summer"]


@pytest.mark.parametrize("name", NAMES)
def test_every_series_has_the_documented_rows(real_recordings: Path, name: str) -> None:
    described = json.loads((real_recordings / name / "recording.json").read_text())
    recording = read_recording(real_recordings / name)
    for instrument, entry in zip(recording.instruments, described["instruments"], strict=True):
        for series, about in entry["series"].items():
            ts_ms = recording.columns(instrument.slug, series)["ts_ms"]
            told = (len(ts_ms), int(ts_ms[0]), int(ts_ms[-1]))
            assert told == (about["rows"], about["first_ms"], about["last_ms"])


def test_gaps_of_the_june_recording_are_labelled(real_recordings: Path) -> None:
    recording = read_recording(real_recordings / "june-2026-two-venues")
    (gap,) = recording.gaps("binance-btcusdt")
    assert (gap.series, gap.column, gap.first_ms) == ("candles", "taker_delta", 1780807200000)
    lost = [gap for gap in recording.gaps("hyperliquid-btc") if gap.series == "candles"]
    assert [(gap.last_ms - gap.first_ms) // 60_000 for gap in lost] == [3, 2]


def test_two_venues_of_june_share_one_axis(real_recordings: Path) -> None:
    venues, bars = read_recording(real_recordings / "june-2026-two-venues").market_bars("BTC")
    assert venues == ("hyperliquid", "binance")
    traded = ~np.isnan(bars["close"])
    assert traded.sum(axis=1).tolist() == [14640, 5326]
    both = traded.all(axis=0)
    apart = np.log(bars["close"][0, both] / bars["close"][1, both])
    assert np.abs(apart).max() < 0.01


def test_the_spring_recording_has_two_kinds_of_liquidation_totals(real_recordings: Path) -> None:
    recording = read_recording(real_recordings / "btc-2026-spring")
    assert set(recording.liquidation_intervals("BTC")) == {"30m", "1h"}
    hourly, half = recording.liquidations("BTC", "1h"), recording.liquidations("BTC", "30m")
    assert (len(hourly.ts_ms), len(half.ts_ms)) == (3624, 3300)
    first = np.searchsorted(hourly.ts_ms, half.ts_ms[0])
    hours = len(hourly.ts_ms) - first
    summed = half.long_usd[: 2 * hours].reshape(-1, 2).sum(axis=1)
    assert np.corrcoef(summed, hourly.long_usd[first:])[0, 1] > 0.99


def test_all_prints_are_read(real_recordings: Path) -> None:
    prints = read_prints(real_recordings / "liquidation-prints")
    assert len(prints["ts_ms"]) == 14290
    assert int(np.isnan(prints["bankruptcy_price"]).sum()) == 73
    assert set(prints["position_side"][prints["venue"] == "hyperliquid"]) == {"unknown"}


@pytest.mark.parametrize("name", NAMES)
def test_a_replay_has_a_week_of_history_and_something_left_to_tell(
    real_recordings: Path, name: str
) -> None:
    feed = open_replay(real_recordings / name)
    begins_ms = max(
        next(row.end_ms for row in feed.rows if row.instrument == instrument.slug)
        for instrument in feed.instruments()
    )
    assert feed.start_ms(0) - begins_ms >= 7 * DAY_MS
    assert feed.rows[-1].end_ms - feed.start_ms(0) >= 2 * DAY_MS
