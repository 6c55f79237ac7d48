"""Picture ⇄ bytes: the frame that travels to the browser.

A frame is a 96-byte little-endian header and a zlib body::

    header | zlib( meta JSON | C x 2 x B codes | C x 4 candles float32 )

    offset  type  field                     offset  type  field
     0      4s    magic "EMBR"               40     f64   scale low, USD
     4      u8    version, 1                 48     f64   scale high, USD
     5      u8    kind: 0 full, 1 update     56     f64   price, USD
     6      u8    axis: 0 log, 1 linear      64     f64   as of, epoch ms
     7      u8    reserved, 0                72     u32   sequence
     8      u32   columns C                  76     u32   picture id
    12      u32   bins B                     80     u32   bytes of meta
    16      i32   grid base                  84     u32   bytes of the inflated body
    20      u32   cadence, ms                88     u64   reserved, 0
    24      f64   grid step
    32      f64   end of the first column, epoch ms

Dollars become one byte on a logarithmic scale (``frame_scale``). Codes lie column by
column, longs then shorts. The first column is stored as differences along its bins, every later
one as differences from the column before it, all modulo 256: long runs of zeros either way.

An update carries the newest columns of a picture the reader already holds; it fits any full frame
with the same picture id. ``static/js/heatmap/frame.js`` is the twin of this module and both read
``tests/golden``. A change of format is a new version byte.
"""

import json
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from apps.engine.frame_scale import CodeArray, FrameScale, dequantise, quantise, scale_for
from apps.engine.records import FloatArray, IntArray, Picture, PriceGrid

Meta = dict[str, Any]

MAGIC = b"EMBR"
VERSION = 1
FULL, UPDATE = 0, 1
HEADER = struct.Struct("<4sBBBBIIiIddddddIIIIQ")
MAX_CELLS = 4_000_000  # columns x bins; more is refused unread
MAX_META_BYTES = 1_000_000
META_DIGITS = 7  # of a number that is not whole: a price to the cent
CANDLE = np.dtype("<f4")


class BadFrame(ValueError):
    """Bytes that are not a frame; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What the first 96 bytes of a frame say."""

    kind: int
    grid: PriceGrid
    columns: int
    cadence_ms: int
    first_end_ms: int
    scale: FrameScale
    price: float
    as_of_ms: int
    sequence: int
    picture_id: int

    @property
    def last_end_ms(self) -> int:
        """End of the newest column, which may still be open."""
        return self.first_end_ms + (self.columns - 1) * self.cadence_ms


@dataclass(frozen=True)
class DecodedFrame:
    """A frame read back: codes (C, 2, B) by column, side and bin; candles (C, 4)."""

    header: FrameHeader
    meta: Meta
    codes: CodeArray
    candles: FloatArray

    @property
    def end_ms(self) -> IntArray:
        """Instants of the columns, shape (C,)."""
        header = self.header
        return header.first_end_ms + np.arange(header.columns) * header.cadence_ms

    @cached_property
    def usd(self) -> FloatArray:
        """Dollars by column, side and bin, shape (C, 2, B)."""
        return dequantise(self.codes, self.header.scale)


def encode_full(
    picture: Picture,
    *,
    sequence: int,
    as_of_ms: int,
    spec: str,
    meta: Meta,
    scale: FrameScale | None = None,
) -> bytes:
    """The whole picture as a frame.

    ``spec`` names the selection drawn (market, timeframe, filters): it separates pictures that
    share a grid. ``scale`` keeps an earlier frame's scale as long as the picture fits in it.
    Raises ``ValueError`` when the columns are not ``cadence_ms`` apart.
    """
    if np.any(np.diff(picture.end_ms) != picture.cadence_ms):
        raise ValueError("the columns of a frame must be one cadence apart")
    if scale is None or not _fits(picture, 0, scale):
        scale = scale_for(picture)
    header = FrameHeader(
        kind=FULL,
        grid=picture.grid,
        columns=len(picture.end_ms),
        cadence_ms=picture.cadence_ms,
        first_end_ms=int(picture.end_ms[0]),
        scale=scale,
        price=picture.price,
        as_of_ms=as_of_ms,
        sequence=sequence,
        picture_id=_picture_id(picture, scale, spec),
    )
    return _pack(header, picture, meta, strategy=zlib.Z_RLE)


def encode_update(
    picture: Picture,
    *,
    onto: FrameHeader,
    since_end_ms: int,
    sequence: int,
    as_of_ms: int,
    meta: Meta,
) -> bytes | None:
    """The columns that end at ``since_end_ms`` or later (at least the newest), as a frame.

    ``onto`` is the header of a full frame of the same selection (``read_header``); readers of that
    frame, or of any with its picture id, can apply the update. None means that the picture has
    outgrown its scale or its grid: send a full frame.
    """
    start = min(int(np.searchsorted(picture.end_ms, since_end_ms)), len(picture.end_ms) - 1)
    same_plate = (picture.grid, picture.cadence_ms) == (onto.grid, onto.cadence_ms)
    if not same_plate or not _fits(picture, start, onto.scale):
        return None
    header = FrameHeader(
        kind=UPDATE,
        grid=onto.grid,
        columns=len(picture.end_ms) - start,
        cadence_ms=onto.cadence_ms,
        first_end_ms=int(picture.end_ms[start]),
        scale=onto.scale,
        price=picture.price,
        as_of_ms=as_of_ms,
        sequence=sequence,
        picture_id=onto.picture_id,
    )
    return _pack(header, picture, meta, strategy=zlib.Z_DEFAULT_STRATEGY)


def read_header(data: bytes) -> FrameHeader:
    """The header of a frame, without inflating its body. Raises ``BadFrame``."""
    return _parse_header(data)[0]


def decode(data: bytes) -> DecodedFrame:
    """Read a frame back. Raises ``BadFrame`` on anything but a well-formed one."""
    header, meta_bytes, body_bytes = _parse_header(data)
    body = _inflate(data[HEADER.size :], body_bytes)
    shape = (header.columns, 2, header.grid.count)
    planes_end = meta_bytes + header.columns * 2 * header.grid.count
    codes = np.frombuffer(body[meta_bytes:planes_end], np.uint8).reshape(shape)
    candles = np.frombuffer(body[planes_end:], CANDLE).reshape(header.columns, 4)
    meta = _parse_meta(body[:meta_bytes])
    return DecodedFrame(header, meta, _from_differences(codes), candles.astype(np.float64))


def _fits(picture: Picture, start: int, scale: FrameScale) -> bool:
    peak = max(picture.long_usd[start:].max(), picture.short_usd[start:].max())
    return bool(peak <= scale.high_usd)


def _picture_id(picture: Picture, scale: FrameScale, spec: str) -> int:
    grid = picture.grid
    plate = (grid.is_log, grid.base, grid.count, grid.step, picture.cadence_ms)
    return zlib.crc32(repr((*map(float, plate), scale.low_usd, scale.high_usd, spec)).encode())


def _pack(header: FrameHeader, picture: Picture, meta: Meta, *, strategy: int) -> bytes:
    newest = slice(len(picture.end_ms) - header.columns, None)
    codes = np.empty((header.columns, 2, header.grid.count), np.uint8)
    codes[:, 0] = quantise(picture.long_usd[newest], header.scale)
    codes[:, 1] = quantise(picture.short_usd[newest], header.scale)
    text = json.dumps(_brief(meta), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.encode()
    body = b"".join(
        (text, _to_differences(codes).tobytes(), picture.candles[newest].astype(CANDLE).tobytes())
    )
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    return _pack_header(header, len(text), len(body)) + packer.compress(body) + packer.flush()


def _brief(value: Any) -> Any:
    """The same description with fractions cut to the digits that can be read."""
    match value:
        case float():
            return float(f"{value:.{META_DIGITS}g}")
        case dict():
            return {key: _brief(item) for key, item in value.items()}
        case list() | tuple():
            return [_brief(item) for item in value]
    return value


def _to_differences(codes: CodeArray) -> CodeArray:
    differences = codes.copy()
    differences[1:] -= codes[:-1]
    differences[0, :, 1:] -= codes[0, :, :-1]
    return differences


def _from_differences(differences: CodeArray) -> CodeArray:
    codes = differences.copy()
    codes[0] = np.cumsum(codes[0], axis=-1, dtype=np.uint8)
    return np.cumsum(codes, axis=0, dtype=np.uint8)


def _pack_header(header: FrameHeader, meta_bytes: int, body_bytes: int) -> bytes:
    grid, scale = header.grid, header.scale
    return HEADER.pack(
        *(MAGIC, VERSION, header.kind, 0 if grid.is_log else 1, 0),
        *(header.columns, grid.count, grid.base, header.cadence_ms, grid.step),
        *(header.first_end_ms, scale.low_usd, scale.high_usd, header.price, header.as_of_ms),
        *(header.sequence, header.picture_id, meta_bytes, body_bytes, 0),
    )


def _parse_header(data: bytes) -> tuple[FrameHeader, int, int]:
    if len(data) < HEADER.size or data[:4] != MAGIC:
        raise BadFrame("These bytes are not a heatmap frame.")
    _, version, kind, axis, pad, *sizes, meta_bytes, body_bytes, reserved = HEADER.unpack_from(data)
    columns, bins, base, cadence_ms, step, *floats, sequence, picture_id = sizes
    first_end_ms, low, high, price, as_of_ms = floats
    if version != VERSION:
        raise BadFrame(f"The frame has version {version}; only version {VERSION} is understood.")
    if kind not in (FULL, UPDATE) or axis not in (0, 1) or pad or reserved:
        raise BadFrame("The frame header has a kind or an axis that does not exist.")
    if not (columns and bins and cadence_ms) or columns * bins > MAX_CELLS:
        raise BadFrame(f"A frame of {columns} columns and {bins} bins is empty or too large.")
    if not np.isfinite((step, *floats)).all() or not (step > 0 and 0 < low < high and price > 0):
        raise BadFrame("The frame header has a number out of range.")
    if not all(
        instant.is_integer() and 0 <= instant < 2**53 for instant in (first_end_ms, as_of_ms)
    ):
        raise BadFrame("The frame header has an instant that is not a time.")
    if meta_bytes > MAX_META_BYTES or body_bytes != meta_bytes + columns * (2 * bins + 16):
        raise BadFrame("The lengths in the frame header contradict one another.")
    grid = PriceGrid(base, bins, step, is_log=axis == 0)
    _check_edges(grid)
    scale = FrameScale(low, high)
    header = FrameHeader(
        kind, grid, columns, cadence_ms, int(first_end_ms), scale, price, int(as_of_ms),
        sequence, picture_id,
    )  # fmt: skip
    return header, meta_bytes, body_bytes


def _check_edges(grid: PriceGrid) -> None:
    lowest, highest = grid.base * grid.step, (grid.base + grid.count) * grid.step
    floor, ceiling = (-700, 700) if grid.is_log else (0, 1e300)
    if lowest < floor or highest > ceiling:
        raise BadFrame("The price axis of the frame reaches beyond any price.")


def _inflate(packed: bytes, size: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        body = inflater.decompress(packed, size + 1)
    except zlib.error as error:
        raise BadFrame("The body of the frame is damaged.") from error
    if len(body) != size or not inflater.eof or inflater.unused_data:
        raise BadFrame("The body of the frame does not have the length its header states.")
    return body


def _parse_meta(text: bytes) -> Meta:
    try:
        meta = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame("The description inside the frame is not JSON.") from error
    if not isinstance(meta, dict):
        raise BadFrame("The description inside the frame is not a JSON object.")
    return meta
