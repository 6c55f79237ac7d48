"""Journals as files: CSV, JSON and Parquet, each of which comes back as it went.

In CSV a text that a spreadsheet could take for a formula gets an apostrophe in front, and so does
one that begins with an apostrophe; reading takes one away again. Numbers stay numbers.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import models
from django.utils.translation import gettext as _

from apps.journal.models import Read
from apps.journal.rows import COLUMNS, FIELDS, row_of
from apps.journal.services import MOST_READS

FORMULAS = tuple("=+-@\t\r\n＝＋－＠'")
MOST_BYTES = 120_000_000
MOST_INFLATED = 200_000_000
JSON_VERSION = 1

type Row = dict[str, Any]


class BadFile(ValueError):
    """Bytes that are no journal; the message is one sentence."""


def as_csv(reads: Iterable[Read]) -> bytes:
    """Comma separated, every text in quotes, the first line naming the columns."""
    out = io.StringIO(newline="")
    sheet = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    sheet.writerows([_cell(value) for value in row_of(read).values()] for read in reads)
    return out.getvalue().encode()


def as_json(reads: Iterable[Read]) -> bytes:
    """One object with a version and the list of reads, one to a line."""
    rows = (row_of(read) | {"frozen": read.frozen} for read in reads)
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    told = ",\n".join(lines)
    return f'{{"embermap_reads": {JSON_VERSION}, "reads": [\n{told}\n]}}\n'.encode()


def as_parquet(reads: Iterable[Read]) -> bytes:
    """A typed table, compressed."""
    rows = [row_of(read) for read in reads]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=_schema()), out, compression="zstd")
    return out.getvalue()


def rows_in(data: bytes) -> list[Row]:
    """The rows of a file of any of the three kinds, told by its first bytes; else ``BadFile``."""
    if len(data) > MOST_BYTES:
        raise BadFile(_("The file is too large."))
    kind = "parquet" if data[:4] == b"PAR1" else "json" if data.lstrip()[:1] == b"{" else "csv"
    try:
        rows = READERS[kind](data)
    except (ValueError, TypeError, KeyError, csv.Error, RecursionError, pa.ArrowException) as error:
        raise BadFile(_("This file cannot be read as a journal.")) from error
    if len(rows) > MOST_READS:
        raise BadFile(_("The file holds more than %d reads.") % MOST_READS)
    return rows


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


def _from_csv(data: bytes) -> list[Row]:
    sheet = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    return [_unguarded_row(row) for row in _at_most(sheet)]


def _unguarded_row(row: Row) -> Row:
    texts = (name for name in row if name in FIELDS and _is_text(FIELDS[name]))
    return row | {name: unguarded(row[name] or "") for name in texts}


def _is_text(field: models.Field) -> bool:
    return not isinstance(field, models.FloatField | models.BigIntegerField | models.BooleanField)


def _from_json(data: bytes) -> list[Row]:
    told = json.loads(data)
    if told["embermap_reads"] != JSON_VERSION or not isinstance(told["reads"], list):
        raise ValueError(told["embermap_reads"])
    return [dict(row) for row in told["reads"]]


def _from_parquet(data: bytes) -> list[Row]:
    file = pq.ParquetFile(io.BytesIO(data))
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    if (
        file.metadata.num_rows > MOST_READS
        or sum(g.total_byte_size for g in groups) > MOST_INFLATED
    ):
        raise ValueError("too large")
    told = [name for name in COLUMNS if name in file.schema_arrow.names]
    return file.read(columns=told).to_pylist()


def _at_most(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number > MOST_READS:
            return
        yield row


def _schema() -> pa.Schema:
    return pa.schema([(name, _type(field)) for name, field in FIELDS.items()])


def _type(field: models.Field) -> pa.DataType:
    if isinstance(field, models.BooleanField):
        return pa.bool_()
    if isinstance(field, models.FloatField):
        return pa.float64()
    return pa.int64() if isinstance(field, models.BigIntegerField) else pa.string()


READERS: dict[str, Callable[[bytes], list[Row]]] = {
    "csv": _from_csv, "json": _from_json, "parquet": _from_parquet,
}  # fmt: skip
