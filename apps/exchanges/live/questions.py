"""What a venue can be asked by REST: the table that ends each venue's ``fetch`` module."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from apps.exchanges.live.transport import Rest
from apps.exchanges.readings import (
    MINUTE_MS,
    Book,
    Instrument,
    Instruments,
    Liquidation,
    MarginTier,
    Mark,
    OpenInterest,
    Ratio,
)
from apps.exchanges.records import BarRow

FIVE_MINUTES_MS = 5 * MINUTE_MS

type Reading = OpenInterest | Mark


class AskCandles(Protocol):
    """Candles that open in ``[first_ms, last_ms)``, rising; no more than one call holds."""

    async def __call__(
        self,
        rest: Rest,
        instrument: Instrument,
        first_ms: int,
        last_ms: int,
        *,
        now_ms: int,
        span_ms: int = MINUTE_MS,
    ) -> list[BarRow]: ...


class AskReadings(Protocol):
    """Open interest, marks and funding now; ``now_ms`` is the venue's clock."""

    async def __call__(
        self, rest: Rest, instruments: Instruments, *, now_ms: int
    ) -> list[Reading]: ...


class AskHistory(Protocol):
    """Open interest in ``[first_ms, last_ms]``, rising; no more than one call holds."""

    async def __call__(
        self, rest: Rest, instrument: Instrument, first_ms: int, last_ms: int
    ) -> list[OpenInterest]: ...


class AskLiquidations(Protocol):
    """Liquidations in ``[first_ms, last_ms]`` as far as they are still told."""

    async def __call__(
        self, rest: Rest, instruments: Instruments, first_ms: int, last_ms: int
    ) -> list[Liquidation]: ...


class AskTiers(Protocol):
    """Margin tiers; some venues write their bounds in contracts and need ``mark_price``."""

    async def __call__(
        self, rest: Rest, instrument: Instrument, *, mark_price: float, as_of_ms: int
    ) -> list[MarginTier]: ...


class AskRatios(Protocol):
    """Long/short ratios of some kinds, rising; the newest row of a kind is the one of now."""

    async def __call__(self, rest: Rest, instrument: Instrument) -> list[Ratio]: ...


@dataclass(frozen=True, slots=True)
class Questions:
    """None stands for what a venue does not offer.

    ``usual_symbol`` guesses a symbol from a coin, for a venue that has not answered yet.
    ``says_closed``: its candles carry a flag, which is believed without a later candle.
    ``one_call_for_all``: ``readings`` costs the same for one instrument as for all.
    ``dates_readings``: they carry the venue's time; others are of when they came, because the
    question may have waited for the budget.
    """

    venue: str
    time_url: str
    """What to ask to see whether anybody is there; with a ``probe_body`` it is posted."""
    usual_symbol: str  # with {} for the coin
    usual_quote: str
    server_time_ms: Callable[[Rest], Awaitable[int]] | None
    instruments: Callable[[Rest], Awaitable[list[Instrument]]]
    candles: AskCandles
    candles_per_call: int
    readings: AskReadings
    book: Callable[[Rest, Instrument], Awaitable[list[Book]]]
    probe_body: str = ""
    probe_cost: float = 1.0
    candles_every_s: float = 4.0
    says_closed: bool = False
    one_call_for_all: bool = True
    dates_readings: bool = True
    funding: AskReadings | None = None
    open_interest_history: AskHistory | None = None
    open_interest_per_call: int = 0
    open_interest_period_ms: int = FIVE_MINUTES_MS
    open_interest_back_ms: int | None = None  # no more than this is kept
    liquidations: AskLiquidations | None = None
    liquidations_every_s: float = 60.0
    liquidations_window_ms: int = 60 * MINUTE_MS
    margin_tiers: AskTiers | None = None
    ratios: AskRatios | None = None

    def usual(self, base: str) -> str:
        """What the venue probably calls its perpetual of a coin."""
        return self.usual_symbol.format(base)
