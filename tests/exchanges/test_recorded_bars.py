"""Bars are joined with the readings that were known at their end, and with nothing else."""

import numpy as np
import pytest

from apps.exchanges.recorded_bars import BAR_FIELDS, align, join
from apps.exchanges.recording import read_recording
from apps.exchanges.records import BadRecording, BarRow
from tests.exchanges.conftest import (
    CANDLES,
    FIRST_MS,
    LIQUIDATIONS,
    MARKS,
    MINUTE_MS,
    OPEN_INTEREST,
    TinyRecording,
)

SLUG = "binance-btcusdt"
SPAN_MS = 5 * MINUTE_MS


def candles(*ts_ms: int) -> dict[str, np.ndarray]:
    prices = np.full(len(ts_ms), 100.0)
    return {"ts_ms": np.array(ts_ms), **dict.fromkeys(("open", "high", "low", "close"), prices)}


def readings(name: str, *pairs: tuple[int, float]) -> dict[str, np.ndarray]:
    ts_ms, values = zip(*pairs, strict=True)
    return {"ts_ms": np.array(ts_ms), name: np.array(values)}


def test_a_bar_row_has_everything_that_was_recorded(tiny: TinyRecording) -> None:
    row = next(read_recording(tiny.write()).bar_rows(SLUG))
    assert row == BarRow(
        instrument=SLUG,
        end_ms=FIRST_MS + SPAN_MS,
        span_ms=SPAN_MS,
        open=100,
        high=104,
        low=98,
        close=101,
        volume=50,
        taker_delta=-10,
        open_interest=1001.5,
        mark_low=100.25,
        mark_high=101.25,
        mark_close=101.25,
        funding_rate=0.00001,
        closed=True,
    )


def test_taker_delta_may_be_recorded_instead_of_volumes(tiny: TinyRecording) -> None:
    header, *rows = tiny.lines[CANDLES]
    tiny.lines[CANDLES] = ["ts_ms,open,high,low,close,taker_delta"]
    tiny.lines[CANDLES] += [",".join(row.split(",")[:5]) + ",-3.5" for row in rows]
    row = next(read_recording(tiny.write()).bar_rows(SLUG))
    assert (row.volume, row.taker_delta) == (None, -3.5)


def test_open_interest_is_the_last_reading_at_or_before_the_end() -> None:
    oi = readings("open_interest", (99, 1.0), (160, 2.0), (161, 3.0))
    joined = join(candles(100, 160), 60, open_interest=oi)
    np.testing.assert_array_equal(joined["open_interest"], [2.0, 3.0])


def test_open_interest_older_than_two_bars_is_not_used() -> None:
    oi = readings("open_interest", (100, 1.0))
    joined = join(candles(100, 160, 220), 60, open_interest=oi)
    np.testing.assert_array_equal(joined["open_interest"], [1.0, 1.0, np.nan])


def test_later_readings_never_change_an_earlier_bar(tiny: TinyRecording) -> None:
    before = list(read_recording(tiny.write()).bar_rows(SLUG))
    for row in range(14, 26):
        tiny.set_cell(OPEN_INTEREST, row, "open_interest", "5")
        tiny.set_cell(MARKS, row, "mark", "5")
    after = list(read_recording(tiny.write()).bar_rows(SLUG))
    assert after[:11] == before[:11]
    assert after[11] != before[11]


def test_mark_extremes_are_those_read_from_the_start_of_the_bar_to_its_end() -> None:
    marks = readings("mark", (70, 1.0), (100, 5.0), (130, 7.0), (160, 6.0), (190, 9.0))
    joined = join(candles(100), 60, marks=marks, marks_interval_ms=30)
    assert (joined["mark_low"], joined["mark_high"], joined["mark_close"]) == (5.0, 7.0, 6.0)


@pytest.mark.parametrize("missing", [100, 160])
def test_without_a_mark_at_both_ends_there_are_no_extremes(missing: int) -> None:
    pairs = [(t, 5.0) for t in (70, 100, 130, 160, 190) if t != missing]
    joined = join(candles(100), 60, marks=readings("mark", *pairs), marks_interval_ms=30)
    assert np.isnan(joined["mark_low"])
    assert np.isnan(joined["mark_high"])


def test_venues_of_different_cadence_share_one_time_axis() -> None:
    fine, coarse = join(candles(0, 60, 120), 60), join(candles(0), 180)
    aligned = align({"binance": coarse, "hyperliquid": fine})
    np.testing.assert_array_equal(aligned["end_ms"], [60, 120, 180])
    np.testing.assert_array_equal(aligned["close"], [[np.nan, np.nan, 100], [100, 100, 100]])
    assert set(aligned) == {"end_ms", *BAR_FIELDS}


def test_a_market_is_read_as_venues_and_arrays(tiny: TinyRecording) -> None:
    venues, bars = read_recording(tiny.write()).market_bars("BTC")
    assert venues == ("binance",)
    assert bars["open_interest"].shape == (1, 24)


def test_a_market_that_was_not_recorded_is_refused(tiny: TinyRecording) -> None:
    with pytest.raises(BadRecording, match="The recording tiny has no candles of XRP."):
        read_recording(tiny.write()).market_bars("XRP")


def test_liquidations_keep_the_venues_they_were_summed_over(tiny: TinyRecording) -> None:
    recording = read_recording(tiny.write())
    assert recording.liquidation_intervals("BTC") == ("1h",)
    totals = recording.liquidations("BTC", "1h")
    assert totals.venues == ("binance", "okx")
    assert totals.long_usd[3] == 3.5
    with pytest.raises(BadRecording, match="has no liquidations of BTC per 30m"):
        recording.liquidations("BTC", "30m")


def test_bars_never_open_a_liquidation_file(tiny: TinyRecording) -> None:
    tiny.write()
    recording = read_recording(tiny.folder)
    (tiny.folder / LIQUIDATIONS).write_bytes(b"spoilt")
    assert len(list(recording.bar_rows(SLUG))) == 24
    assert recording.market_bars("BTC")[0] == ("binance",)
    assert recording.gaps(SLUG) == ()


def test_a_recording_that_ends_early_has_a_gap_up_to_its_promised_end(tiny: TinyRecording) -> None:
    del tiny.lines[CANDLES][-3:]
    (gap,) = read_recording(tiny.write()).gaps(SLUG)
    assert (gap.series, gap.last_ms) == ("candles", FIRST_MS + 24 * SPAN_MS)
    assert gap.last_ms - gap.first_ms == 3 * SPAN_MS


def test_a_file_with_only_a_header_is_one_long_gap(tiny: TinyRecording) -> None:
    del tiny.lines[CANDLES][1:]
    recording = read_recording(tiny.write())
    assert list(recording.bar_rows(SLUG)) == []
    (gap,) = recording.gaps(SLUG)
    assert gap.last_ms - gap.first_ms == 24 * SPAN_MS
