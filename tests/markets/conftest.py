"""A market of two venues, and bars to fill it with."""

from collections.abc import Callable

import pytest

from apps.exchanges.records import BarRow, InstrumentInfo
from apps.markets import services
from apps.markets.models import Feed, Market

MINUTE_MS = 60_000
BEGIN_MS = 1_780_000_020_000  # a whole minute

BINANCE = InstrumentInfo("binance", "BTCUSDT", "BTC", "USDT")
HYPERLIQUID = InstrumentInfo("hyperliquid", "BTC", "BTC", "USD")


@pytest.fixture
def btc(db: None) -> Market:
    """BTC on Binance and Hyperliquid."""
    services.ensure_instruments([BINANCE, HYPERLIQUID])
    return Market.objects.get(slug="btc")


@pytest.fixture
def feed(db: None) -> Feed:
    """A replay at sixty times the speed of life, whose clock stands at ``BEGIN_MS`` at wall 0."""
    return Feed.objects.create(
        kind="replay", label="june", source="june", speed=60.0, state="running",
        anchor_data_ms=BEGIN_MS, anchor_wall_ms=0,
    )  # fmt: skip


@pytest.fixture
def bar() -> Callable[..., BarRow]:
    """Make a plausible bar that ends some minutes after ``BEGIN_MS``."""

    def make(minute: int, *, venue: str = "binance", **changes: object) -> BarRow:
        slug = {"binance": BINANCE.slug, "hyperliquid": HYPERLIQUID.slug}[venue]
        told = {
            "open": 100.0, "high": 101.0, "low": 99.0, "close": 100.5,
            "volume": 10.0, "taker_delta": 1.0, "open_interest": 1000.0,
        }  # fmt: skip
        return BarRow(slug, BEGIN_MS + minute * MINUTE_MS, MINUTE_MS, **(told | changes))

    return make
