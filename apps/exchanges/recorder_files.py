"""Writing a recording: gzip CSV files first, then the ``recording.json`` that names them.

Each file is written beside its place and moved there, the description last. Whoever is killed on
the way leaves a folder that can be read: some files may already reach further than it says. The
same content always gives the same bytes.
"""

import gzip
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.exchanges.recorded_prints import PRINTS
from apps.exchanges.recording_index import FORMAT, INDEX
from apps.exchanges.records import BadRecording, InstrumentInfo

UNITS_MS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}

type Cell = float | int | str | None
type Columns = Mapping[str, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class SeriesToWrite:
    """One file: columns of equal length, ``ts_ms`` first; a cell that is ``None`` stays empty."""

    columns: Columns
    interval_ms: int
    venues: tuple[str, ...] = ()  # whose liquidations are summed
    note: str = ""


@dataclass(frozen=True, slots=True)
class PrintsToWrite:
    """Single liquidations, and how complete each venue's are."""

    columns: Columns
    completeness: Mapping[str, str]


type Contents = Mapping[InstrumentInfo, Mapping[str, SeriesToWrite]]


def require_free(folder: Path) -> None:
    """Refuse a folder that already holds a recording."""
    if (folder / INDEX).exists():
        raise BadRecording(f"{folder} already holds a recording; name a new folder.")


def write_recording(
    folder: Path,
    contents: Contents,
    *,
    name: str,
    description: str,
    prints: PrintsToWrite | None = None,
) -> None:
    """Write a whole recording; 100,000 bars take about four seconds.

    An ``OSError`` leaves what was there before, as far as it was not replaced yet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for instrument, series in contents.items():
        for kind, written in series.items():
            place = folder / _file_name(instrument, kind, written)
            _replace(place, _packed(written.columns))
    if prints:
        _replace(folder / PRINTS, _packed(prints.columns))
    index = _index(contents, name, description, prints)
    _replace(folder / INDEX, (json.dumps(index, indent=1) + "\n").encode())


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def _packed(columns: Columns) -> bytes:
    """Gzip CSV; without the time of writing, so that equal content is equal bytes."""
    lines = [",".join(columns)]
    texts = (map(_text, column) for column in columns.values())
    lines += map(",".join, zip(*texts, strict=True))
    text = "\n".join(lines) + "\n"
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else repr(cell)


def _index(
    contents: Contents, name: str, description: str, prints: PrintsToWrite | None
) -> dict[str, Any]:
    times = [s.columns["ts_ms"] for series in contents.values() for s in series.values()]
    index: dict[str, Any] = {"format": FORMAT, "name": name, "description": description}
    if any(times):
        index["first_ms"] = min(column[0] for column in times if column)
        index["last_ms"] = max(column[-1] for column in times if column)
    index["instruments"] = [_entry(*content) for content in contents.items()]
    if prints:
        index["prints"] = {
            "file": PRINTS,
            "rows": len(prints.columns["ts_ms"]),
            "completeness": dict(prints.completeness),
        }
    return index


def _entry(instrument: InstrumentInfo, series: Mapping[str, SeriesToWrite]) -> dict[str, Any]:
    return {
        "venue": instrument.venue,
        "symbol": instrument.symbol,
        "base": instrument.base,
        "quote": instrument.quote,
        "kind": instrument.kind,
        "series": dict(_series(instrument, series)),
    }


def _series(
    instrument: InstrumentInfo, series: Mapping[str, SeriesToWrite]
) -> Iterable[tuple[str, dict[str, Any]]]:
    for kind, written in series.items():
        ts_ms = written.columns["ts_ms"]
        about: dict[str, Any] = {
            "file": _file_name(instrument, kind, written),
            "interval_s": written.interval_ms // 1000,
            "rows": len(ts_ms),
        }
        if ts_ms:
            about |= {"first_ms": ts_ms[0], "last_ms": ts_ms[-1]}
        if written.venues:
            about["venues"] = list(written.venues)
        if written.note:
            about["note"] = written.note
        yield kind, about


def _file_name(instrument: InstrumentInfo, kind: str, written: SeriesToWrite) -> str:
    words = kind.partition("_")[0] if kind.startswith("liquidations_") else kind
    step = _step(written.interval_ms)
    return f"{instrument.slug}.{words.replace('_', '-')}-{step}.csv.gz"


def _step(interval_ms: int) -> str:
    unit = next(unit for unit, length in UNITS_MS.items() if interval_ms % length == 0)
    return f"{interval_ms // UNITS_MS[unit]}{unit}"
