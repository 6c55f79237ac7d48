"""What a venue knows of the market, in canonical records: the questions its replies rest on."""

from dataclasses import dataclass
from typing import Protocol

from apps.exchanges.readings import Book, Instrument, MarginTier, Mark, OpenInterest, Trade
from apps.exchanges.records import BarRow, LiquidationRow


@dataclass(frozen=True, slots=True)
class Print:
    """A trade; ``is_liquidation`` where its taker was forced."""

    trade: Trade
    is_liquidation: bool


class Source(Protocol):
    """The market up to ``now_ms``; ranges of time are inclusive on both ends."""

    @property
    def known_since_ms(self) -> int:
        """The earliest instant that can be asked about."""
        ...

    def instruments(self, venue: str) -> list[Instrument]:
        """What the venue lists."""
        ...

    def bars(self, i: Instrument, first_ms: int, last_ms: int, now_ms: int) -> list[BarRow]:
        """Minutes that open in the range, rising; the last may still be open."""
        ...

    def mark_bars(self, i: Instrument, first_ms: int, last_ms: int, now_ms: int) -> list[BarRow]:
        """The same of the mark price, without volume."""
        ...

    def open_interest(self, i: Instrument, at_ms: int) -> OpenInterest:
        """At one instant, valued at the mark price."""
        ...

    def mark(self, i: Instrument, at_ms: int) -> Mark:
        """Prices and funding at one instant, the rate per the venue's interval."""
        ...

    def last_price(self, i: Instrument, at_ms: int) -> float:
        """What was last paid."""
        ...

    def book(self, i: Instrument, at_ms: int) -> Book:
        """Resting orders, best first."""
        ...

    def prints(self, i: Instrument, first_ms: int, last_ms: int) -> list[Print]:
        """Trades, rising in time; those of a minute add up to its bar."""
        ...

    def liquidations(
        self, venue: str, i: Instrument | None, first_ms: int, last_ms: int
    ) -> list[LiquidationRow]:
        """Who died, rising in time; of one instrument or of all of the venue."""
        ...

    def long_share(self, i: Instrument, at_ms: int) -> float:
        """Share of traders' positions that is long."""
        ...

    def margin_tiers(self, i: Instrument, at_ms: int) -> list[MarginTier]:
        """From the lowest up."""
        ...
