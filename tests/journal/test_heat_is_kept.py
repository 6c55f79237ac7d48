"""A read keeps the heat it was made on, and a drawing shows it up to the read and no further."""

import base64
import zlib
from dataclasses import replace

import numpy as np
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.frame import decode
from apps.heatmaps.models import Snapshot
from apps.heatmaps.tones import BRIGHTEST
from apps.journal.heat import COLUMNS, ROWS, Heat, View, kept_heat, plate_of

HOUR_MS = 3_600_000
NOW_MS = 1_000 * HOUR_MS
FLAT = Heat(NOW_MS - 24 * HOUR_MS, NOW_MS, 50_000.0, 70_000.0, np.full((96, 128), 9, np.uint8))
VIEW = View(NOW_MS - 6 * HOUR_MS, NOW_MS + 6 * HOUR_MS, NOW_MS, 55_000.0, 65_000.0)


def cells_of(heat: Heat, view: View, columns: int = 60, rows: int = 40) -> np.ndarray:
    """Tones of a drawing, (rows, columns)."""
    digits = plate_of(heat, view, columns, rows).digits
    return np.array([int(digit, 32) for digit in digits]).reshape(rows, columns)


def test_a_read_keeps_the_heat_of_the_map_around_its_zone(published, log):
    read = log(away=-0.02)
    frame = decode(bytes(Snapshot.objects.get().frame))
    heat = kept_heat(read.frozen)
    assert heat.tones.shape == (min(COLUMNS, frame.header.columns), ROWS)
    assert heat.tones.max() == BRIGHTEST
    assert heat.low < read.low < read.price < heat.high
    assert heat.last_ms == frame.header.last_end_ms
    usd, centres = frame.usd[-1].sum(axis=0), frame.header.grid.centres()
    inside = (centres > heat.low * 1.001) & (centres < heat.high * 0.999)
    most = np.log(centres[inside][np.argmax(usd[inside])] / heat.low)
    row = int(most / np.log(heat.high / heat.low) * ROWS)
    assert heat.tones[-1, max(row - 1, 0) : row + 2].max() >= 0.9 * heat.tones[-1].max()


def test_a_zone_far_away_is_kept_with_room_behind_it(log):
    read = log(away=-0.2)
    heat = kept_heat(read.frozen)
    assert heat.low < read.low * 0.9


def test_a_hundred_reads_stay_light(log):
    assert len(log().frozen["heat"]["changes"]) < 6_000


def test_heat_ends_where_the_read_was_made():
    cells = cells_of(FLAT, VIEW)
    assert (cells[:, :30] > 0).all()
    assert (cells[:, 30:] == 0).all()


def test_a_split_within_a_cell_leaves_that_cell_dark():
    cells = cells_of(FLAT, replace(VIEW, split_ms=NOW_MS - 1))
    assert (cells[:, 29:] == 0).all()
    assert (cells[:, :29] > 0).all()


def test_nothing_is_drawn_where_nothing_was_kept():
    early = replace(VIEW, since_ms=NOW_MS - 48 * HOUR_MS, until_ms=NOW_MS)
    assert (cells_of(FLAT, early)[:, :30] == 0).all()
    wide = replace(VIEW, low=0.0, high=140_000.0)
    assert (cells_of(FLAT, wide)[:19, :30] == 0).all()
    assert (cells_of(FLAT, wide)[27:, :30] == 0).all()


@given(st.integers(0, 127))
def test_a_level_is_drawn_at_its_price(row):
    tones = np.zeros((96, 128), np.uint8)
    tones[:, row] = BRIGHTEST
    heat = replace(FLAT, tones=tones)
    view = replace(VIEW, low=heat.low, high=heat.high)
    shown = np.flatnonzero(cells_of(heat, view, rows=400)[:, 0])
    prices = heat.high - (shown + 0.5) / 400 * (heat.high - heat.low)
    rows = np.log(prices / heat.low) / np.log(heat.high / heat.low) * 128
    assert len(shown) >= 2
    assert (np.floor(rows) == row).all()


def test_a_dim_corner_is_lifted_but_never_called_brightest():
    assert cells_of(FLAT, VIEW).max() == 18
    assert cells_of(replace(FLAT, tones=np.full((96, 128), 20, np.uint8)), VIEW).max() == BRIGHTEST


def packed(cells: bytes) -> str:
    return base64.b64encode(zlib.compress(cells)).decode()


GOOD = {"first_ms": 0, "last_ms": 5, "low": 1.0, "high": 2.0, "columns": 2, "rows": 3,
        "changes": packed(b"\1" * 6)}  # fmt: skip


@pytest.mark.parametrize(
    "heat",
    [None, 7, [], "heat", {}, GOOD | {"first_ms": 5}, GOOD | {"last_ms": 10**30},
     GOOD | {"low": 0}, GOOD | {"high": "inf"}, GOOD | {"low": float("nan")},
     GOOD | {"columns": 0}, GOOD | {"rows": -3}, GOOD | {"columns": 10**9},
     GOOD | {"columns": 1e400}, GOOD | {"changes": "?"}, GOOD | {"changes": "é"},
     GOOD | {"changes": packed(b"\1" * 5)}, GOOD | {"changes": packed(b"\1" * 10**7)},
     GOOD | {"changes": None}, GOOD | {"changes": base64.b64encode(b"no").decode()}],
)  # fmt: skip
def test_nonsense_is_no_heat(heat):
    assert kept_heat({"heat": GOOD}) is not None
    assert kept_heat({"heat": heat}) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=3,
)


@given(st.fixed_dictionaries({name: st.just(value) | json_values for name, value in GOOD.items()}))
def test_whatever_a_file_brings_is_drawn_or_is_no_heat(heat):
    kept = kept_heat({"heat": heat})
    if kept is not None:
        assert cells_of(kept, VIEW).max() <= BRIGHTEST


def test_the_page_draws_it_small_and_large(published, log, signed_in):
    read = log()
    page = signed_in.get(reverse("read", args=[read.public])).content.decode()
    assert page.count('data-widget="heat"') == 2
    assert "The map as it was then. No heat is drawn after your read." in page
