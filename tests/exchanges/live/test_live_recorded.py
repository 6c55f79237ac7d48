"""What eight venues told, written down and replayed, gives the same pictures byte for byte.

Of the stream, that is: open interest of the history is told every five minutes, for one minute in
five, and the format of recordings cannot say that a single bar alone has a reading.
"""

from dataclasses import fields
from pathlib import Path

import pytest

from apps.engine.frame import encode_full
from apps.exchanges.fake.virtual_loop import run_virtually
from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.recorder import Recorder
from apps.exchanges.records import BarRow, LiquidationRow, Row
from apps.exchanges.replay import open_replay
from tests.exchanges.live.fake_market import Run, run_feed
from tests.exchanges.live.truth import as_arrays, draw_bars

ROUNDED = ("taker_delta",)  # written as what takers bought, beside the volume


def test_a_recorded_feed_and_its_replay_give_the_same_pictures(tmp_path: Path) -> None:
    run = run_virtually(run_feed(4.3, seed=284, markets=2))
    recorder = Recorder(
        tmp_path / "kept", run.feed.instruments(), name="kept", description="Eight venues."
    )
    recorder.add(streamed(run))
    recorder.save()
    assert recorder.left_out == 0
    assert recorder.prints == len({r for r in run.rows if isinstance(r, LiquidationRow)}) > 20
    assert recorder.bars >= 2 * len(run.market.universe.infos)
    replayed = open_replay(str(tmp_path / "kept"), speed=1.0, is_looping=False).rows
    told = sorted(closed_once(run), key=place)
    assert [place(row) for row in told] == [place(row) for row in sorted(replayed, key=place)]
    for row, again in zip(told, sorted(replayed, key=place), strict=True):
        for field in fields(BarRow):
            one, two = getattr(row, field.name), getattr(again, field.name)
            assert one == (pytest.approx(two) if field.name in ROUNDED and two is not None else two)
    for base in ("btc", "eth"):
        assert frame_of(told, base) == frame_of(replayed, base)


def streamed(run: Run) -> list[Row]:
    """What came after the history."""
    return [
        row
        for row in run.rows
        if not isinstance(row, BarRow) or row.end_ms > run.begins_ms + MINUTE_MS
    ]


def closed_once(run: Run) -> list[BarRow]:
    """Closed bars of the stream, the first of each instant."""
    closed = [row for row in streamed(run) if isinstance(row, BarRow) and row.closed]
    return list({place(row): row for row in reversed(closed)}.values())


def place(row: BarRow) -> tuple[str, int]:
    return row.instrument, row.end_ms


def frame_of(rows: tuple[BarRow, ...] | list[BarRow], base: str) -> bytes:
    """The picture of a coin over all venues, as it travels."""
    picture = draw_bars(as_arrays(row for row in rows if f"-{base}" in row.instrument))
    return encode_full(picture, sequence=1, as_of_ms=0, spec=base, meta={"market": base})
