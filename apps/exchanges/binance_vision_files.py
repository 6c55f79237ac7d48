"""Files of Binance's public data archive as they are downloaded: names, checksums, rows of text.

    …/klines/BTCUSDT/1m/BTCUSDT-1m-2026-03.zip               by month, or by day: …-2026-03-31.zip
    …/markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2026-03.zip      the same name: the folder tells
    …/metrics/BTCUSDT/BTCUSDT-metrics-2026-03-31.zip
    …/fundingRate/BTCUSDT/BTCUSDT-fundingRate-2026-03.zip
    … .zip.CHECKSUM                                          SHA-256 of the zip, when downloaded

A zip holds one CSV file. Candles have a header line since the middle of 2022 and none before.
"""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.recorded_series import FIRST_PLAUSIBLE_MS, LARGEST, LAST_PLAUSIBLE_MS
from apps.exchanges.recorded_table import fault
from apps.exchanges.records import BadRecording

type Kind = Literal["klines", "markPriceKlines", "metrics", "fundingRate"]

NAME = re.compile(r"([A-Z0-9]+)-(metrics|fundingRate|[0-9]+[mhd])-(\d{4}-\d\d(?:-\d\d)?)\.zip")
CANDLE_FOLDERS = ("klines", "markPriceKlines", "indexPriceKlines", "premiumIndexKlines")
OTHER_MARKETS = {"spot", "cm", "option"}
LARGEST_CSV = 1 << 28  # bytes
UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One zip, as its name and folders describe it."""

    path: Path
    kind: Kind
    symbol: str
    date: str  # 2026-03 or 2026-03-31
    interval_ms: int = 0  # of candles
    is_sure: bool = True  # False: only the missing folder names suggest last prices, not marks


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file; ``first_row`` is the number an editor gives to the first of them."""

    path: Path
    first_row: int
    columns: dict[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def fault(self, index: int, what: str) -> BadRecording:
        """The sentence for a fault in one row."""
        return fault(self.path, self.first_row + index, what)

    def refuse(self, wrong: NDArray[np.bool_], what: str) -> None:
        """Raise ``BadRecording`` for the first row that is wrong."""
        if wrong.any():
            raise self.fault(int(np.argmax(wrong)), what)

    def numbers(
        self,
        name: str,
        *,
        least: float = 0.0,
        most: float = LARGEST,
        may_be_blank: bool = False,
    ) -> NDArray[np.float64]:
        """A column as numbers within limits, NaN for a blank. Raises ``BadRecording``."""
        cells = self.columns[name]
        values = np.fromiter(map(_number, cells), np.float64, len(cells))
        for index in np.flatnonzero(~((values >= least) & (values <= most))):
            cell = cells[index]
            if cell or not may_be_blank:
                words = name.replace("_", " ")
                raise self.fault(int(index), f"{words} is {cell[:20]!r}, which cannot be")
        return values

    def times(self, name: str) -> NDArray[np.int64]:
        """A column of epoch milliseconds; seconds and microseconds are refused."""
        told = self.numbers(name, least=FIRST_PLAUSIBLE_MS, most=LAST_PLAUSIBLE_MS)
        return told.astype(np.int64)


def find_files(folders: Iterable[Path]) -> tuple[list[ArchiveFile], int]:
    """Every zip below the folders that can be imported, and how many others there are."""
    found: list[ArchiveFile] = []
    others = 0
    for folder in folders:
        if not folder.is_dir():
            raise BadRecording(f"{folder} is not a folder.")
        for path in sorted(folder.resolve().rglob("*.zip")):
            file = describe(path)
            found += [file] if file else []
            others += file is None
    return found, others


def describe(path: Path) -> ArchiveFile | None:
    """What a zip holds; nothing when it is of another market or another kind."""
    match = NAME.fullmatch(path.name)
    if not match or OTHER_MARKETS.intersection(path.parts[:-1]):
        return None
    symbol, what, date = match.groups()
    if what in ("metrics", "fundingRate"):
        return ArchiveFile(path, what, symbol, date)
    folder = next((part for part in reversed(path.parts) if part in CANDLE_FOLDERS), None)
    kind = folder or "klines"
    if kind not in ("klines", "markPriceKlines"):
        return None
    interval_ms = int(what[:-1]) * UNITS_MS[what[-1]]
    return ArchiveFile(path, kind, symbol, date, interval_ms, is_sure=folder is not None)


def read_table(path: Path, layout: Sequence[str], needed: Iterable[str]) -> Table:
    """The CSV inside a zip, by column; ``layout`` names the columns where no header does.

    Raises ``BadRecording`` with a sentence naming the file, and the row where there is one.
    """
    lines = _text(path).splitlines()
    header, first_row = list(layout), 1
    if lines and lines[0].partition(",")[0] == layout[0]:
        header, first_row = lines.pop(0).split(","), 2
    for name in needed:
        if name not in header:
            raise fault(path, 1, f"the column {name!r} is missing")
    rows = [line.split(",") for line in lines]
    for number, cells in enumerate(rows, start=first_row):
        if len(cells) != len(header):
            raise fault(path, number, f"has {len(cells)} cells where {len(header)} belong")
    cells_of = zip(*rows, strict=True) if rows else [()] * len(header)
    return Table(path, first_row, dict(zip(header, cells_of, strict=True)))


def _text(path: Path) -> str:
    try:
        _verify(path)
        with zipfile.ZipFile(path) as archive:
            tables = [info for info in archive.infolist() if info.filename.endswith(".csv")]
            if len(tables) != 1:
                raise BadRecording(f"{path.name} has {len(tables)} CSV files inside, not one.")
            if tables[0].file_size > LARGEST_CSV:
                raise BadRecording(f"{path.name} is too large to be a file of the archive.")
            return archive.read(tables[0]).decode("utf-8-sig")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise BadRecording(f"{path.name} is not a whole zip file; download it once more.") from None
    except UnicodeDecodeError:
        raise BadRecording(f"{path.name} does not hold text.") from None
    except OSError as error:
        raise BadRecording(f"{path.name} cannot be read ({error.strerror}).") from None


def _verify(path: Path) -> None:
    """Compare a zip with the SHA-256 beside it, if there is one."""
    beside = path.with_name(f"{path.name}.CHECKSUM")
    if not beside.is_file():
        return
    words = beside.read_text("utf-8", "replace").split()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if not words or words[0].lower() != digest:
        raise BadRecording(
            f"{path.name} differs from its checksum in {beside.name}; download both once more."
        )


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return np.nan
