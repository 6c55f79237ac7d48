"""Whatever happens to a recording: it is read right, refused, or has a labelled gap."""

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.exchanges.recorded_series import Gap
from apps.exchanges.recording import Recording, read_recording
from apps.exchanges.records import BadRecording
from tests.exchanges.conftest import CANDLES, FILES, FIRST_MS, TinyRecording

PATIENT = settings(deadline=None)  # disks are slow at times
SLUG = "binance-btcusdt"
SERIES_OF = {file: series for series, file in FILES.items()}
ROWS = st.integers(2, 25)
FILE = st.sampled_from(list(FILES.values()))
IMPOSSIBLE = st.sampled_from(
    ["nan", "-nan", "inf", "-inf", "x", "1e999", "0x10", "--1", "1 2", "é", "١,"]
)


def read(folder: Path) -> Recording | str:
    """The recording with every file read, or the sentence that refuses it."""
    try:
        recording = read_recording(folder)
        for series in FILES:
            recording.columns(SLUG, series)
        list(recording.bar_rows(SLUG))
    except BadRecording as error:
        return str(error)
    return recording


@pytest.fixture(scope="module")
def whole() -> Recording:
    with tempfile.TemporaryDirectory() as folder:
        recording = read(TinyRecording(Path(folder)).write())
    assert isinstance(recording, Recording)
    return recording


def spoilt(tiny_folder: str) -> TinyRecording:
    return TinyRecording(Path(tiny_folder))


@PATIENT
@given(FILE, ROWS, st.data(), IMPOSSIBLE)
def test_an_impossible_number_anywhere_is_refused_with_its_row(
    file: str, row: int, data: st.DataObject, text: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = spoilt(folder)
        tiny.set_cell(file, row, data.draw(st.sampled_from(tiny.lines[file][0].split(","))), text)
        result = read(tiny.write())
    assert isinstance(result, str)
    assert result.startswith(f"{file}, row {row}: ")


@PATIENT
@given(FILE, ROWS, ROWS)
def test_two_rows_in_the_wrong_order_are_refused(file: str, one: int, other: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = spoilt(folder)
        lines = tiny.lines[file]
        lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]
        result = read(tiny.write())
    if one == other:
        assert isinstance(result, Recording)
    else:
        assert (
            result == f"{file}, row {_first_descent(one, other)}: is earlier than the row above it."
        )


def _first_descent(one: int, other: int) -> int:
    return min(one, other) + 1


@PATIENT
@given(FILE, ROWS)
def test_a_row_told_twice_is_refused(file: str, row: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = spoilt(folder)
        tiny.lines[file].insert(row, tiny.lines[file][row - 1])
        result = read(tiny.write())
    assert result == f"{file}, row {row + 1}: has the same time as the row above it."


@PATIENT
@given(FILE, ROWS, st.integers(1, 24))
def test_missing_rows_are_a_labelled_gap_and_the_others_are_untouched(
    whole: Recording, file: str, row: int, count: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tiny = spoilt(folder)
        gone = tiny.lines[file][row - 1 : row - 1 + count]
        del tiny.lines[file][row - 1 : row - 1 + count]
        result = read(tiny.write())
        assert isinstance(result, Recording)
        gaps = result.gaps(SLUG)
    series = SERIES_OF[file]
    kept = np.delete(np.arange(24), np.arange(row - 2, row - 2 + len(gone)))
    for name, values in whole.columns(SLUG, series).items():
        np.testing.assert_array_equal(result.columns(SLUG, series)[name], values[kept])
    if series == "liquidations_1h":
        assert gaps == ()
    else:
        first_ms = FIRST_MS + (row - 2) * 300_000
        assert gaps == (Gap(series, first_ms, first_ms + len(gone) * 300_000),)


@PATIENT
@given(FILE, st.integers(0, 2000), st.binary(max_size=3))
def test_damaged_bytes_are_noticed(whole: Recording, file: str, at: int, bytes_: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = spoilt(folder).write() / file
        packed = path.read_bytes()
        at %= len(packed)
        path.write_bytes(packed[:at] + bytes_)
        result = read(Path(folder))
    assert_same_or_refused(whole, file, result)


@PATIENT
@given(FILE, st.integers(0, 2000), st.text("0123456789.,-+e \n\r\t_naif\x00é", max_size=4))
def test_any_other_text_is_refused_or_read_as_numbers(file: str, at: int, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = spoilt(folder).write() / file
        content = gzip.decompress(path.read_bytes()).decode()
        at %= len(content)
        path.write_bytes(gzip.compress((content[:at] + text + content[at + 1 :]).encode()))
        result = read(Path(folder))
    if isinstance(result, str):
        assert result.startswith(f"{file}, row ")
        return
    candles = result.columns(SLUG, "candles")
    assert (np.diff(candles["ts_ms"]) > 0).all()
    assert (candles["low"] > 0).all()
    assert (candles["high"] >= candles["low"]).all()
    assert (result.columns(SLUG, "open_interest")["open_interest"] >= 0).all()


@PATIENT
@given(st.text('{}[]":,0123456789ab', max_size=5), st.integers(0, 2000))
def test_no_description_ends_in_a_traceback(text: str, at: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = spoilt(folder).write() / "recording.json"
        content = path.read_text()
        at %= len(content)
        path.write_text(content[:at] + text + content[at + 1 :])
        result = read(Path(folder))
    assert isinstance(result, str | Recording)


def assert_same_or_refused(whole: Recording, file: str, result: Recording | str) -> None:
    if isinstance(result, str):
        assert result.startswith(f"{file}, row ")
        return
    for name, values in whole.columns(SLUG, SERIES_OF[file]).items():
        np.testing.assert_array_equal(result.columns(SLUG, SERIES_OF[file])[name], values)


def test_a_cell_that_may_be_empty_is_a_gap_in_its_column(tiny: TinyRecording) -> None:
    tiny.set_cell(CANDLES, 4, "taker_buy_volume", "")
    recording = read_recording(tiny.write())
    first_ms = FIRST_MS + 2 * 300_000
    assert recording.gaps(SLUG) == (
        Gap("candles", first_ms, first_ms + 300_000, "taker_buy_volume"),
    )
    assert list(recording.bar_rows(SLUG))[2].taker_delta is None
