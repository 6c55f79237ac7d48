"""The records that pass between the engine's modules: frozen dataclasses over arrays.

Conventions, everywhere in the engine:

* open interest and mass are base coin, ONE side; prices are USD; ``*_usd`` is US dollars;
* time is ``end_ms``, epoch milliseconds UTC at which a bar was complete (so known);
* the side axis is ``Side.LONG``, ``Side.SHORT``: the position that would die;
* a missing reading is NaN in ``Bars`` and nowhere else.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

GRID_STEP = 0.0005  # natural log: 5 basis points


class Side(IntEnum):
    """The position that dies; also its index on every side axis. ``Side("long")`` works too."""

    LONG = 0
    SHORT = 1

    @classmethod
    def _missing_(cls, value: object) -> "Side | None":
        return cls.__members__.get(value.upper()) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class PriceGrid:
    """Price bins; bin ``i`` covers ``[edge(i), edge(i + 1))`` USD.

    On a log grid ``edge(i) = exp((base + i) * step)``; on a linear one ``(base + i) * step``.
    """

    base: int
    count: int
    step: float = GRID_STEP
    is_log: bool = True

    def edges(self) -> FloatArray:
        """Bin edges in USD, shape ``(count + 1,)``, rising."""
        edges = (self.base + np.arange(self.count + 1)) * self.step
        return np.exp(edges) if self.is_log else edges

    def centres(self) -> FloatArray:
        """Bin centres in USD, shape ``(count,)``."""
        centres = (self.base + np.arange(self.count) + 0.5) * self.step
        return np.exp(centres) if self.is_log else centres

    def position_of(self, price: FloatArray) -> FloatArray:
        """Where prices lie, in bins from the grid's lower edge; not clipped."""
        return (np.log(price) if self.is_log else np.asarray(price)) / self.step - self.base


@dataclass(frozen=True, slots=True)
class Bars:
    """What a market's V venues reported over T instants; NaN where a venue reported nothing.

    A venue with coarser bars (five minutes, an hour) has values only at the instants at which
    its bars ended. ``end_ms`` is strictly rising and need not be evenly spaced.
    """

    venues: tuple[str, ...]
    end_ms: IntArray  # (T,)
    open: FloatArray  # (V, T) USD, last price
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray  # (V, T) base traded during the bar
    taker_delta: FloatArray  # (V, T) base, taker buys minus taker sells
    open_interest: FloatArray  # (V, T) base, one side, at end_ms
    mark_low: FloatArray  # (V, T) USD; the sweep uses last price where NaN
    mark_high: FloatArray

    def __len__(self) -> int:
        return len(self.end_ms)

    def between(self, start: int, stop: int) -> "Bars":
        """The bars of instants ``start:stop`` (indices)."""
        cut = slice(start, stop)
        return Bars(self.venues, self.end_ms[cut], *(getattr(self, f)[:, cut] for f in BAR_FIELDS))


BAR_FIELDS = (
    "open", "high", "low", "close", "volume", "taker_delta", "open_interest",
    "mark_low", "mark_high",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """A heatmap: dollars that would be force-closed, per column of time and bin of price.

    ``long_usd`` and ``short_usd`` have shape ``(C, B)``, are finite and never negative.
    ``candles`` (C, 4) holds open, high, low, close of the reference venue over the column,
    NaN in a gap. The last column may still be open; every other one never changes.
    """

    grid: PriceGrid
    end_ms: IntArray  # (C,) instants at which the columns are read, ``cadence_ms`` apart
    cadence_ms: int
    long_usd: FloatArray
    short_usd: FloatArray
    candles: FloatArray
    price: float  # USD, reference price at the last column
    parameters_version: str

    @property
    def net_usd(self) -> FloatArray:
        """Long minus short dollars, shape ``(C, B)``."""
        return self.long_usd - self.short_usd


@dataclass(frozen=True, slots=True)
class Cluster:
    """A bright zone of one side in the newest column of a picture."""

    side: Side
    low: float  # USD, lower edge
    high: float  # USD, upper edge
    peak: float  # USD, centre of the densest bin
    usd: float  # dollars inside the zone
    distance: float  # (peak - price) / price
    share: float  # of the dollars of both sides in the newest column


class BadBars(ValueError):
    """Bars that cannot be walked; the message says which row of which venue and why."""
