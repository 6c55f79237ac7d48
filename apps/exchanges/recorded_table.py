"""A gzip CSV file as rows of text, and the sentences for what is wrong with it.

Rows are counted as an editor counts lines: the header is row 1.
"""

import gzip
import zlib
from pathlib import Path

from apps.exchanges.records import BadRecording

GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


def read_table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows, every row as wide as the header. Raises ``BadRecording``."""
    lines = [line.removesuffix("\r") for line in _text(path).split("\n")]
    if lines[-1] == "":
        lines.pop()
    if not lines:
        raise fault(path, 1, "the file is empty, without even a header")
    header, *rows = [line.split(",") for line in lines]
    if len(set(header)) < len(header):
        raise fault(path, 1, "the header names a column twice")
    for row, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            raise fault(path, row, f"has {len(cells)} cells where the header has {len(header)}")
    return header, rows


def fault(path: Path, row: int, what: str) -> BadRecording:
    """The sentence for a fault in one row."""
    return BadRecording(f"{path.name}, row {row}: {what}.")


def _text(path: Path) -> str:
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        raise BadRecording(
            f"{path.name} is missing from the recording {path.parent.name}."
        ) from None
    except OSError as error:
        raise BadRecording(f"{path.name} cannot be read ({error.strerror}).") from None
    try:
        data = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        row = _readable_part(packed).count(b"\n") + 1
        raise fault(path, row, "the gzip file is cut short or damaged here") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise fault(path, row, "is not text") from None


def _readable_part(packed: bytes) -> bytes:
    """What can be unpacked of a damaged gzip file before the damage."""
    reader, part = zlib.decompressobj(GZIP_OR_ZLIB), b""
    try:
        for start in range(0, len(packed), 1024):
            part += reader.decompress(packed[start : start + 1024])
    except zlib.error:
        pass
    return part
