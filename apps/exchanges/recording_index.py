"""``recording.json``, format 1: which instruments a recording has, and which file holds what."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.exchanges.recorded_series import SERIES
from apps.exchanges.records import BadRecording, InstrumentInfo

FORMAT = 1
INDEX = "recording.json"
FOR_SCORING_ONLY = "liquidations"  # series that predictions must do without, so may be absent
VENUE = re.compile(r"[a-z0-9]+")
LARGEST_WHOLE = 10**14


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """One file: what it holds, how far apart its rows ought to be, and from when to when."""

    path: Path
    interval_ms: int
    first_ms: int | None = None
    last_ms: int | None = None
    venues: tuple[str, ...] = ()  # whose liquidations are summed


@dataclass(frozen=True, slots=True)
class RecordingIndex:
    """What ``recording.json`` says."""

    name: str
    description: str
    instruments: tuple[InstrumentInfo, ...]
    series: Mapping[str, Mapping[str, SeriesInfo]]  # instrument slug, series


def read_index(folder: Path) -> RecordingIndex:
    """Read and check ``recording.json``, and that the files a map is made of are there.

    Series this version does not know are left alone.
    """
    try:
        content = json.loads((folder / INDEX).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise BadRecording(f"{folder} is not a recording: it has no {INDEX}.") from None
    except OSError as error:
        raise BadRecording(f"{INDEX} cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError):
        raise BadRecording(f"{INDEX} is not valid JSON.") from None
    return _parse(folder, _mapping(content, "its content"))


def _parse(folder: Path, content: Mapping[str, Any]) -> RecordingIndex:
    if content.get("format") != FORMAT:
        raise BadRecording(
            f"{INDEX} has format {content.get('format')!r}; only format {FORMAT} can be read."
        )
    entries = [_mapping(e, "an instrument") for e in _list(content.get("instruments", []))]
    instruments = tuple(_instrument(entry) for entry in entries)
    slugs = [instrument.slug for instrument in instruments]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise BadRecording(f"{INDEX} describes the instrument {slug} twice.")
    return RecordingIndex(
        name=str(content.get("name", folder.name)),
        description=str(content.get("description", "")),
        instruments=instruments,
        series={s: _series_of(folder, s, e) for s, e in zip(slugs, entries, strict=True)},
    )


def _instrument(entry: Mapping[str, Any]) -> InstrumentInfo:
    kind = entry.get("kind", "linear")
    if kind not in ("linear", "inverse"):
        raise BadRecording(f"{INDEX}: an instrument's kind is {kind!r}, not linear or inverse.")
    venue, symbol, base, quote = (_name(entry, k) for k in ("venue", "symbol", "base", "quote"))
    if not VENUE.fullmatch(venue):
        raise BadRecording(f"{INDEX}: the venue {venue!r} is not a lower-case name.")
    return InstrumentInfo(venue, symbol, base, quote, kind)


def _series_of(folder: Path, slug: str, entry: Mapping[str, Any]) -> dict[str, SeriesInfo]:
    described = _mapping(entry.get("series"), f"the series of {slug}")
    return {
        name: _series(folder, f"{name} of {slug}", name, about)
        for name, about in described.items()
        if name in SERIES
    }


def _series(folder: Path, words: str, name: str, about: Any) -> SeriesInfo:
    about = _mapping(about, words)
    file, seconds = _name(about, "file"), _whole(about, "interval_s", words)
    if Path(file).name != file:
        raise BadRecording(f"{INDEX}: the file of {words} is not a plain file name ({file}).")
    if not seconds:
        raise BadRecording(f"{INDEX}: interval_s of {words} is not a whole number above zero.")
    if not name.startswith(FOR_SCORING_ONLY) and not (folder / file).is_file():
        raise BadRecording(f"{file} is missing from the recording {folder.name}.")
    return SeriesInfo(
        path=folder / file,
        interval_ms=seconds * 1000,
        first_ms=_whole(about, "first_ms", words),
        last_ms=_whole(about, "last_ms", words),
        venues=tuple(str(venue) for venue in _list(about.get("venues", []))),
    )


def _mapping(value: Any, words: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadRecording(f"{INDEX}: {words} is not an object with names.")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadRecording(f"{INDEX}: {str(value)[:40]!r} stands where a list belongs.")
    return value


def _name(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise BadRecording(f"{INDEX}: {key!r} is missing or is not text.")
    return value


def _whole(entry: Mapping[str, Any], key: str, words: str) -> int | None:
    value = entry.get(key)
    if value is None:
        return None
    if type(value) is not int or not 0 < value < LARGEST_WHOLE:
        raise BadRecording(f"{INDEX}: {key} of {words} is not a whole number above zero.")
    return value
