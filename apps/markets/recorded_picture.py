"""One picture of a recording as plain data, and the words that choose what is in it."""

from dataclasses import asdict
from typing import Any

from apps.engine.book import rebuild
from apps.engine.clusters import find
from apps.engine.leverage import BRACKETS
from apps.engine.parameters import Model, default_parameters
from apps.engine.picture import draw_view
from apps.engine.records import Bars, Picture
from apps.engine.view import AGES, AgeWindow, View
from apps.exchanges.recording import Recording
from apps.markets.backtest import recorded_bars
from apps.markets.durations import parse_duration

MINUTE_MS = 60_000
COLUMNS = 288
MOST_COLUMNS = 5000
SIDES = {"long": (0,), "short": (1,), "both": (0, 1)}


def picture_of_recording(
    recording: Recording, base: str, view: View, *, at_ms: int, model: Model
) -> dict[str, Any]:
    """The picture as it was at ``at_ms``: bars that ended later are not even walked.

    ``{"recording", "market", "model", "at_ms", "cadence_ms", "price", "edges": [B + 1],
    "end_ms": [C], "candles": [C][4], "long_usd": [C][B], "short_usd": [C][B], "clusters":
    [{"side", "low", "high", "peak", "usd", "distance", "share"}]}``; prices and amounts in USD,
    a candle that is missing is null. Raises ``BadRecording``, ``BadBars`` or ``ValueError``.
    """
    if view.window_ms > MOST_COLUMNS * view.cadence_ms:
        raise ValueError(f"A picture has at most {MOST_COLUMNS} columns; take a longer cadence.")
    bars = _until(recorded_bars(recording, base), at_ms)
    if not len(bars):
        raise ValueError("The recording begins after that instant.")
    walk = rebuild(bars, default_parameters(model, altcoin=base != "BTC"))
    picture = draw_view(walk, view, until_ms=at_ms)
    return {
        "recording": recording.name,
        "market": base,
        "model": picture.parameters_version,
        "at_ms": at_ms,
        **_plain(picture),
        "clusters": [
            asdict(cluster) | {"side": cluster.side.name.lower()} for cluster in find(picture)
        ],
    }


def cadence_for(window_ms: int) -> int:
    """Milliseconds of a column: whole minutes, about ``COLUMNS`` of them in a window."""
    return max(1, round(window_ms / COLUMNS / MINUTE_MS)) * MINUTE_MS


def parse_ages(text: str) -> tuple[AgeWindow, ...] | None:
    """Windows of age: ``0,1`` names the five usual ones, ``30m-4h`` and ``7d-`` any other.

    >>> parse_ages("30m-4h,7d-")
    ((1800000, 14400000), (604800000, None))
    """
    return tuple(_age(word) for word in _words(text)) or None


def parse_brackets(text: str) -> tuple[int, ...] | None:
    """Leverage brackets by number: 0 is up to 5×, 1 to 10×, 2 to 25×, 3 to 50×, 4 beyond."""
    return tuple(_index(word, BRACKETS, "leverage bracket") for word in _words(text)) or None


def parse_venues(text: str) -> tuple[str, ...] | None:
    """Venue slugs, separated by commas."""
    return tuple(_words(text)) or None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _age(word: str) -> AgeWindow:
    since, dash, to = word.partition("-")
    if not dash:
        return AGES[_index(word, len(AGES), "age window")]
    from_ms = parse_duration(since) if since not in ("", "0") else 0
    return from_ms, parse_duration(to) if to else None


def _index(word: str, count: int, words: str) -> int:
    if not (word.isascii() and word.isdigit() and int(word) < count):
        raise ValueError(f"There is no {words} {word[:40]!r}; they are 0 to {count - 1}.")
    return int(word)


def _until(bars: Bars, at_ms: int) -> Bars:
    return bars.between(0, int((bars.end_ms <= at_ms).sum()))


def _plain(picture: Picture) -> dict[str, Any]:
    return {
        "cadence_ms": picture.cadence_ms,
        "price": picture.price,
        "edges": picture.grid.edges().tolist(),
        "end_ms": picture.end_ms.tolist(),
        "candles": [[None if p != p else p for p in candle] for candle in picture.candles.tolist()],
        "long_usd": picture.long_usd.tolist(),
        "short_usd": picture.short_usd.tolist(),
    }
