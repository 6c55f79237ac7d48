"""A recording that cannot be trusted is refused in one sentence naming file and row."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.exchanges.recorded_prints import read_prints
from apps.exchanges.recording import read_recording
from apps.exchanges.records import BadRecording
from tests.exchanges.conftest import (
    CANDLES,
    FIRST_MS,
    LIQUIDATIONS,
    MARKS,
    OPEN_INTEREST,
    TinyRecording,
)

ABOVE_MS = FIRST_MS + 14 * 300_000  # the time of row 16


def read_everything(folder: Path) -> None:
    recording = read_recording(folder)
    for instrument in recording.instruments:
        list(recording.bar_rows(instrument.slug))
        recording.gaps(instrument.slug)
    for market in recording.markets:
        for interval in recording.liquidation_intervals(market):
            recording.liquidations(market, interval)


def sentence(folder: Path) -> str:
    with pytest.raises(BadRecording) as caught:
        read_everything(folder)
    message = str(caught.value)
    assert message.count("\n") == 0
    assert message.endswith(".")
    return message


@pytest.mark.parametrize(
    ("file", "column", "text", "says"),
    [
        (OPEN_INTEREST, "open_interest", "-3.2", "open interest is negative (−3.2)."),
        (OPEN_INTEREST, "open_interest", "nan", "open interest is not a number ('nan')."),
        (OPEN_INTEREST, "open_interest", "", "open interest is missing."),
        (OPEN_INTEREST, "open_interest", "inf", "open interest is too large to be true (inf)."),
        (OPEN_INTEREST, "open_interest", "1e300", "open interest is too large to be true (1e300)."),
        (OPEN_INTEREST, "open_interest", "many", "open interest is not a number ('many')."),
        (CANDLES, "close", "0", "close is zero."),
        (CANDLES, "open", "-1", "open is negative (−1)."),
        (CANDLES, "low", "", "low is missing."),
        (CANDLES, "volume", "-0.5", "volume is negative (−0.5)."),
        (CANDLES, "volume", "nan", "volume is not a number ('nan')."),
        (CANDLES, "high", "1", "high is below low."),
        (CANDLES, "high", "115", "high is below open or close."),
        (CANDLES, "low", "116", "low is above open or close."),
        (CANDLES, "taker_buy_volume", "999", "takers bought more than was traded."),
        (CANDLES, "ts_ms", "5", "ts_ms is not a time in epoch milliseconds."),
        (CANDLES, "ts_ms", "1780000200000.5", "ts_ms is not a time in epoch milliseconds."),
        (CANDLES, "ts_ms", str(FIRST_MS), "is earlier than the row above it."),
        (CANDLES, "ts_ms", str(ABOVE_MS), "has the same time as the row above it."),
        (CANDLES, "ts_ms", str(ABOVE_MS + 1), "begins before the bar above it has ended."),
        (MARKS, "mark", "0", "mark is zero."),
        (MARKS, "funding_rate", "-inf", "funding rate is too large to be true (-inf)."),
        (LIQUIDATIONS, "long_usd", "-1", "amount of liquidated longs is negative (−1)."),
    ],
)  # fmt: skip
def test_an_impossible_cell_is_refused(
    tiny: TinyRecording, file: str, column: str, text: str, says: str
) -> None:
    read_everything(tiny.write())
    tiny.set_cell(file, 17, column, text)
    assert sentence(tiny.write()) == f"{file}, row 17: {says}"


def test_the_first_fault_of_a_column_is_the_one_that_is_named(tiny: TinyRecording) -> None:
    for row in (20, 9, 14):
        tiny.set_cell(OPEN_INTEREST, row, "open_interest", "-1")
    assert "row 9:" in sentence(tiny.write())


@pytest.mark.parametrize("file", [CANDLES, OPEN_INTEREST, MARKS, LIQUIDATIONS])
def test_an_unknown_column_is_refused(tiny: TinyRecording, file: str) -> None:
    tiny.lines[file] = [
        tiny.lines[file][0] + ",mood",
        *(line + ",1" for line in tiny.lines[file][1:]),
    ]
    assert sentence(tiny.write()) == f"{file}, row 1: unknown column 'mood'."


def test_a_missing_column_is_refused(tiny: TinyRecording) -> None:
    tiny.lines[OPEN_INTEREST] = [line.split(",")[0] for line in tiny.lines[OPEN_INTEREST]]
    assert (
        sentence(tiny.write()) == f"{OPEN_INTEREST}, row 1: the column 'open_interest' is missing."
    )


def test_a_column_named_twice_is_refused(tiny: TinyRecording) -> None:
    tiny.lines[OPEN_INTEREST] = [line + "," + line for line in tiny.lines[OPEN_INTEREST]]
    assert sentence(tiny.write()) == f"{OPEN_INTEREST}, row 1: the header names a column twice."


def test_a_row_of_another_width_is_refused(tiny: TinyRecording) -> None:
    tiny.lines[CANDLES][6] += ",1"
    assert sentence(tiny.write()) == f"{CANDLES}, row 7: has 9 cells where the header has 8."


def test_an_empty_file_is_refused(tiny: TinyRecording) -> None:
    tiny.lines[CANDLES] = []
    assert sentence(tiny.write()) == f"{CANDLES}, row 1: the file is empty, without even a header."


def test_a_missing_file_is_refused_when_the_recording_is_opened(tiny: TinyRecording) -> None:
    (tiny.write() / MARKS).unlink()
    with pytest.raises(BadRecording, match=f"^{MARKS} is missing from the recording tiny.$"):
        read_recording(tiny.folder)


def test_a_missing_liquidation_file_is_refused_only_when_it_is_asked_for(
    tiny: TinyRecording,
) -> None:
    (tiny.write() / LIQUIDATIONS).unlink()
    recording = read_recording(tiny.folder)
    assert len(recording.bars(recording.instruments[0].slug)["end_ms"])
    with pytest.raises(BadRecording, match=f"^{LIQUIDATIONS} is missing from the recording tiny.$"):
        recording.liquidations("BTC", "1h")


def test_a_truncated_file_is_refused_with_the_row_where_it_ends(tiny: TinyRecording) -> None:
    path = tiny.write() / CANDLES
    packed = gzip.compress(b"".join(b"%d,1,1,1,1,1,1,1\n" % i for i in range(9000)), mtime=0)
    path.write_bytes(packed[: len(packed) // 2])
    message = sentence(tiny.folder)
    assert message.startswith(f"{CANDLES}, row ")
    assert message.endswith("the gzip file is cut short or damaged here.")
    assert 1000 < int(message.split("row ")[1].split(":")[0]) < 8000


def test_a_file_that_is_no_gzip_is_refused(tiny: TinyRecording) -> None:
    (tiny.write() / CANDLES).write_text("ts_ms,open\n")
    assert sentence(tiny.folder) == f"{CANDLES}, row 1: the gzip file is cut short or damaged here."


def test_a_file_that_is_no_text_is_refused(tiny: TinyRecording) -> None:
    (tiny.write() / CANDLES).write_bytes(gzip.compress(b"ts_ms\n\xff\xfe\n"))
    assert sentence(tiny.folder) == f"{CANDLES}, row 2: is not text."


def test_a_folder_without_a_description_is_no_recording(tmp_path: Path) -> None:
    assert sentence(tmp_path).endswith("is not a recording: it has no recording.json.")
    assert sentence(tmp_path / "nowhere").endswith("is not a recording: it has no recording.json.")


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '"format"', "[" * 100_000, "\xff"])
def test_a_description_that_is_no_json_object_is_refused(tiny: TinyRecording, text: str) -> None:
    (tiny.write() / "recording.json").write_bytes(text.encode("latin-1"))
    assert sentence(tiny.folder).startswith("recording.json")


Spoil = Callable[[dict], object]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda index: index.update(format=2), "has format 2; only format 1 can be read"),
        (lambda index: index.pop("format"), "has format None; only format 1"),
        (lambda index: index.update(instruments={}), "stands where a list belongs"),
        (lambda index: index.update(instruments=[3]), "an instrument is not an object"),
        (lambda index: index["instruments"].extend(index["instruments"]), "binance-btcusdt twice"),
        (lambda index: index["instruments"][0].pop("base"), "'base' is missing or is not text"),
        (lambda index: index["instruments"][0].update(venue="Binance!"), "not a lower-case name"),
        (lambda index: index["instruments"][0].update(kind="odd"), "kind is 'odd'"),
        (lambda index: index["instruments"][0].update(series=[]), "is not an object"),
        (lambda index: series(index)["marks"].update(file="../x.gz"), "not a plain file name"),
        (lambda index: series(index)["marks"].pop("interval_s"), "interval_s of marks"),
        (lambda index: series(index)["marks"].update(interval_s=0), "interval_s of marks"),
        (lambda index: series(index)["marks"].update(interval_s=1.5), "interval_s of marks"),
        (lambda index: series(index)["marks"].update(first_ms="x"), "first_ms of marks"),
        (lambda index: series(index)["marks"].update(venues=3), "stands where a list belongs"),
    ],
)  # fmt: skip
def test_a_wrong_description_is_refused(tiny: TinyRecording, spoil: Spoil, says: str) -> None:
    spoil(tiny.index)
    message = sentence(tiny.write())
    assert message.startswith("recording.json")
    assert says in message


def series(index: dict) -> dict:
    return index["instruments"][0]["series"]


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("size_base", "0", "row 2: size is zero."),
        ("price", "", "row 2: price is missing."),
        ("position_side", "buy", "row 2: the side is 'buy'."),
        ("ts_ms", "x", "row 2: ts_ms is not a number ('x')."),
    ],
)
def test_an_impossible_print_is_refused(tmp_path: Path, column: str, text: str, says: str) -> None:
    row = {
        "ts_ms": "1718901133106", "venue": "okx", "symbol": "BTC-USDT-SWAP",
        "position_side": "long", "size_base": "0.1", "price": "60000", "price_kind": "fill",
        "bankruptcy_price": "", "fill_price": "", "usd": "6000",
    }  # fmt: skip
    path = tmp_path / "prints.csv.gz"
    for cells in (row, row | {column: text}):
        path.write_bytes(gzip.compress(f"{','.join(cells)}\n{','.join(cells.values())}\n".encode()))
        if cells == row:
            assert len(read_prints(tmp_path)["ts_ms"]) == 1
    with pytest.raises(BadRecording) as caught:
        read_prints(tmp_path)
    assert str(caught.value) == f"prints.csv.gz, {says}"
