"""Rows: what is traded, what the venues told, and how well they are heard."""

from apps.markets.models.feed import (
    Feed,
    Gap,
    HeardMinute,
    Heartbeat,
    StreamStatus,
    UnheardSpan,
    VenueStatus,
)
from apps.markets.models.leverage import LeverageDay, LeverageFit
from apps.markets.models.market import HOUR_MS, Instrument, Market
from apps.markets.models.rates import ExchangeRate
from apps.markets.models.told import (
    BookDepth,
    Liquidation,
    LongShortRatio,
    MarginTier,
    MinuteBar,
)

__all__ = [
    "HOUR_MS",
    "BookDepth",
    "ExchangeRate",
    "Feed",
    "Gap",
    "HeardMinute",
    "Heartbeat",
    "Instrument",
    "LeverageDay",
    "LeverageFit",
    "Liquidation",
    "LongShortRatio",
    "MarginTier",
    "Market",
    "MinuteBar",
    "StreamStatus",
    "UnheardSpan",
    "VenueStatus",
]
