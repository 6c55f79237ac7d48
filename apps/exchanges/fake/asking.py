"""A client's question, and the words in which venues write numbers and times."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from apps.exchanges.fake.source import Source
from apps.exchanges.readings import HOUR_MS, MINUTE_MS, Instrument
from apps.exchanges.records import BarRow

DAY_MS = 24 * HOUR_MS
UNITS_MS = {"m": MINUTE_MS, "min": MINUTE_MS, "h": HOUR_MS, "hour": HOUR_MS, "d": DAY_MS,
            "day": DAY_MS}  # fmt: skip


class BadSymbol(Exception):
    """The venue lists no such instrument."""


class BadParameter(Exception):
    """A parameter is missing, or is not what the venue takes."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. ``stamp_ms`` is what the venue's clock shows, right or wrong."""

    venue: str
    source: Source
    now_ms: int
    stamp_ms: int
    params: Mapping[str, str]

    def instruments(self) -> list[Instrument]:
        """Everything the venue lists."""
        return self.source.instruments(self.venue)

    def instrument(self, key: str) -> Instrument:
        """The instrument that a parameter names. Raises ``BadSymbol``."""
        return self.named(self.text(key))

    def named(self, symbol: str) -> Instrument:
        """The instrument with that symbol. Raises ``BadSymbol``."""
        for instrument in self.instruments():
            if instrument.symbol == symbol:
                return instrument
        raise BadSymbol(symbol)

    def one_or_all(self, key: str) -> list[Instrument]:
        """The instrument that a parameter names, or all."""
        return [self.instrument(key)] if self.params.get(key) else self.instruments()

    def text(self, key: str) -> str:
        """A parameter that must be there."""
        if not self.params.get(key):
            raise BadParameter(key)
        return self.params[key]

    def whole(self, key: str, default: int, most: int | None = None) -> int:
        """A whole number that is not negative; above ``most`` it is refused."""
        text = self.params.get(key) or str(default)
        if not text.isdigit() or (most is not None and not 0 < int(text) <= most):
            raise BadParameter(key)
        return int(text)

    def whole_or_none(self, key: str) -> int | None:
        """A whole number, or None where the parameter is not given."""
        return self.whole(key, 0) if self.params.get(key) else None

    def minute_only(self, key: str, word: str) -> None:
        """Candles are told by the minute only."""
        if self.text(key) != word:
            raise BadParameter(key)

    def period_ms(self, key: str) -> int:
        """A period such as ``5m``, ``5min``, ``1H`` or ``4hour``, at least five minutes."""
        text = self.text(key).lower()
        number = "".join(c for c in text if c.isdigit())
        unit = text.removeprefix(number)
        if not number or unit not in UNITS_MS or int(number) * UNITS_MS[unit] < 5 * MINUTE_MS:
            raise BadParameter(key)
        return int(number) * UNITS_MS[unit]

    def bars(
        self, i: Instrument, first_ms: int | None, last_ms: int | None, limit: int, **how: bool
    ) -> list[BarRow]:
        """At most ``limit`` minutes that open in the range; see ``span``."""
        first, last = span(first_ms, last_ms, self.now_ms, limit, MINUTE_MS, **how)
        return self.source.bars(i, first, last, self.now_ms)

    def grid(
        self, first_ms: int | None, last_ms: int | None, limit: int, step_ms: int, **how: bool
    ) -> list[int]:
        """At most ``limit`` multiples of a step in the range, none in the future."""
        first, last = span(first_ms, last_ms, self.now_ms, limit, step_ms, **how)
        first = max(first, self.source.known_since_ms)
        return list(range(-(-first // step_ms) * step_ms, last + 1, step_ms))


type Answer = Callable[[Ask], object]


def span(
    first_ms: int | None,
    last_ms: int | None,
    now_ms: int,
    limit: int,
    step_ms: int,
    *,
    keeps_oldest: bool = False,
) -> tuple[int, int]:
    """A range cut to ``limit`` steps, at its new end unless the venue ``keeps_oldest``.

    Nothing given asks for the newest; a beginning alone asks for what follows it there, else for
    the newest since.
    """
    last = now_ms if last_ms is None else min(last_ms, now_ms)
    if first_ms is not None and keeps_oldest:
        first = -(-first_ms // step_ms) * step_ms
        return first, min(last, first + (limit - 1) * step_ms)
    newest = last // step_ms * step_ms
    return max(first_ms or 0, newest - (limit - 1) * step_ms), last


def decimal(number: float) -> str:
    """The shortest decimal that reads back as the same number, without an exponent."""
    return np.format_float_positional(number, trim="-")


def iso(ms: int) -> str:
    """``2025-12-08T16:11:00.000Z``."""
    moment = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def from_iso(text: str, key: str) -> int:
    """Epoch milliseconds. Raises ``BadParameter``."""
    try:
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError as error:
        raise BadParameter(key) from error


def quote_volume(bar: BarRow) -> float:
    """Roughly what was paid for the volume."""
    return (bar.volume or 0.0) * (bar.open + bar.high + bar.low + bar.close) / 4


def open_ms(bar: BarRow) -> int:
    """When the bar begins."""
    return bar.end_ms - bar.span_ms
