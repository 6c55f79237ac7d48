"""What every venue hands over, whichever protocol it speaks: bars, liquidations, instruments.

Sizes, volume and open interest are base coin, open interest counts ONE side, ``side`` is the
position that died, times are epoch milliseconds UTC. ``None`` means the venue did not say.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from apps.exchanges.live.streams import StreamState
    from apps.exchanges.live.unheard import Unheard

type Side = Literal["long", "short"]
type InstrumentKind = Literal["linear", "inverse"]
type FeedKind = Literal["live", "replay", "simulated"]
type RatioKind = Literal["accounts", "positions", "top_accounts", "top_positions", "taker"]
type Completeness = Literal["full", "sampled", "delayed"]

DEPTH_STEP_BPS = 10.0
DEPTH_STEPS = 50  # on each side: out to 5 %

type Clock = Callable[[], int]
"""Gives the data's own time now, epoch milliseconds."""
type Sleep = Callable[[float], Awaitable[None]]
"""Waits that many seconds of the reader's time; a test's version moves its clock instead."""


@dataclass(frozen=True, slots=True)
class InstrumentInfo:
    """A perpetual contract of one venue."""

    venue: str
    symbol: str
    base: str
    quote: str
    kind: InstrumentKind = "linear"
    funding_interval_ms: int | None = None  # that rates are for; None: nobody said

    @property
    def slug(self) -> str:
        """Lower-case name that is safe in addresses: ``binance-btcusdt``."""
        return f"{self.venue}-{re.sub(r'[^a-z0-9]+', '-', self.symbol.lower()).strip('-')}"


@dataclass(frozen=True, slots=True)
class BarRow:
    """What one instrument did in ``(end_ms - span_ms, end_ms]``; prices are USD.

    ``open_interest`` is the reading at the end of the bar. ``mark_low`` and ``mark_high`` are
    the venue's own where it says them, else the extremes of its mark readings during the bar.
    """

    instrument: str  # slug
    end_ms: int
    span_ms: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None = None
    taker_delta: float | None = None  # taker buys minus taker sells
    open_interest: float | None = None
    mark_low: float | None = None
    mark_high: float | None = None
    mark_close: float | None = None
    funding_rate: float | None = None  # for the interval the venue states it in
    closed: bool = True  # False: the bar goes on and will be told again


@dataclass(frozen=True, slots=True)
class LiquidationRow:
    """One position force-closed, or the part of it that was."""

    instrument: str  # slug
    ts_ms: int
    side: Side
    size_base: float
    usd: float
    price: float | None
    completeness: Completeness
    native_id: str = ""  # tells apart two equal rows of the same millisecond


@dataclass(frozen=True, slots=True)
class DepthRow:
    """Orders resting in one book: USD in equal steps away from the middle, nearest first.

    Step ``k`` lies between ``k`` and ``k + 1`` times ``DEPTH_STEP_BPS`` from ``mid``. What lies
    beyond ``reach_bps`` the venue did not tell: steps out there are 0.
    """

    instrument: str  # slug
    ts_ms: int
    mid: float
    bid_usd: tuple[float, ...]
    ask_usd: tuple[float, ...]
    reach_bps: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """Which share of something is long (0 to 1)."""

    instrument: str  # slug
    ts_ms: int
    kind: RatioKind
    long_share: float


@dataclass(frozen=True, slots=True)
class MarginTier:
    """What a position of that notional must hold.

    The maintenance margin is ``notional × maintenance_margin_rate − maintenance_amount_usd``.
    """

    instrument: str  # slug
    notional_floor_usd: float
    notional_cap_usd: float | None  # None: no upper end
    maintenance_margin_rate: float
    max_leverage: float
    as_of_ms: int
    initial_margin_rate: float | None = None
    maintenance_amount_usd: float = 0.0

    @property
    def ts_ms(self) -> int:
        """The instant of the row, by the name that other rows have for it."""
        return self.as_of_ms


type Row = BarRow | LiquidationRow | DepthRow | Ratio | MarginTier


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """Where rows come from, in words a page can show."""

    kind: FeedKind
    label: str
    speed: float = 1.0  # seconds of data per second of the reader's time
    reason: str = ""  # why this feed and not the one asked for; empty when there is nothing to say


class Feed(Protocol):
    """A source of rows. ``history`` fills in what has been, ``stream`` goes on from there."""

    @property
    def info(self) -> FeedInfo:
        """Kind, label and speed."""
        ...

    def instruments(self) -> tuple[InstrumentInfo, ...]:
        """Every instrument that rows will name."""
        ...

    def start_ms(self, wall_ms: int) -> int:
        """The data's time at which streaming begins when the reader starts at ``wall_ms``."""
        ...

    def history(self, until_ms: int, first_ms: int | None = None) -> Iterator[list[Row]]:
        """Batches, rising in time, of everything known up to and including ``until_ms``.

        An empty batch says that the source is still being asked, so that nobody waits for long.

        ``first_ms`` is where the history of an earlier run began: a feed that invents its past
        invents the same one again, any other leaves out what is older.
        """
        ...

    def stream(self, after_ms: int, clock: Clock, sleep: Sleep) -> AsyncIterator[list[Row]]:
        """Rows that end after ``after_ms``, each told once ``clock`` has reached it.

        Ends when the source does.
        """
        ...


@runtime_checkable
class Watched(Protocol):
    """A feed that knows how each of its streams stands."""

    def streams(self) -> "tuple[StreamState, ...]":
        """What was heard from every venue and when."""
        ...

    def skews_ms(self) -> dict[str, int]:
        """How far each venue's clock is ahead of ours."""
        ...

    def used_shares(self) -> dict[str, float]:
        """Which share of its documented limit each venue was asked at most."""
        ...

    def unheard(self) -> "tuple[Unheard, ...]":
        """What was pushed while nobody heard it, in the order in which that was over."""
        ...


class BadRecording(ValueError):
    """A recording that cannot be trusted; the message is one sentence naming file and row."""


class BadFeed(ValueError):
    """A feed that cannot be had; the message is one sentence."""
