import json
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from apps.engine.frame import (
    HEADER,
    BadFrame,
    decode,
    encode_full,
    encode_update,
    read_header,
)
from apps.engine.frame_scale import FrameScale, dequantise, quantise, scale_for
from apps.engine.records import Picture, PriceGrid
from tests.golden import make

CADENCE_MS = 60_000
START_MS = 1_780_000_000_000
SCALE = FrameScale(1e3, 1e7)

dollars = st.floats(0, 1e12, allow_subnormal=False)
cells = npst.arrays(
    np.float64, st.tuples(st.integers(1, 12), st.just(2), st.integers(1, 30)), elements=dollars
)


def picture_of(usd: np.ndarray, *, first_end_ms: int = START_MS, is_log: bool = True) -> Picture:
    columns, _, bins = usd.shape
    candles = np.full((columns, 4), 100.0) + np.arange(columns)[:, None]
    candles[columns // 2] = np.nan
    return Picture(
        grid=PriceGrid(9_200, bins) if is_log else PriceGrid(900, bins, 50.0, is_log=False),
        end_ms=first_end_ms + np.arange(columns) * CADENCE_MS,
        cadence_ms=CADENCE_MS,
        long_usd=usd[:, 0],
        short_usd=usd[:, 1],
        candles=candles,
        price=101.5,
        parameters_version="test",
    )


def full_of(picture: Picture, **changes: object) -> bytes:
    arguments = {"sequence": 3, "as_of_ms": START_MS, "spec": "btc", "meta": {"market": "btc"}}
    return encode_full(picture, **(arguments | changes))


def update_of(picture: Picture, *, onto: bytes, since_end_ms: int) -> bytes | None:
    return encode_update(
        picture,
        onto=read_header(onto),
        since_end_ms=since_end_ms,
        sequence=4,
        as_of_ms=START_MS,
        meta={"version": 2},
    )


@given(npst.arrays(np.float64, 20, elements=st.floats(1e3, 1e7)))
def test_a_quantised_amount_is_at_most_half_a_step_away(usd):
    back = dequantise(quantise(usd, SCALE), SCALE)
    assert np.all(np.abs(np.log(back / usd)) <= 0.501 * SCALE.log_step)


@given(npst.arrays(np.float64, 20, elements=dollars))
def test_more_dollars_never_get_a_smaller_code(usd):
    codes = quantise(np.sort(usd), SCALE)
    assert np.all(np.diff(codes.astype(int)) >= 0)


def test_nothing_stays_nothing_and_too_much_stays_at_the_top():
    codes = quantise(np.array([0.0, 1e-300, 980.0, 1e3, 1e7, 1e30]), SCALE)
    assert codes.tolist() == [0, 0, 0, 1, 255, 255]
    assert dequantise(codes, SCALE)[0] == 0.0


def test_codes_survive_being_read_and_quantised_again():
    codes = np.arange(256, dtype=np.uint8)
    assert np.array_equal(quantise(dequantise(codes, SCALE), SCALE), codes)


@given(cells)
def test_a_scale_leaves_headroom_above_the_brightest_cell(usd):
    scale = scale_for(picture_of(usd))
    assert scale.high_usd >= 1.25 * usd.max()
    assert scale.low_usd == scale.high_usd / 1e4


@given(cells, st.booleans())
def test_a_picture_comes_back_as_it_was_sent(usd, is_log):
    picture = picture_of(usd, is_log=is_log)
    frame = decode(full_of(picture))
    assert frame.header.grid == picture.grid
    assert np.array_equal(frame.end_ms, picture.end_ms)
    assert np.array_equal(frame.candles, picture.candles, equal_nan=True)
    assert frame.header.price == picture.price
    assert frame.meta == {"market": "btc"}
    assert np.array_equal(frame.codes, quantise(usd, frame.header.scale))
    assert np.isfinite(frame.usd).all()


@given(cells, st.data())
def test_an_update_laid_over_a_full_frame_is_the_full_frame_of_later(usd, data):
    columns = len(usd)
    window = data.draw(st.integers(1, columns))
    before = picture_of(usd[:window])
    moved = columns - window
    after = picture_of(usd[moved:], first_end_ms=START_MS + moved * CADENCE_MS)
    full = full_of(before, scale=scale_for(picture_of(usd)))
    update = update_of(after, onto=full, since_end_ms=int(before.end_ms[-1]))
    later = decode(full_of(after, scale=read_header(full).scale))
    news = decode(update)
    start = (news.header.first_end_ms - START_MS) // CADENCE_MS
    laid_over = np.concatenate([decode(full).codes[:start], news.codes])[-window:]
    assert np.array_equal(laid_over, later.codes)
    assert news.header.picture_id == later.header.picture_id == read_header(full).picture_id


def test_an_update_holds_at_least_the_newest_column():
    picture = picture_of(np.ones((5, 2, 4)))
    full = full_of(picture)
    update = update_of(picture, onto=full, since_end_ms=int(picture.end_ms[-1]) + CADENCE_MS)
    assert read_header(update).columns == 1
    assert read_header(update).last_end_ms == read_header(full).last_end_ms


def test_a_picture_that_outgrew_its_scale_or_moved_its_grid_gets_no_update():
    picture = picture_of(np.ones((5, 2, 4)))
    full = full_of(picture)
    brighter = replace(picture, long_usd=picture.long_usd * 100)
    moved = replace(picture, grid=PriceGrid(9_300, 4))
    assert update_of(brighter, onto=full, since_end_ms=0) is None
    assert update_of(moved, onto=full, since_end_ms=0) is None


def test_a_given_scale_is_kept_while_it_fits():
    picture = picture_of(np.ones((5, 2, 4)))
    assert read_header(full_of(picture, scale=FrameScale(1, 1e4))).scale == FrameScale(1, 1e4)
    assert read_header(full_of(picture, scale=FrameScale(1e-5, 0.1))).scale == scale_for(picture)


def test_selections_grids_and_scales_have_pictures_of_their_own():
    picture = picture_of(np.ones((5, 2, 4)))
    others = [
        full_of(picture, spec="eth"),
        full_of(picture, scale=FrameScale(1, 1e4)),
        full_of(replace(picture, grid=PriceGrid(9_201, 4))),
        full_of(picture),
    ]
    assert len({read_header(frame).picture_id for frame in others}) == 4


def test_numbers_of_the_description_keep_seven_digits():
    meta = {"clusters": [(0, 77_500.123456, 2.5e8)], "version": 123_456_789_012, "feed": None}
    frame = decode(full_of(picture_of(np.ones((3, 2, 4))), meta=meta))
    assert frame.meta == meta | {"clusters": [[0, 77_500.12, 2.5e8]]}


def test_columns_out_of_step_are_not_sent():
    picture = picture_of(np.ones((3, 2, 4)))
    uneven = replace(picture, end_ms=picture.end_ms + np.array([0, 0, 1]))
    with pytest.raises(ValueError, match="one cadence apart"):
        full_of(uneven)


def test_the_golden_frames_hold_the_recorded_values():
    recorded = json.loads((make.HERE / "frame_v1.json").read_text(encoding="utf-8"))
    for name in ("full", "update"):
        golden = decode((make.HERE / f"frame_v1_{name}.bin").read_bytes())
        assert make.described(golden) == recorded[name]


def test_encoding_today_gives_what_the_golden_frames_hold():
    recorded = json.loads((make.HERE / "frame_v1.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(make.expected())) == recorded


# Refusals


FULL = full_of(picture_of(np.geomspace(1, 1e6, 480).reshape(8, 2, 30)))


def repacked(body: bytes, *, meta_bytes: int) -> bytes:
    """The full frame with another body, its lengths put right."""
    fields = list(HEADER.unpack_from(FULL))
    fields[-3:-1] = meta_bytes, len(body)
    return HEADER.pack(*fields) + zlib.compress(body)


@settings(max_examples=300)
@given(st.integers(0, len(FULL) * 8 - 1))
def test_a_flipped_bit_is_refused_or_harmless(bit):
    damaged = bytearray(FULL)
    damaged[bit // 8] ^= 1 << bit % 8
    try:
        frame = decode(bytes(damaged))
    except BadFrame:
        return
    assert bit < HEADER.size * 8
    assert np.isfinite(frame.usd).all()
    assert np.isfinite(frame.header.grid.edges()).all()


@given(st.integers(0, len(FULL) - 1))
def test_a_frame_cut_short_is_refused(length):
    with pytest.raises(BadFrame):
        decode(FULL[:length])


@given(st.binary(max_size=400))
def test_garbage_is_refused(garbage):
    for data in (garbage, FULL[: HEADER.size] + garbage, FULL + garbage[:1] + b"x"):
        with pytest.raises(BadFrame):
            decode(data)


@given(st.binary(min_size=88, max_size=88))
def test_a_header_of_garbage_is_refused_or_harmless(garbage):
    try:
        header = read_header(b"EMBR\x01\x00\x00\x00" + garbage)
    except BadFrame:
        return
    assert np.isfinite(header.grid.edges()).all()


@pytest.mark.parametrize(
    ("offset", "field", "sentence"),
    [
        (0, b"PNG\n", "not a heatmap frame"),
        (4, b"\x02", "version 2"),
        (5, b"\x02", "kind"),
        (8, struct.pack("<I", 0), "empty or too large"),
        (12, struct.pack("<I", 2**31), "empty or too large"),
        (16, struct.pack("<i", 2**31 - 1), "price axis"),
        (24, struct.pack("<d", np.nan), "out of range"),
        (32, struct.pack("<d", 0.5), "not a time"),
        (48, struct.pack("<d", 0.0), "out of range"),
        (80, struct.pack("<I", 2**31), "lengths"),
        (84, struct.pack("<I", 7), "lengths"),
    ],
)
def test_a_header_that_cannot_be_true_is_refused_by_name(offset, field, sentence):
    damaged = FULL[:offset] + field + FULL[offset + len(field) :]
    with pytest.raises(BadFrame, match=sentence):
        decode(damaged)


def test_a_body_that_inflates_to_more_than_the_header_says_is_refused():
    with pytest.raises(BadFrame, match="length"):
        decode(FULL[: HEADER.size] + zlib.compress(bytes(50_000_000)))


@pytest.mark.parametrize("meta", [b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"1" * 10_000])
def test_a_description_that_is_not_an_object_is_refused(meta):
    planes = bytes(8 * 2 * 30 + 8 * 16)
    with pytest.raises(BadFrame, match="description"):
        decode(repacked(meta + planes, meta_bytes=len(meta)))
