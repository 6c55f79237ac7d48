"""Bars taken apart into the series of a recording, so that reading them gives the same bars.

What ``recorded_bars`` puts together is undone here. A reader fills a bar with the last reading
that is at most ``OLDEST_READING_BARS`` bars old, so where a bar has no value although the one
before it has, the reading is put as early as it may be:

    bar        |---- k-1 ----|----- k -----|---- k+1 ----|
    value            7              7           none
    reading                 x                            one for both, too old for k+1

A value that a single bar has alone, between two bars that are there without one, cannot be said
in this format; a reader will then find it in the bar after, too.

    marks      .   low   .   high   . close|   strictly inside the bar: neighbours share nothing
"""

from collections.abc import Callable, Sequence

from apps.exchanges.recorded_bars import OLDEST_READING_BARS
from apps.exchanges.recorder_files import Cell, SeriesToWrite
from apps.exchanges.records import BarRow

SHORTEST_MS = 2000  # of a bar: three marks must find room in it
MARKS_NOTE = (
    "of each bar its lowest and highest mark, then the last one; when in the bar the first two "
    "were is not known"
)

type Reading = tuple[int, float]
type ValueOf = Callable[[BarRow], float | None]


def series_of(bars: Sequence[BarRow]) -> dict[str, SeriesToWrite]:
    """The files of one instrument; ``bars`` rise in time and are equally long, not overlapping."""
    if not bars:
        return {}
    span_ms = bars[0].span_ms
    series = {
        "open_interest": _series(readings(bars, lambda bar: bar.open_interest), "open_interest"),
        "funding": _series(readings(bars, lambda bar: bar.funding_rate), "funding_rate"),
        "marks": _series(_marks(bars), "mark", MARKS_NOTE),
    }
    told = {name: (span_ms, *about) for name, about in series.items() if about[0]["ts_ms"]}
    if any(bar.mark_low is not None for bar in bars):
        told["marks"] = (mark_interval_ms(span_ms), *series["marks"])
    written = {
        name: SeriesToWrite(columns, interval_ms, note=note)
        for name, (interval_ms, columns, note) in told.items()
    }
    return written | {"candles": SeriesToWrite(_candles(bars), span_ms)}


def readings(bars: Sequence[BarRow], value_of: ValueOf, *, lead_ms: int = 0) -> list[Reading]:
    """Instants and values that give every bar its value again, ``lead_ms`` before its end."""
    told: list[Reading] = []
    values = [value_of(bar) for bar in bars]
    for i, (bar, value) in enumerate(zip(bars, values, strict=True)):
        if value is None:
            continue
        latest_ms = at_ms = bar.end_ms - lead_ms
        if i + 1 < len(bars) and values[i + 1] is None:
            oldest_ms = bars[i + 1].end_ms - OLDEST_READING_BARS * bar.span_ms
            at_ms = min(latest_ms, oldest_ms - 1)
        if i and at_ms <= bars[i - 1].end_ms:  # the bar before will hear it as well
            at_ms = min(at_ms, told.pop()[0]) if values[i - 1] == value else latest_ms
        told.append((at_ms, float(value)))
    return told


def mark_interval_ms(span_ms: int) -> int:
    """How far apart the marks of a bar may lie, in whole seconds."""
    return max(1000, span_ms // 2000 * 1000)


def low_offset_ms(span_ms: int) -> int:
    """Where in a bar its lowest mark is written, after the start; the highest as long before
    the end."""
    return mark_interval_ms(span_ms) // 2


def _marks(bars: Sequence[BarRow]) -> list[Reading]:
    told = readings(bars, _last_mark, lead_ms=1)
    offset_ms = low_offset_ms(bars[0].span_ms)
    for bar in bars:
        if bar.mark_low is not None and bar.mark_high is not None:
            told.append((bar.end_ms - bar.span_ms + offset_ms, float(bar.mark_low)))
            told.append((bar.end_ms - offset_ms, float(bar.mark_high)))
    return sorted(told)


def _last_mark(bar: BarRow) -> float | None:
    """The last mark; of a bar that only says the extremes, its close kept within them."""
    if bar.mark_close is not None or bar.mark_low is None or bar.mark_high is None:
        return bar.mark_close
    return min(max(bar.close, bar.mark_low), bar.mark_high)


def _series(told: list[Reading], column: str, note: str = "") -> tuple[dict[str, list[Cell]], str]:
    return {"ts_ms": [at for at, _ in told], column: [value for _, value in told]}, note


def _candles(bars: Sequence[BarRow]) -> dict[str, list[Cell]]:
    columns: dict[str, list[Cell]] = {"ts_ms": [bar.end_ms - bar.span_ms for bar in bars]}
    for name in ("open", "high", "low", "close", "volume", "taker_delta"):
        values = [getattr(bar, name) for bar in bars]
        if any(value is not None for value in values):
            columns[name] = [None if value is None else float(value) for value in values]
    return columns
