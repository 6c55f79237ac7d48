"""A market on three venues, and days of evidence as somebody's leverage would have left them."""

from collections.abc import Callable

import numpy as np
import pytest

from apps.accounts.models import User
from apps.accuracy.calibration.cells import CELLS, pack
from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import default_parameters
from apps.engine.records import FloatArray
from apps.exchanges.records import InstrumentInfo
from apps.markets import services
from apps.markets.leverage_sets import bell_curve
from apps.markets.models import Feed, LeverageDay, Market

FIRST_DAY = 20_600
VENUES = ("binance", "bybit", "okx")
SYMBOLS = {"binance": "BTCUSDT", "bybit": "BTCUSDT", "okx": "BTC-USDT-SWAP"}
SHIPPED = bell_curve(default_parameters(), "bybit")
HIGHER = np.where(np.array(LEVERAGES) > 20, 6.0, np.where(np.array(LEVERAGES) > 5, 0.5, 1.0))
OTHERS = SHIPPED * HIGHER / (SHIPPED * HIGHER).sum()  # as a more daring crowd would stand

MakeDays = Callable[..., list[LeverageDay]]


@pytest.fixture
def market(db: None) -> Market:
    """BTC on three venues of a live feed."""
    services.ensure_instruments(
        InstrumentInfo(venue, SYMBOLS[venue], "BTC", "USDT") for venue in VENUES
    )
    Feed.objects.create(
        kind="live", label="three venues", source="live three", state="running",
        anchor_data_ms=0, anchor_wall_ms=0,
    )  # fmt: skip
    return Market.objects.get(slug="btc")


@pytest.fixture
def make_days(market: Market) -> MakeDays:
    """Condensed days of a venue whose positions stand by given shares."""

    def make(days: int = 30, *, shares: FloatArray = OTHERS, venue: str = "bybit", prints: int = 90,
             usd: float = 1.0) -> list[LeverageDay]:  # fmt: skip
        rng = np.random.default_rng(days)
        rows = []
        for day in range(FIRST_DAY, FIRST_DAY + days):
            reached = rng.lognormal(15, 1.2, (CELLS, 2, len(LEVERAGES)))
            reached *= rng.random(reached.shape) < 0.5
            realised = usd * (reached @ shares) * rng.gamma(3.0, 1 / 3, (CELLS, 2))
            rows.append(
                LeverageDay(
                    market=market, venue=venue, day=day, leverages=list(LEVERAGES),
                    reached_usd=pack(reached), realised_usd=pack(realised), prints=prints,
                    usd=float(realised.sum()), heard_share=1.0,
                )
            )  # fmt: skip
        return LeverageDay.objects.bulk_create(rows)

    return make


@pytest.fixture
def administrator(db: None) -> User:
    """Root, who may change what stands."""
    return User.objects.create_user("root", "root@example.org", "x", is_staff=True)
