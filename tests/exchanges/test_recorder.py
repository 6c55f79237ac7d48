"""What is recorded can be read again, to the last bit, and survives being interrupted."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.exchanges import recorder_files
from apps.exchanges.recorded_prints import read_prints
from apps.exchanges.recorder import Recorder
from apps.exchanges.recorder_run import record
from apps.exchanges.recording import read_recording
from apps.exchanges.records import (
    BadRecording,
    BarRow,
    Clock,
    Feed,
    FeedInfo,
    InstrumentInfo,
    LiquidationRow,
    Row,
    Sleep,
)
from apps.exchanges.replay import open_replay
from apps.exchanges.simulated.feed import SimulatedFeed
from tests.exchanges.conftest import FIRST_MS, MINUTE_MS, OPEN_INTEREST, TinyRecording

BTC = InstrumentInfo("binance", "BTCUSDT", "BTC", "USDT")
BEGIN_MS = 1_780_000_020_000
HALF_HOUR_MS = 30 * MINUTE_MS


def bar(minute: int, **changes: object) -> BarRow:
    """A plausible bar of ``BTC`` that ends ``minute`` minutes after ``BEGIN_MS``."""
    told = {
        "open": 100.0, "high": 101.0, "low": 99.0, "close": 100.5, "volume": 10.0,
        "taker_delta": 1.1, "open_interest": 1000.0 + minute, "mark_low": 99.3,
        "mark_high": 100.9, "mark_close": 100.4, "funding_rate": 0.0001,
    }  # fmt: skip
    return BarRow(BTC.slug, BEGIN_MS + minute * MINUTE_MS, MINUTE_MS, **(told | changes))


def liquidation(ts_ms: int, **changes: object) -> LiquidationRow:
    """Half a bitcoin of longs."""
    told = {
        "side": "long", "size_base": 0.5, "usd": 50.0, "price": 100.0, "completeness": "sampled",
    }  # fmt: skip
    return LiquidationRow(BTC.slug, ts_ms, **(told | changes))


def recorder(folder: Path) -> Recorder:
    return Recorder(folder, [BTC], name="kept", description="For a test.")


def written(folder: Path, rows: list[Row]) -> list[BarRow]:
    """Record rows, and read the bars."""
    kept = recorder(folder)
    kept.add(rows)
    kept.save()
    return list(read_recording(folder).bar_rows(BTC.slug))


def listen(feed: Feed, folder: Path, *, for_ms: int | None = None) -> Recorder:
    """Record a feed for as long as asked, in no time."""
    kept = Recorder(folder, feed.instruments(), name="kept", description="For a test.")

    async def run() -> None:
        over = asyncio.Event()
        await record(
            feed, kept, over=over, for_ms=for_ms, is_leaping=True, wall=lambda: BEGIN_MS
        )  # fmt: skip

    asyncio.run(run())
    return kept


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_bars_are_read_as_they_were_told(tmp_path: Path) -> None:
    rows = [bar(i, close=100 + i / 7, high=120.1) for i in range(40)]
    assert written(tmp_path / "kept", rows) == rows


def test_what_a_venue_does_not_say_stays_unsaid(tmp_path: Path) -> None:
    silent = dict.fromkeys(
        ("volume", "taker_delta", "open_interest", "mark_low", "mark_high", "mark_close",
         "funding_rate")
    )  # fmt: skip
    rows = [bar(i, **silent) for i in range(3)]
    assert written(tmp_path / "kept", rows) == rows


optional = st.none() | st.floats(0.001, 1e6)


@st.composite
def minutes(draw: st.DrawFn) -> list[BarRow]:
    """Bars with gaps between them; of readings, what can be said at all in the format."""
    marks = draw(st.booleans())
    rows = []
    for minute in draw(st.lists(st.integers(0, 60), min_size=1, max_size=20, unique=True)):
        prices = draw(st.lists(st.floats(0.01, 1e6), min_size=4, max_size=4))
        low, *inside, high = sorted(prices)
        mark_low, mark_close, mark_high = sorted(
            draw(st.lists(st.floats(0.01, 1e6), min_size=3, max_size=3))
        )
        volume = draw(optional)
        rows.append(
            BarRow(
                BTC.slug, BEGIN_MS + minute * MINUTE_MS, MINUTE_MS, inside[0], high, low, inside[1],
                volume=volume,
                taker_delta=draw(st.none() | st.floats(-(volume or 1), volume or 1)),
                open_interest=draw(st.floats(0, 1e9)),
                mark_low=mark_low if marks else None,
                mark_high=mark_high if marks else None,
                mark_close=mark_close,
                funding_rate=draw(st.floats(-0.05, 0.05)),
            )
        )  # fmt: skip
    return rows


@settings(max_examples=40, deadline=None)
@given(rows=minutes())
def test_any_bars_come_back_bit_by_bit(
    rows: list[BarRow], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("recordings") / "kept"
    assert written(folder, rows) == sorted(rows, key=lambda row: row.end_ms)


@settings(max_examples=40, deadline=None)
@given(
    read=st.lists(st.tuples(st.booleans(), st.integers(0, 299_999)), min_size=24, max_size=24),
    marked=st.booleans(),
)
def test_the_bars_of_a_recording_with_holes_are_recorded_as_they_were(
    read: list[tuple[bool, int]], marked: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("recordings")
    tiny = TinyRecording(folder / "tiny")
    for file in list(tiny.lines):
        if file == OPEN_INTEREST or (marked and "marks" in file):
            header, *rows = tiny.lines[file]
            tiny.lines[file] = [header] + [
                f"{FIRST_MS + i * 300_000 + late_ms},{row.partition(',')[2]}"
                for i, (row, (is_there, late_ms)) in enumerate(zip(rows, read, strict=True))
                if is_there
            ]
    original = list(read_recording(tiny.write()).bar_rows(BTC.slug))
    assert written(folder / "kept", original) == original


def test_order_and_repetition_do_not_matter(tmp_path: Path) -> None:
    rows = [bar(i) for i in range(10)]
    written(tmp_path / "one", rows)
    written(tmp_path / "two", rows[::-1] + rows[3:6])
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_an_open_bar_is_not_recorded_and_the_first_closed_one_stays(tmp_path: Path) -> None:
    rows = [bar(1, closed=False), bar(1, volume=7.0), bar(1, volume=8.0), bar(2)]
    assert [row.volume for row in written(tmp_path / "kept", rows)] == [7.0, 10.0]


@pytest.mark.parametrize(
    "changes",
    [
        {"open": float("nan")},
        {"high": 100.2},
        {"close": -1.0, "low": -1.0},
        {"volume": 1.0, "taker_delta": -2.0},
        {"open_interest": float("inf")},
        {"mark_low": None},
        {"span_ms": 30_000},
        {"end_ms": BEGIN_MS + 150_000},
        {"end_ms": 1_780_000},
    ],
)
def test_a_bar_no_reader_would_accept_is_left_out_and_counted(
    tmp_path: Path, changes: dict[str, float | None]
) -> None:
    kept = recorder(tmp_path / "kept")
    kept.add([bar(0), replace(bar(3), **changes), bar(5)])
    kept.save()
    assert kept.left_out == 1
    assert list(read_recording(tmp_path / "kept").bar_rows(BTC.slug)) == [bar(0), bar(5)]


def test_a_value_that_one_bar_has_alone_is_heard_in_the_next_one_too(tmp_path: Path) -> None:
    """The format cannot say otherwise."""
    rows = [bar(i, open_interest=value) for i, value in enumerate([7.0, 8.0, None, None, None])]
    read = written(tmp_path / "kept", rows)
    assert [row.open_interest for row in read] == [7.0, 8.0, 8.0, 8.0, None]


def test_liquidations_are_kept_one_by_one(tmp_path: Path) -> None:
    rows = [
        liquidation(BEGIN_MS + 5, side="short", price=None),
        liquidation(BEGIN_MS + 1, completeness="full"),
        liquidation(BEGIN_MS + 2, size_base=0.0),
    ]
    kept = recorder(tmp_path / "kept")
    kept.add([bar(0), *rows])
    kept.save()
    prints = read_prints(tmp_path / "kept")
    assert (kept.prints, kept.left_out) == (2, 1)
    assert prints["ts_ms"].tolist() == [BEGIN_MS + 1, BEGIN_MS + 5]
    assert prints["position_side"].tolist() == ["long", "short"]
    assert prints["price"].tolist() == [100.0, 100.0]
    assert prints["price_kind"].tolist() == ["as told", "amount over size"]


def test_liquidations_are_summed_over_half_hours_that_were_heard_whole(tmp_path: Path) -> None:
    whole = -(-BEGIN_MS // HALF_HOUR_MS) * HALF_HOUR_MS
    rows: list[Row] = [
        liquidation(BEGIN_MS, usd=1.0),
        liquidation(whole, usd=2.0),
        liquidation(whole + HALF_HOUR_MS - 1, usd=4.0),
        liquidation(whole + HALF_HOUR_MS, side="short", usd=8.0),
        liquidation(whole + 2 * HALF_HOUR_MS, usd=16.0),
    ]
    last = (whole + 2 * HALF_HOUR_MS + MINUTE_MS - BEGIN_MS) // MINUTE_MS
    written(tmp_path / "kept", [bar(0), bar(last), *rows])
    totals = read_recording(tmp_path / "kept").liquidations("BTC", "30m")
    assert totals.ts_ms.tolist() == [whole, whole + HALF_HOUR_MS]
    assert totals.long_usd.tolist() == [6.0, 0.0]
    assert totals.short_usd.tolist() == [0.0, 8.0]
    assert totals.venues == ("binance",)


def test_a_folder_with_a_recording_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "kept", [bar(0)])
    with pytest.raises(BadRecording, match="already holds a recording"):
        recorder(tmp_path / "kept")


def test_whenever_saving_is_cut_off_the_folder_can_still_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def replace_until(moves: int) -> None:
        def move(source: Path, target: Path) -> None:
            nonlocal moves
            if moves == 0:
                raise Killed
            moves -= 1
            os.rename(source, target)

        monkeypatch.setattr(recorder_files.os, "replace", move)

    old, new = [bar(i) for i in range(5)], [bar(i) for i in range(9)]
    survived = set()
    for moves in range(5):
        kept = recorder(tmp_path / str(moves))
        replace_until(99)
        kept.add([*old, liquidation(BEGIN_MS)])
        kept.save()
        replace_until(moves)
        kept.add(new)
        with pytest.raises(Killed):
            kept.save()
        read = list(read_recording(tmp_path / str(moves)).bar_rows(BTC.slug))
        assert [row.end_ms for row in read] == [row.end_ms for row in (old, new)[len(read) > 5]]
        survived.add(len(read))
    assert survived == {5, 9}


def test_a_replay_is_recorded_to_its_end_as_it_was(tiny: TinyRecording, tmp_path: Path) -> None:
    feed = open_replay(tiny.write())
    listen(feed, tmp_path / "kept")
    again = open_replay(tmp_path / "kept")
    assert again.rows == feed.rows


def test_the_real_recordings_are_recorded_as_they_are(
    real_recordings: Path, tmp_path: Path
) -> None:
    feed = open_replay(real_recordings / "june-2026-two-venues")
    kept = listen(feed, tmp_path / "kept")
    assert kept.left_out == 0
    assert open_replay(tmp_path / "kept").rows == feed.rows


def test_a_simulated_market_is_recorded_for_as_long_as_asked(tmp_path: Path) -> None:
    kept = listen(SimulatedFeed(7, history_days=1), tmp_path / "kept", for_ms=10 * MINUTE_MS)
    again = SimulatedFeed(7, history_days=1)
    told = [
        row
        for batch in again.history(BEGIN_MS + 10 * MINUTE_MS, BEGIN_MS - 86_400_000)
        for row in batch
    ]
    recording = read_recording(tmp_path / "kept")
    for info in again.instruments():
        expected = [r for r in told if isinstance(r, BarRow) and r.instrument == info.slug]
        assert list(recording.bar_rows(info.slug)) == expected
    assert kept.prints == sum(isinstance(row, LiquidationRow) for row in told)


class Breaking:
    """A feed that tells three bars and then breaks, or falls silent."""

    info = FeedInfo("live", "a venue")

    def __init__(self, over: asyncio.Event | None = None) -> None:
        self.over = over

    def instruments(self) -> tuple[InstrumentInfo, ...]:
        return (BTC,)

    def start_ms(self, wall_ms: int) -> int:
        return wall_ms

    def history(self, until_ms: int, first_ms: int | None = None) -> Iterator[list[Row]]:
        yield [bar(-1), bar(0)]

    async def stream(self, after_ms: int, clock: Clock, sleep: Sleep) -> AsyncIterator[list[Row]]:
        yield [bar(1)]
        if self.over is None:
            raise ConnectionError("gone")
        self.over.set()
        await asyncio.Future()


def test_what_was_heard_before_a_feed_broke_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError):
        listen(Breaking(), tmp_path / "kept")
    assert len(list(read_recording(tmp_path / "kept").bar_rows(BTC.slug))) == 3


def test_being_told_to_stop_ends_the_recording_cleanly(tmp_path: Path) -> None:
    async def run() -> None:
        over = asyncio.Event()
        await record(
            Breaking(over), recorder(tmp_path / "kept"), over=over, wall=lambda: BEGIN_MS
        )  # fmt: skip

    asyncio.run(run())
    assert len(list(read_recording(tmp_path / "kept").bar_rows(BTC.slug))) == 3


def test_minutes_that_follow_a_history_of_longer_bars_are_kept_instead(tmp_path: Path) -> None:
    kept = recorder(tmp_path / "kept")
    kept.add([replace(bar(-5), span_ms=5 * MINUTE_MS), bar(1), bar(2)])
    kept.add([replace(bar(-10), span_ms=5 * MINUTE_MS)])
    kept.save()
    recorded = list(read_recording(tmp_path / "kept").bar_rows(BTC.slug))
    assert [(row.end_ms, row.span_ms) for row in recorded] == [
        (bar(1).end_ms, MINUTE_MS),
        (bar(2).end_ms, MINUTE_MS),
    ]
    assert kept.left_out == 1
