"""1000PEPE, kPEPE and PEPE are one coin, counted in different heaps.

A row about 1000PEPE at 0.02 is a row about PEPE at 0.00002 with a thousand times the size.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.exchanges.readings import HOUR_MS, Instrument, Liquidation, Mark, OpenInterest, Trade
from apps.exchanges.records import BarRow, InstrumentInfo

HEAP = re.compile(r"(?P<zeros>10{3,7})(?=[A-Z])|(?P<kilo>k)(?=[A-Z]{2})|(?P<mega>1M)(?=[A-Z]{3})")
USUAL_FUNDING_MS = 8 * HOUR_MS
QUOTES = ("USDT", "USD", "USDC")  # the first that a venue has is drawn
PRICES = ("open", "high", "low", "close", "mark_low", "mark_high", "mark_close", "mark_price",
          "index_price", "price", "bankruptcy_price", "fill_price")  # fmt: skip
SIZES = ("volume", "taker_delta", "open_interest", "size_base")


@dataclass(frozen=True, slots=True)
class Traded:
    """An instrument as its venue counts it, and the coin it is about."""

    instrument: Instrument
    coin: str
    heap: float  # coins in what the venue calls one

    @property
    def info(self) -> InstrumentInfo:
        """What rows are announced under."""
        i = self.instrument
        interval_ms = i.funding_interval_ms or USUAL_FUNDING_MS
        return InstrumentInfo(i.venue, i.symbol, self.coin, i.quote, i.kind, interval_ms)


def coin_of(base: str) -> tuple[str, float]:
    """The coin behind a base, and how many of it the base stands for.

    >>> coin_of("1000PEPE"), coin_of("kBONK"), coin_of("BTC"), coin_of("1INCH")
    (('PEPE', 1000.0), ('BONK', 1000.0), ('BTC', 1.0), ('1INCH', 1.0))
    """
    found = HEAP.match(base)
    if found is None:
        return base.upper(), 1.0
    heap = float(found["zeros"] or (1_000 if found["kilo"] else 1_000_000))
    return base[found.end() :].upper(), heap


def by_coin(instruments: Iterable[Instrument]) -> dict[str, Traded]:
    """The one linear perpetual of each coin that a venue is asked about."""
    chosen: dict[str, Traded] = {}
    for instrument in instruments:
        if instrument.inverse or not instrument.active or instrument.quote not in QUOTES:
            continue
        traded = Traded(instrument, *coin_of(instrument.base))
        if traded.coin not in chosen or _rank(traded) < _rank(chosen[traded.coin]):
            chosen[traded.coin] = traded
    return chosen


def _rank(traded: Traded) -> tuple[int, float, str]:
    i = traded.instrument
    return QUOTES.index(i.quote), traded.heap, i.symbol


def per_coin[T: (BarRow, OpenInterest, Mark, Trade, Liquidation)](row: T, heap: float) -> T:
    """The same row counted in single coins."""
    if heap == 1:
        return row
    changed = {name: getattr(row, name) / heap for name in PRICES if _says(row, name)}
    changed |= {name: getattr(row, name) * heap for name in SIZES if _says(row, name)}
    return replace(row, **changed)


def _says(row: object, name: str) -> bool:
    return getattr(row, name, None) is not None
