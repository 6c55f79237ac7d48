"""What one reply of a venue says, under one convention: what the parsers hand over.

Sizes and open interest are base coin, open interest counts ONE side, ``side`` is the position
that died, times are epoch milliseconds UTC, rates and shares are fractions. ``None`` means the
reply did not say. A candle is a ``BarRow``; every other reading has its record here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from apps.exchanges.records import InstrumentInfo, LiquidationRow
from apps.exchanges.records import MarginTier as MarginTier
from apps.exchanges.records import Ratio as Ratio
from apps.exchanges.records import RatioKind as RatioKind

MINUTE_MS = 60_000
HOUR_MS = 3_600_000

type TakerSide = Literal["buy", "sell"]
type Level = tuple[float, float]
"""Price and size in base coin."""


@dataclass(frozen=True, slots=True)
class Instrument(InstrumentInfo):
    """A perpetual contract with what is needed to read its venue's numbers.

    ``contract_size`` is what one unit of the venue's sizes stands for: base coin where the
    contract is linear, USD where it is inverse.
    """

    settle: str = ""
    contract_size: float = 1.0
    tick: float | None = None
    size_step: float | None = None  # in the venue's own unit
    max_leverage: float | None = None
    listed_ms: int | None = None
    active: bool = True

    def size_base(self, amount: float, price: float) -> float:
        """Base coin in ``amount`` of the venue's units; ``price`` matters to inverse ones."""
        return self.notional_usd(amount, price) / price if self.inverse else self._units(amount)

    def notional_usd(self, amount: float, price: float) -> float:
        """USD in ``amount`` of the venue's units; ``price`` matters to linear ones."""
        return self._units(amount) if self.inverse else self._units(amount) * price

    @property
    def inverse(self) -> bool:
        """Whether its contracts are counted in USD and settled in the coin."""
        return self.kind == "inverse"

    def _units(self, amount: float) -> float:
        return amount * self.contract_size


type Instruments = Mapping[str, Instrument]
"""By the venue's own symbol. Rows of other symbols are passed over."""


@dataclass(frozen=True, slots=True)
class OpenInterest:
    """Open interest of one side at one instant."""

    instrument: str  # slug
    ts_ms: int
    open_interest: float
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Prices and funding at one instant; the rate is per ``funding_interval_ms``."""

    instrument: str  # slug
    ts_ms: int
    mark_price: float | None = None
    index_price: float | None = None
    funding_rate: float | None = None
    funding_interval_ms: int | None = None
    next_funding_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Resting orders, best first."""

    instrument: str  # slug
    ts_ms: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade, by the side that took."""

    instrument: str  # slug
    ts_ms: int
    taker_side: TakerSide
    size_base: float
    price: float
    native_id: str = ""


@dataclass(frozen=True, slots=True)
class Liquidation(LiquidationRow):
    """A liquidation with each price by its own name; ``price`` is the fill, else the bankruptcy."""

    bankruptcy_price: float | None = None
    fill_price: float | None = None
    mark_price: float | None = None
