"""Zips in the layout of Binance's public data archive become a recording, or a clear sentence."""

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from apps.exchanges.binance_vision import import_archive
from apps.exchanges.recording import Recording, read_recording
from apps.exchanges.records import BadRecording

MINUTE_MS = 60_000
MARCH_MS = 1_772_323_200_000  # 2026-03-01
KLINE_HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore"
)
METRICS_HEADER = (
    "create_time,symbol,sum_open_interest,sum_open_interest_value,"
    "count_toptrader_long_short_ratio,sum_toptrader_long_short_ratio,"
    "count_long_short_ratio,sum_taker_long_short_vol_ratio"
)
SLUG = "binance-btcusdt"


def klines(first: int, count: int, step_min: int = 1, *, volume: float = 5.0) -> list[str]:
    """Rows of candles from the ``first``-th bar of March on, as the archive writes them."""
    rows = []
    for i in range(first, first + count):
        opened = MARCH_MS + i * step_min * MINUTE_MS
        ends = opened + step_min * MINUTE_MS - 1
        prices = f"{100 + i}.10,{104 + i}.50,{98 + i}.00,{101 + i}.90"
        rows.append(f"{opened},{prices},{volume},{ends},505.5,17,{0.4 * volume},202.2,0")
    return rows


def metrics(day: str, labels: Sequence[str], *, symbol: str = "BTCUSDT") -> list[str]:
    """Readings of open interest labelled with times of a day."""
    return [
        f"{day} {label},{symbol},{1000 + i}.25,7e9,1.1,1.2,1.3,1.4"
        for i, label in enumerate(labels)
    ]


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


class Archive:
    """Writes zips where a mirror of the archive would have them."""

    def __init__(self, root: Path) -> None:
        self.root = root / "data" / "futures" / "um"

    def put(self, place: str, rows: Sequence[str], *, header: str = "") -> Path:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line}\n" for line in ([header] if header else []) + list(rows))
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(path.with_suffix(".csv").name, text)
        return path

    def candles(self, rows: Sequence[str], *, date: str = "2026-03", header: str = "") -> Path:
        return self.put(
            f"monthly/klines/BTCUSDT/1m/BTCUSDT-1m-{date}.zip", rows, header=header
        )  # fmt: skip

    def metrics(self, date: str, rows: Sequence[str]) -> Path:
        return self.put(
            f"daily/metrics/BTCUSDT/BTCUSDT-metrics-{date}.zip", rows, header=METRICS_HEADER
        )  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "mirror")


@pytest.fixture
def imported(archive: Archive, tmp_path: Path) -> Callable[..., Recording]:
    """Import the archive and open the recording."""

    def run(**choices: object) -> Recording:
        out = tmp_path / "kept"
        import_archive([tmp_path / "mirror"], out, **choices)
        return read_recording(out)

    return run


def refusal(tmp_path: Path, **choices: object) -> str:
    with pytest.raises(BadRecording) as error:
        import_archive([tmp_path / "mirror"], tmp_path / "kept", **choices)
    assert not (tmp_path / "kept").exists()
    return str(error.value)


@pytest.mark.parametrize("header", ["", KLINE_HEADER])
def test_candles_are_read_with_and_without_a_header(
    archive: Archive, imported: Callable[..., Recording], header: str
) -> None:
    archive.candles(klines(0, 3), header=header)
    columns = imported().columns(SLUG, "candles")
    assert columns["ts_ms"].tolist() == [MARCH_MS + i * MINUTE_MS for i in range(3)]
    assert columns["open"].tolist() == [100.1, 101.1, 102.1]
    assert columns["high"].tolist() == [104.5, 105.5, 106.5]
    assert columns["low"].tolist() == [98.0, 99.0, 100.0]
    assert columns["close"].tolist() == [101.9, 102.9, 103.9]
    assert columns["volume"].tolist() == [5.0] * 3
    assert columns["taker_buy_volume"].tolist() == [2.0] * 3
    assert columns["trades"].tolist() == [17.0] * 3


def test_taker_delta_is_what_takers_bought_less_what_they_sold(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    archive.candles(klines(0, 1))
    (row,) = imported().bar_rows(SLUG)
    assert (row.volume, row.taker_delta) == (5.0, -1.0)


@pytest.mark.parametrize(("interval", "minutes"), [("5m", 5), ("15m", 15)])
def test_longer_candles_are_longer_bars(
    archive: Archive, imported: Callable[..., Recording], interval: str, minutes: int
) -> None:
    archive.put(
        f"monthly/klines/BTCUSDT/{interval}/BTCUSDT-{interval}-2026-03.zip", klines(0, 4, minutes)
    )
    recording = imported()
    assert recording.span_ms(SLUG) == minutes * MINUTE_MS
    assert recording.gaps(SLUG) == ()


def test_months_and_days_that_overlap_are_joined(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    archive.candles(klines(0, 6))
    archive.put("daily/klines/BTCUSDT/1m/BTCUSDT-1m-2026-03-01.zip", klines(4, 5))
    archive.put("daily/klines/BTCUSDT/1m/BTCUSDT-1m-2026-03-02.zip", klines(12, 2))
    recording = imported()
    ts_ms = recording.columns(SLUG, "candles")["ts_ms"]
    assert ((ts_ms - MARCH_MS) // MINUTE_MS).tolist() == [*range(9), 12, 13]
    (gap,) = recording.gaps(SLUG)
    assert (gap.first_ms, gap.last_ms) == (MARCH_MS + 9 * MINUTE_MS, MARCH_MS + 12 * MINUTE_MS)


def test_two_candles_that_contradict_each_other_are_refused(
    archive: Archive, tmp_path: Path
) -> None:
    archive.candles(klines(0, 6))
    archive.put(
        "daily/klines/BTCUSDT/1m/BTCUSDT-1m-2026-03-01.zip",
        klines(4, 1) + klines(5, 1, volume=6.0),
        header=KLINE_HEADER,
    )
    said = "BTCUSDT-1m-2026-03-01.zip, row 3: contradicts another row of the same time."
    assert refusal(tmp_path) == said


def test_open_interest_is_read_at_its_label(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    archive.candles(klines(0, 10))
    archive.metrics("2026-03-01", metrics("2026-03-01", ["00:05:00", "00:10:00"]))
    recording = imported()
    columns = recording.columns(SLUG, "open_interest")
    assert columns["ts_ms"].tolist() == [MARCH_MS + 5 * MINUTE_MS, MARCH_MS + 10 * MINUTE_MS]
    assert columns["open_interest"].tolist() == [1000.25, 1001.25]
    by_minute = [row.open_interest for row in recording.bar_rows(SLUG)]
    assert by_minute == [*[None] * 4, *[1000.25] * 3, None, None, 1001.25]


def test_since_the_labels_changed_a_reading_counts_from_the_end_of_its_five_minutes(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    """Read at its label, a map would know open interest five minutes early."""
    archive.candles(klines(0, 1))
    last = metrics("2026-06-24", ["23:55:00"]) + metrics("2026-06-25", ["00:00:00"])
    archive.metrics("2026-06-24", last)
    archive.metrics("2026-06-25", metrics("2026-06-25", ["00:00:00", "00:05:00"]))
    ts_ms = imported().columns(SLUG, "open_interest")["ts_ms"]
    midnight = instant("2026-06-25")
    assert ((ts_ms - midnight) // MINUTE_MS).tolist() == [-5, 0, 5, 10]


def test_a_blank_reading_is_a_gap_and_of_two_the_later_counts(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    archive.candles(klines(0, 1))
    rows = metrics("2026-03-01", ["00:05:00", "00:10:00", "00:15:00", "00:05:00"])
    archive.metrics("2026-03-01", [rows[0], rows[1].replace("1001.25", ""), *rows[2:]])
    columns = imported().columns(SLUG, "open_interest")
    assert columns["open_interest"].tolist() == [1003.25, 1002.25]


def test_mark_candles_give_bars_their_extremes_and_last_mark(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    archive.candles(klines(0, 5))
    archive.put("monthly/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2026-03.zip",
                klines(0, 5, volume=0), header=KLINE_HEADER)  # fmt: skip
    for i, row in enumerate(imported().bar_rows(SLUG)):
        assert (row.mark_low, row.mark_high, row.mark_close) == (98 + i, 104.5 + i, 101.9 + i)


def test_one_minute_marks_serve_longer_candles(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    archive.put("monthly/klines/BTCUSDT/5m/BTCUSDT-5m-2026-03.zip", klines(0, 2, 5))
    archive.put("monthly/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2026-03.zip",
                klines(0, 10, volume=0))  # fmt: skip
    marks = [(row.mark_low, row.mark_high, row.mark_close) for row in imported().bar_rows(SLUG)]
    assert marks == [(98, 108.5, 105.9), (103, 113.5, 110.9)]


def test_funding_is_kept_at_the_instant_of_settlement(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    archive.candles(klines(0, 3))
    archive.put(
        "monthly/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2026-03.zip",
        [f"{MARCH_MS + 1},8,0.00005703", f"{MARCH_MS + 28_800_000},8,-0.0001"],
        header="calc_time,funding_interval_hours,last_funding_rate",
    )
    recording = imported()
    columns = recording.columns(SLUG, "funding")
    assert columns["ts_ms"].tolist() == [MARCH_MS + 1, MARCH_MS + 28_800_000]
    assert columns["funding_rate"].tolist() == [0.00005703, -0.0001]
    assert next(recording.bar_rows(SLUG)).funding_rate == 0.00005703


def test_a_folder_without_the_archives_layout_will_do_for_candles(tmp_path: Path) -> None:
    source = Archive(tmp_path).candles(klines(0, 3))
    (tmp_path / "mirror").mkdir()
    source.rename(tmp_path / "mirror" / source.name)
    import_archive([tmp_path / "mirror"], tmp_path / "kept")
    assert len(list(read_recording(tmp_path / "kept").bar_rows(SLUG))) == 3


def test_mark_prices_without_their_folder_are_not_taken_for_last_prices(tmp_path: Path) -> None:
    source = Archive(tmp_path).candles(klines(0, 3, volume=0))
    (tmp_path / "mirror").mkdir()
    source.rename(tmp_path / "mirror" / source.name)
    assert "put it into a folder called markPriceKlines" in refusal(tmp_path)


def test_other_kinds_and_other_markets_are_left_alone(archive: Archive, tmp_path: Path) -> None:
    archive.candles(klines(0, 3))
    archive.put("monthly/indexPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2026-03.zip", klines(0, 3))
    archive.put("daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2026-03-01.zip", ["1,2,3"])
    archive.put("../../spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2026-03-09.zip", klines(9, 3))
    archive.put("../cm/daily/klines/BTCUSD_PERP/1m/BTCUSD_PERP-1m-2026-03-01.zip", klines(0, 3))
    done = import_archive([tmp_path / "mirror"], tmp_path / "kept")
    assert done.rows == {"BTCUSDT": {"candles": 3}}
    assert done.other_files == 4


def test_the_same_zips_give_the_same_bytes(archive: Archive, tmp_path: Path) -> None:
    archive.candles(klines(0, 3))
    archive.metrics("2026-03-01", metrics("2026-03-01", ["00:05:00"]))
    for place in ("one/kept", "two/kept"):
        import_archive([tmp_path / "mirror"], tmp_path / place)
    for path in (tmp_path / "one" / "kept").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / "kept" / path.name).read_bytes()


def test_candles_of_several_lengths_need_a_choice(
    archive: Archive, imported: Callable[..., Recording], tmp_path: Path
) -> None:
    archive.candles(klines(0, 10))
    archive.put("monthly/klines/BTCUSDT/5m/BTCUSDT-5m-2026-03.zip", klines(0, 2, 5))
    assert refusal(tmp_path).endswith("of BTCUSDT of 1m and 5m; choose with --interval.")
    assert refusal(tmp_path, interval="1h") == "There are no candles of BTCUSDT of 1h."
    assert imported(interval="5m").span_ms(SLUG) == 5 * MINUTE_MS


def test_two_quotes_of_one_coin_need_a_choice(
    archive: Archive, imported: Callable[..., Recording], tmp_path: Path
) -> None:
    archive.candles(klines(0, 2))
    archive.put("monthly/klines/BTCUSDC/1m/BTCUSDC-1m-2026-03.zip", klines(0, 2))
    assert "BTCUSDC and BTCUSDT are the same market" in refusal(tmp_path)
    assert imported(symbols=["BTCUSDC"]).instruments[0].quote == "USDC"


def test_a_checksum_beside_a_zip_is_compared(archive: Archive, tmp_path: Path) -> None:
    path = archive.candles(klines(0, 2))
    beside = path.with_name(path.name + ".CHECKSUM")
    beside.write_text(f"{'0' * 64}  {path.name}\n")
    assert refusal(tmp_path).startswith(f"{path.name} differs from its checksum")
    beside.write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
    import_archive([tmp_path / "mirror"], tmp_path / "kept")


@pytest.mark.parametrize("spoil", [
    lambda whole: whole[: len(whole) // 2],
    lambda whole: b"<html>no</html>",
    lambda whole: b"",
    lambda whole: whole.replace(whole[60:70], b"\0" * 10, 1),
])  # fmt: skip
def test_a_zip_that_is_not_whole_is_named(
    archive: Archive, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path = archive.candles(klines(0, 50))
    path.write_bytes(spoil(path.read_bytes()))
    assert refusal(tmp_path) == f"{path.name} is not a whole zip file; download it once more."


def test_a_zip_has_one_table(archive: Archive, tmp_path: Path) -> None:
    path = archive.candles(klines(0, 2))
    with zipfile.ZipFile(path, "a") as whole:
        whole.writestr("more.csv", "1,2")
    assert refusal(tmp_path) == f"{path.name} has 2 CSV files inside, not one."


@pytest.mark.parametrize(
    ("column", "cell", "complaint"),
    [
        (1, "x", "open is 'x', which cannot be"),
        (3, "nan", "low is 'nan', which cannot be"),
        (2, "inf", "high is 'inf', which cannot be"),
        (4, "0", "close is '0', which cannot be"),
        (5, "-1", "volume is '-1', which cannot be"),
        (5, "", "volume is '', which cannot be"),
        (9, "6", "takers bought more than was traded"),
        (2, "104", "high is below open or close"),
        (3, "104", "low is above open or close"),
        (0, str(MARCH_MS * 1000), "open time is '1772323200000000'"),
        (0, str(MARCH_MS + 7), "the candle begins at an odd time"),
        (0, "1,2", "has 13 cells where 12 belong"),
    ],
)
@pytest.mark.parametrize("header", ["", KLINE_HEADER])
def test_a_bad_row_is_named_with_its_file(
    archive: Archive, tmp_path: Path, column: int, cell: str, complaint: str, header: str
) -> None:
    rows = klines(0, 5)
    cells = rows[3].split(",")
    cells[column] = cell
    rows[3] = ",".join(cells)
    path = archive.candles(rows, header=header)
    row = 5 if header else 4
    assert refusal(tmp_path).startswith(f"{path.name}, row {row}: {complaint}")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("2026-03-01T00:05,BTCUSDT,1,2", "row 2: '2026-03-01T00:05' is not a date and time."),
        ("2026-03-01 00:05:00,ETHUSDT,1,2", "row 2: is not about BTCUSDT."),
        ("2026-03-01 00:05:00,BTCUSDT,-1,2", "row 2: sum open interest is '-1', which cannot be."),
        ("2026-02-30 00:05:00,BTCUSDT,1,2", "row 2: '2026-02-30 00:05:00' is not a date and time."),
    ],
)
def test_a_bad_reading_is_named_with_its_file(
    archive: Archive, tmp_path: Path, row: str, complaint: str
) -> None:
    archive.candles(klines(0, 2))
    path = archive.metrics("2026-03-01", [row + ",1,1,1,1"])
    assert refusal(tmp_path) == f"{path.name}, {complaint}"


def test_a_column_that_is_missing_is_named(archive: Archive, tmp_path: Path) -> None:
    path = archive.candles(klines(0, 2), header=KLINE_HEADER.replace("taker_buy_volume", "tbv"))
    assert refusal(tmp_path) == f"{path.name}, row 1: the column 'taker_buy_volume' is missing."


def test_folders_without_candles_are_refused(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "mirror").mkdir()
    assert "hold no zip" in refusal(tmp_path)
    archive.metrics("2026-03-01", metrics("2026-03-01", ["00:05:00"]))
    assert refusal(tmp_path) == "There are no candles of BTCUSDT in these folders."
    with pytest.raises(BadRecording, match="is not a folder"):
        import_archive([tmp_path / "nowhere"], tmp_path / "kept")


def test_a_month_without_gaps_makes_whole_bars(
    archive: Archive, imported: Callable[..., Recording]
) -> None:
    day = [str(timedelta(minutes=5 * i)).zfill(8) for i in range(1, 288)]
    archive.candles(klines(0, 1440))
    archive.metrics("2026-03-01", metrics("2026-03-01", day))
    recording = imported()
    assert recording.gaps(SLUG) == ()
    venues, bars = recording.market_bars("BTC")
    assert venues == ("binance",)
    assert bars["close"].shape == (1, 1440)
    assert np.isfinite(bars["taker_delta"]).all()
