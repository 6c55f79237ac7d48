"""A venue's file as lines of cells: any common separator, with a mark of UTF-8 or not, with
words above its headline or not.
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from apps.markets.tables import BadFile

MOST_BYTES = 10_000_000
MOST_LINES = 50_000
SEPARATORS = ",;\t|"
HEADLINE_WITHIN = 10
FEWEST_COLUMNS, MOST_COLUMNS = 4, 200
TEXTS = ("utf-8-sig", "utf-16")


@dataclass(frozen=True, slots=True)
class Line:
    """One line below the headline; ``number`` is where it stands in the file."""

    number: int
    cells: tuple[str, ...]

    def at(self, column: int | None) -> str:
        """A cell, empty where the line is too short or there is no such column."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's headline, what stands above it, and its lines."""

    header: tuple[str, ...]
    above: str
    lines: tuple[Line, ...]
    separator: str

    @property
    def header_key(self) -> str:
        """What tells this kind of file from others."""
        return hashlib.sha256("\x1f".join(self.header).encode()).hexdigest()


def sheet_in(data: bytes) -> Sheet:
    """The lines of a file; ``BadFile`` where it has none that could be executions."""
    if len(data) > MOST_BYTES:
        raise BadFile(_("The file is larger than 10 MB. Export fewer months at once."))
    text = _text(data)
    separator = max(SEPARATORS, key=lambda one: _width(text, one))
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        lines = (Line(reader.line_num, tuple(cell.strip() for cell in row)) for row in reader)
        filled = (line for line in lines if any(line.cells))
        told = list(islice(filled, HEADLINE_WITHIN + MOST_LINES + 1))
    except csv.Error as error:
        raise BadFile(_("This file cannot be read as a table.")) from error
    at = next((n for n, line in enumerate(told[:HEADLINE_WITHIN]) if _is_header(line)), None)
    if at is None:
        raise BadFile(_("No line of this file names its columns."))
    if len(told) - at - 1 > MOST_LINES:
        raise BadFile(_("The file holds more than 50,000 lines. Export fewer months at once."))
    above = " ".join(cell for line in told[:at] for cell in line.cells)
    return Sheet(told[at].cells, above, tuple(told[at + 1 :]), separator)


def _text(data: bytes) -> str:
    if data.startswith(b"PK"):
        raise BadFile(_("This is a zip or an Excel file. Unpack it, or save it as CSV, first."))
    kind = TEXTS[data[:2] in (b"\xff\xfe", b"\xfe\xff")]
    try:
        text = data.decode(kind)
    except UnicodeDecodeError as error:
        raise BadFile(_("The file is no text in UTF-8.")) from error
    if "\x00" in text:
        raise BadFile(_("The file is no text in UTF-8."))
    return text


def _width(text: str, separator: str) -> int:
    return max((line.count(separator) for line in text[:20_000].splitlines()[:HEADLINE_WITHIN]),
               default=0)  # fmt: skip


def _is_header(line: Line) -> bool:
    """Words, not values: enough of them, all different, none beginning with a digit."""
    names = [cell.lower() for cell in line.cells if cell]
    return (
        len(names) >= FEWEST_COLUMNS
        and len(line.cells) <= MOST_COLUMNS
        and len(set(names)) == len(names)
        and not any(re.match(r"[\d+\-−.]", name) or ":" in name for name in names)
    )
