"""Rows as files: CSV, JSON and Parquet, each of which comes back as it went.

In CSV a text that a spreadsheet could take for a formula gets an apostrophe in front, and so does
one that begins with an apostrophe; reading takes one away again. Numbers stay numbers; exact
decimals are text in the other two.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import HttpResponse
from django.utils.translation import gettext as _

FORMULAS = tuple("=+-@\t\r\n＝＋－＠'")
MOST_BYTES = 120_000_000
MOST_INFLATED = 200_000_000
JSON_VERSION = 1
ARROW = {
    str: pa.string(), Decimal: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_(),
}  # fmt: skip

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}

type Row = dict[str, Any]


class BadFile(ValueError):
    """Bytes that are no such table; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a file of rows holds: ``name`` as JSON calls it, and each column's kind."""

    name: str
    kinds: Mapping[str, type]
    most_rows: int
    unreadable: str  # what is said of another file
    too_many: str

    def written(self, rows: Iterable[Row], ending: str) -> bytes:
        """The rows as a file of the kind whose name ends so."""
        write = {"csv": self.as_csv, "json": self.as_json, "parquet": self.as_parquet}[ending]
        return write(rows)

    def as_csv(self, rows: Iterable[Row]) -> bytes:
        """See ``csv_of``."""
        return csv_of(self.kinds, rows)

    def as_json(self, rows: Iterable[Row]) -> bytes:
        """One object with a version and the list of rows, one to a line."""
        lines = ",\n".join(
            json.dumps(row, ensure_ascii=False, allow_nan=False, default=_plain) for row in rows
        )
        head = f'{{"embermap_{self.name}": {JSON_VERSION}, "{self.name}": ['
        return f"{head}\n{lines}\n]}}\n".encode()

    def as_parquet(self, rows: Iterable[Row]) -> bytes:
        """A typed table, compressed."""
        schema = pa.schema([(name, ARROW[kind]) for name, kind in self.kinds.items()])
        texts = [name for name, kind in self.kinds.items() if kind is Decimal]
        told = [row | {name: _plain_or_none(row[name]) for name in texts} for row in rows]
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(told, schema=schema), out, compression="zstd")
        return out.getvalue()

    def rows_in(self, data: bytes) -> list[Row]:
        """The rows of a file of any of the three kinds, told by its first bytes; or ``BadFile``."""
        if len(data) > MOST_BYTES:
            raise BadFile(_("The file is too large."))
        try:
            rows = self._reader(data)(data)
        except (
            ValueError, TypeError, KeyError, csv.Error, RecursionError, pa.ArrowException,
        ) as error:  # fmt: skip
            raise BadFile(self.unreadable) from error
        if len(rows) > self.most_rows:
            raise BadFile(self.too_many % self.most_rows)
        return rows

    def _reader(self, data: bytes) -> Callable[[bytes], list[Row]]:
        if data[:4] == b"PAR1":
            return self._from_parquet
        return self._from_json if data.lstrip()[:1] == b"{" else self._from_csv

    def _from_csv(self, data: bytes) -> list[Row]:
        sheet = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        texts = [name for name, kind in self.kinds.items() if kind is str]
        return [
            row | {name: unguarded(row[name] or "") for name in texts if name in row}
            for row in self._at_most(sheet)
        ]

    def _from_json(self, data: bytes) -> list[Row]:
        told = json.loads(data)
        if told[f"embermap_{self.name}"] != JSON_VERSION or not isinstance(told[self.name], list):
            raise ValueError(self.name)
        return [dict(row) for row in told[self.name]]

    def _from_parquet(self, data: bytes) -> list[Row]:
        file = pq.ParquetFile(io.BytesIO(data))
        groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
        inflated = sum(group.total_byte_size for group in groups)
        if file.metadata.num_rows > self.most_rows or inflated > MOST_INFLATED:
            raise ValueError("too large")
        told = [name for name in self.kinds if name in file.schema_arrow.names]
        return file.read(columns=told).to_pylist()

    def _at_most(self, rows: Iterable[Row]) -> Iterator[Row]:
        for number, row in enumerate(rows):
            if number > self.most_rows:
                return
            yield row


def attachment(data: bytes, name: str) -> HttpResponse:
    """A file of one of the three kinds to keep, told by how its name ends."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    kind = CONTENT_TYPES[name.rpartition(".")[2]]
    return HttpResponse(data, content_type=kind, headers=headers)


def csv_of(columns: Iterable[str], rows: Iterable[Row]) -> bytes:
    """Comma separated, every text in quotes, the first line naming the columns; no formulas."""
    columns = list(columns)
    out = io.StringIO(newline="")
    sheet = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    sheet.writerow(columns)
    sheet.writerows([_cell(row[name]) for name in columns] for row in rows)
    return out.getvalue().encode()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("BTC")
    ("'=1+1", 'BTC')
    """
    return f"'{text}" if text.startswith(FORMULAS) else text


def unguarded(text: str) -> str:
    """What ``guarded`` was given."""
    return text.removeprefix("'")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(value) if isinstance(value, str) else value


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(value)


def _plain_or_none(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
