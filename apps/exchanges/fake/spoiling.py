"""The market as a faulty venue tells it: well-formed, and wrong."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from apps.exchanges.fake.faults import Fault
from apps.exchanges.fake.source import Print, Source
from apps.exchanges.readings import Book, Instrument, MarginTier, Mark, OpenInterest
from apps.exchanges.records import BarRow, LiquidationRow, Side

OTHER_SIDE: dict[Side, Side] = {"long": "short", "short": "long"}
SPOILING = ("duplicates", "reordered", "spike", "stalled", "side_flip")


def spoiled(source: Source, faults: Sequence[Fault]) -> Source:
    """The same source with the faults that bend data laid over it."""
    for fault in faults:
        if fault.failure in SPOILING:
            source = _Spoiled(source, fault)
    return source


class _Spoiled:
    """A ``Source`` with one fault."""

    def __init__(self, source: Source, fault: Fault) -> None:
        self._source, self._fault = source, fault

    @property
    def known_since_ms(self) -> int:
        return self._source.known_since_ms

    def instruments(self, venue: str) -> list[Instrument]:
        return self._source.instruments(venue)

    def bars(self, i: Instrument, first_ms: int, last_ms: int, now_ms: int) -> list[BarRow]:
        if self._fault.failure == "stalled":
            now_ms = min(now_ms, self._fault.begins_ms)
        return self._shuffled(self._spiked(self._source.bars(i, first_ms, last_ms, now_ms)))

    def mark_bars(self, i: Instrument, first_ms: int, last_ms: int, now_ms: int) -> list[BarRow]:
        if self._fault.failure == "stalled":
            now_ms = min(now_ms, self._fault.begins_ms)
        return self._shuffled(self._spiked(self._source.mark_bars(i, first_ms, last_ms, now_ms)))

    def open_interest(self, i: Instrument, at_ms: int) -> OpenInterest:
        return self._source.open_interest(i, at_ms)

    def mark(self, i: Instrument, at_ms: int) -> Mark:
        mark = self._source.mark(i, at_ms)
        if self._fault.failure == "spike" and mark.mark_price:
            return replace(mark, mark_price=mark.mark_price * self._fault.strength)
        return mark

    def last_price(self, i: Instrument, at_ms: int) -> float:
        price = self._source.last_price(i, at_ms)
        return price * self._fault.strength if self._fault.failure == "spike" else price

    def book(self, i: Instrument, at_ms: int) -> Book:
        return self._source.book(i, at_ms)

    def prints(self, i: Instrument, first_ms: int, last_ms: int) -> list[Print]:
        return self._shuffled(self._source.prints(i, first_ms, last_ms))

    def liquidations(
        self, venue: str, i: Instrument | None, first_ms: int, last_ms: int
    ) -> list[LiquidationRow]:
        rows = self._source.liquidations(venue, i, first_ms, last_ms)
        if self._fault.failure == "side_flip":
            return [replace(row, side=OTHER_SIDE[row.side]) for row in rows]
        return self._shuffled(rows)

    def long_share(self, i: Instrument, at_ms: int) -> float:
        return self._source.long_share(i, at_ms)

    def margin_tiers(self, i: Instrument, at_ms: int) -> list[MarginTier]:
        return self._source.margin_tiers(i, at_ms)

    def _spiked(self, bars: list[BarRow]) -> list[BarRow]:
        """The newest bar closes far away, and its extremes reach there."""
        if self._fault.failure != "spike" or not bars:
            return bars
        bar = bars[-1]
        close = bar.close * self._fault.strength
        high, low = max(bar.high, close), min(bar.low, close)
        return [*bars[:-1], replace(bar, close=close, high=high, low=low)]

    def _shuffled[T](self, rows: list[T]) -> list[T]:
        if self._fault.failure == "duplicates":
            return [row for row in rows for _ in range(2)]
        if self._fault.failure == "reordered":
            return Random(len(rows)).sample(rows, len(rows))
        return rows
