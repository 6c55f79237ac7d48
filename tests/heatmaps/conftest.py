"""A small market with five hours of minutes on two venues, and the clock in the test's hand."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.db import connections

from apps.exchanges.records import BarRow, InstrumentInfo
from apps.heatmaps.checkpoints import forget_checkpoints
from apps.heatmaps.hub import hub
from apps.heatmaps.looks import forget_looks
from apps.heatmaps.models import Snapshot
from apps.heatmaps.pictures import forget_pictures
from apps.heatmaps.services import advance_market
from apps.heatmaps.urls import websocket_urlpatterns
from apps.markets import services
from apps.markets.models import Feed, Market
from tests.heatmaps.browser import PATIENCE_S, Browser

MINUTE_MS = 60_000
BEGIN_MS = 1_780_000_200_000  # a multiple of five minutes
PAST_MIN = 300
BINANCE = InstrumentInfo("binance", "BTCUSDT", "BTC", "USDT")
HYPERLIQUID = InstrumentInfo("hyperliquid", "BTC", "BTC", "USD")


def forget_all() -> None:
    """Be a new process."""
    forget_checkpoints()
    forget_looks()
    forget_pictures()


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """No test remembers what another one drew."""
    forget_all()
    yield
    forget_all()


def minute_bar(minute: int, *, venue: str = "binance", closed: bool = True) -> BarRow:
    """The bar that ends ``minute`` minutes after ``BEGIN_MS``: a price that wanders, always so."""
    info = BINANCE if venue == "binance" else HYPERLIQUID
    close, before = (60_000 * np.exp(0.01 * np.sin(m / 60) + 0.002 * np.sin(m / 7))
                     for m in (minute, minute - 1))  # fmt: skip
    return BarRow(
        instrument=info.slug,
        end_ms=BEGIN_MS + minute * MINUTE_MS,
        span_ms=MINUTE_MS,
        open=float(before),
        high=float(max(before, close) * 1.0004),
        low=float(min(before, close) * 0.9996),
        close=float(close),
        volume=50.0 + 10 * np.cos(minute / 11),
        taker_delta=5.0 * np.sin(minute / 13),
        open_interest=20_000.0 + 100 * np.sin(minute / 90),
        closed=closed,
    )


@dataclass
class World:
    """The market, its feed, and the data's clock in minutes after ``BEGIN_MS``."""

    market: Market
    feed: Feed
    minute: float = 0.0
    venues: tuple[str, ...] = ("binance", "hyperliquid")

    @property
    def now_ms(self) -> int:
        return BEGIN_MS + round(self.minute * MINUTE_MS)

    def live_until(self, minute: int, *, venues: tuple[str, ...] | None = None) -> None:
        """Let the clock go to a minute, every bar closing on its way."""
        told = venues or self.venues
        minutes = range(int(self.minute) + 1, minute + 1)
        services.store_rows([minute_bar(m, venue=venue) for m in minutes for venue in told])
        self.minute = minute
        services.beat(venues=told, stream="bars", at_ms=self.now_ms)

    def publish(self) -> Snapshot | None:
        """What the task does, at the time of this world."""
        market = Market.objects.get(pk=self.market.pk)
        return advance_market(market=market, now_ms=self.now_ms, wall_ms=self.now_ms)


async def next_minute(world: World) -> int:
    """A minute passes and is published; its version."""
    await database_sync_to_async(world.live_until)(int(world.minute) + 1)
    snapshot = await database_sync_to_async(world.publish)()
    return snapshot.version


@pytest.fixture
def make_world(monkeypatch: pytest.MonkeyPatch) -> Callable[[], World]:
    """Build the market; use it inside the test where the test sets up its own database."""

    def make() -> World:
        services.ensure_instruments([BINANCE, HYPERLIQUID])
        feed = Feed.objects.create(
            kind="live", label="two venues", source="test", state="running",
            anchor_data_ms=BEGIN_MS, anchor_wall_ms=BEGIN_MS,
        )  # fmt: skip
        world = World(Market.objects.get(slug="btc"), feed, minute=-PAST_MIN)
        world.live_until(0)
        monkeypatch.setattr("apps.heatmaps.looks.wall_now_ms", lambda: world.now_ms)
        return world

    return make


@pytest.fixture
def world(db: None, make_world: Callable[[], World]) -> World:
    """A market of two venues with five hours behind it."""
    return make_world()


@pytest.fixture
async def live(make_world: Callable[[], World]) -> AsyncIterator[World]:
    """A published market."""
    world = await database_sync_to_async(make_world)()
    await database_sync_to_async(world.publish)()
    yield world
    await database_sync_to_async(connections.close_all)()


@pytest.fixture
async def open_socket(live: World) -> AsyncIterator[Callable[..., Awaitable[Browser]]]:
    """Open sockets; at the end they leave, and nothing may be left behind."""
    browsers = []

    async def open_one(query: str = "tf=1h", market: str = "btc") -> Browser:
        browser = Browser(URLRouter(websocket_urlpatterns), f"/ws/m/{market}/?{query}")
        browsers.append(browser)
        connected, _ = await browser.connect(timeout=PATIENCE_S)
        assert connected
        return browser

    yield open_one
    for browser in browsers:
        await browser.disconnect(timeout=PATIENCE_S)
    await hub.stop()
    assert not hub._clients
    assert not hub._boards
    await get_channel_layer().flush()
