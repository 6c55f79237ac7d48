"""The commands over recordings: sweep, score and picture."""

import csv
import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from tests.markets.recordings import FIRST_MS, MINUTE_MS, write_recording

HALF_HOUR_MS = 30 * MINUTE_MS
AT = "2026-05-29T12:00"  # inside the recording, which begins on 28 May


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "small")


def run(command: str, *arguments: object) -> str:
    output = StringIO()
    call_command(command, *map(str, arguments), stdout=output)
    return output.getvalue()


def sweep(recording: Path, *arguments: object) -> list[dict[str, str]]:
    out = recording.parent / "swept.csv"
    run("sweep", recording, "--by", "30m", "--out", out, *arguments)
    with out.open() as file:
        return list(csv.DictReader(file))


def picture(recording: Path, *arguments: object) -> dict[str, Any]:
    return json.loads(run("picture", recording, "--at", AT, "--window", "4h", "--json", *arguments))


def test_a_sweep_names_intervals_by_their_opening(recording):
    rows = sweep(recording)
    assert list(rows[0]) == ["ts_ms", "long_usd", "short_usd"]
    starts = [int(row["ts_ms"]) for row in rows]
    first = -(-FIRST_MS // HALF_HOUR_MS) * HALF_HOUR_MS
    assert starts == list(range(first, first + len(rows) * HALF_HOUR_MS, HALF_HOUR_MS))
    assert starts[-1] + HALF_HOUR_MS <= FIRST_MS + 600 * 5 * MINUTE_MS


def test_a_sweep_predicts_dollars_on_both_sides(recording):
    rows = sweep(recording)
    for side in ("long_usd", "short_usd"):
        usd = np.array([float(row[side]) for row in rows])
        assert (usd >= 0).all()
        assert usd.sum() > 1e6


def test_a_sweep_never_opens_a_file_of_liquidations(recording, tmp_path):
    expected = sweep(recording)
    (recording / "liquidations_30m.csv.gz").write_bytes(b"not even gzip")
    assert sweep(recording) == expected
    without = write_recording(tmp_path / "without", liquidations=False)
    assert sweep(without) == expected


def test_what_was_predicted_does_not_depend_on_what_came_later(recording, tmp_path):
    half = write_recording(tmp_path / "half", bars=300)
    swept = sweep(half)
    assert swept == sweep(recording)[: len(swept)]


def test_models_differ(recording):
    assert sweep(recording, "--model", "brief") != sweep(recording)
    assert sweep(recording, "--model", "oi-only") != sweep(recording)


def test_a_score_compares_every_model_with_every_baseline(tmp_path):
    recording = write_recording(tmp_path / "long", bars=1500)
    scores = json.loads(run("score", recording, "--fit-until", "2026-05-30T12:00", "--json"))
    (market,) = scores["markets"]
    assert (market["market"], market["interval"]) == ("BTC", "30m")
    for side in ("long", "short"):
        names = ["exact", "brief", "oi-only", "range", "range_past_volume", "range_volume"]
        assert list(market["sides"][side]) == names
        for judged in market["sides"][side].values():
            assert -1 <= judged["spearman"] <= 1
            assert 0 <= judged["top_hit"] <= 1
            assert judged["log_r2"] < 0.9
            assert judged["fitted"] > judged["scored"] > 50


def test_a_score_can_be_read_by_people(tmp_path):
    recording = write_recording(tmp_path / "long", bars=1500)
    told = run("score", recording, "--fit-until", "2026-05-30T12:00")
    assert "BTC longs per 30m" in told
    assert "range_past_volume" in told


def test_a_picture_has_bins_columns_dollars_and_clusters(recording):
    drawn = picture(recording)
    columns, bins = len(drawn["end_ms"]), len(drawn["edges"]) - 1
    assert np.shape(drawn["long_usd"]) == np.shape(drawn["short_usd"]) == (columns, bins)
    assert np.shape(drawn["candles"]) == (columns, 4)
    assert drawn["end_ms"][-1] == drawn["at_ms"]
    assert {cluster["side"] for cluster in drawn["clusters"]} == {"long", "short"}


def test_a_picture_of_one_side_is_dark_on_the_other(recording):
    drawn = picture(recording, "--side", "long")
    assert np.sum(drawn["short_usd"]) == 0 < np.sum(drawn["long_usd"])


def test_leverage_brackets_add_up_to_the_whole(recording):
    bins = ("--bin", 100)
    parts = [np.array(picture(recording, "--leverage", i, *bins)["long_usd"]) for i in range(5)]
    whole = np.array(picture(recording, *bins)["long_usd"])
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-9, atol=1e-6 * whole.max())


def test_ages_of_any_window_add_up_to_the_whole(recording):
    bins = ("--bin", 100)
    ages = ("0-37m", "37m-5h", "5h-")
    parts = [np.array(picture(recording, "--age", age, *bins)["long_usd"]) for age in ages]
    whole = np.array(picture(recording, *bins)["long_usd"])
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-6, atol=1e-6 * whole.max())


def test_a_picture_uses_nothing_later_than_its_instant(recording, tmp_path):
    longer = write_recording(tmp_path / "longer", bars=900)
    assert picture(recording)["long_usd"] == picture(longer)["long_usd"]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("sweep", "{r}", "--by", "30x", "--out", "{r}/o.csv"), 2),
        (("sweep", "{r}", "--by", "1m", "--out", "{r}/o.csv"), 2),
        (("sweep", "{r}", "--by", "30m", "--out", "{r}/no/o.csv"), 1),
        (("sweep", "{r}", "--by", "30m", "--out", "{r}/o.csv", "--market", "DOGE"), 2),
        (("sweep", "{r}/none", "--by", "30m", "--out", "{r}/o.csv"), 1),
        (("score", "{r}", "--fit-until", "yesterday"), 2),
        (("score", "{r}", "--fit-until", "2020-01-01"), 2),
        (("picture", "{r}", "--at", "2020-01-01"), 2),
        (("picture", "{r}", "--at", AT, "--venues", "mtgox"), 2),
        (("picture", "{r}", "--at", AT, "--leverage", "9"), 2),
        (("picture", "{r}", "--at", AT, "--age", "4h-1h"), 2),
        (("picture", "{r}", "--at", AT, "--bin", "-5"), 2),
        (("picture", "{r}", "--at", AT, "--window", "3000d", "--cadence", "1m"), 2),
    ],
)
def test_a_wrong_wish_gets_one_sentence(recording, arguments, status):
    with pytest.raises(CommandError) as refused:
        run(*(str(word).format(r=recording) for word in arguments))
    assert refused.value.returncode == status
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_a_damaged_recording_gets_one_sentence_with_file_and_row(recording):
    path = recording / "candles.csv.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    lines[5] = lines[5].replace(lines[5].split(",")[1], "nan")
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    with pytest.raises(CommandError, match=r"candles\.csv\.gz, row 6"):
        sweep(recording)


def test_the_recorded_spring_is_predicted_better_than_by_any_baseline(recordings):
    told = run("score", recordings / "btc-2026-spring", "--fit-until", "2026-04-01", "--json")
    (market,) = json.loads(told)["markets"]
    for side, least in (("long", 0.64), ("short", 0.54)):
        judged = {name: score["log_r2"] for name, score in market["sides"][side].items()}
        assert judged["exact"] >= least
        assert judged["exact"] == max(judged.values())
