"""Dots, walls and flow: what the canvas draws over the heat, and how it is asked for."""

import numpy as np
import pytest
from django.test import Client

from apps.exchanges.records import DEPTH_STEPS, DepthRow, LiquidationRow
from apps.heatmaps.overlays import MOST_DOTS, wall_steps
from apps.markets import services
from tests.heatmaps.conftest import BEGIN_MS, BINANCE, MINUTE_MS, World

pytestmark = pytest.mark.django_db
ADDRESS = "/m/btc/overlay?tf=1h"


def liquidation(minute: int, *, side: str = "long", usd: float = 1e6) -> LiquidationRow:
    return LiquidationRow(
        instrument=BINANCE.slug,
        ts_ms=BEGIN_MS + minute * MINUTE_MS,
        side=side,
        size_base=usd / 60_000,
        usd=usd,
        price=60_000.0,
        completeness="sampled",
        native_id=f"{minute}{side}{usd}",
    )


def book(minute: int, *, wall_at: int, usd: float = 5e6) -> DepthRow:
    even = np.full(DEPTH_STEPS, 1e6)
    bids = even.copy()
    bids[wall_at] = usd
    return DepthRow(
        instrument=BINANCE.slug,
        ts_ms=BEGIN_MS + minute * MINUTE_MS - 1000,
        mid=60_000.0,
        bid_usd=tuple(bids.tolist()),
        ask_usd=tuple(even.tolist()),
        reach_bps=500.0,
    )


@pytest.fixture
def published(world: World) -> World:
    services.store_rows([liquidation(-90), liquidation(-30), liquidation(-10, side="short")])
    world.publish()
    return world


def asked(client: Client, query: str) -> dict:
    answer = client.get(ADDRESS + query)
    assert answer.status_code == 200
    return answer.json()


def test_dots_are_the_liquidations_of_the_window(client: Client, published: World) -> None:
    dots = asked(client, "&layers=liq")["liq"]
    assert [dot[1:] for dot in dots] == [
        [0, 60_000.0, 1_000_000, "sampled"],
        [1, 60_000.0, 1_000_000, "sampled"],
    ]


def test_of_very_many_the_largest_are_drawn(client: Client, published: World) -> None:
    services.store_rows([liquidation(-20, usd=2e6 + n) for n in range(2 * MOST_DOTS)])
    dots = asked(client, "&layers=liq")["liq"]
    assert len(dots) == MOST_DOTS
    assert min(dot[3] for dot in dots) >= 2e6 + MOST_DOTS


def test_a_wall_stands_in_the_column_of_its_minute(client: Client, published: World) -> None:
    services.store_rows([book(-6, wall_at=20), book(-5, wall_at=20), book(-4, wall_at=7, usd=2e6)])
    told = asked(client, "&layers=depth")
    columns = {cell[0]: cell for cell in told["depth"]["walls"]}
    ends = {told["first"] + column * told["cadence"]: cell for column, cell in columns.items()}
    assert {(end - BEGIN_MS) // MINUTE_MS: cell[1:] for end, cell in ends.items()} == {
        -6: [-21, 5_000_000],
        -5: [-21, 5_000_000],
    }


def test_a_feed_without_books_says_so(client: Client, published: World) -> None:
    assert asked(client, "&layers=depth")["depth"] is None


def test_a_wall_holds_far_more_than_the_rest() -> None:
    usd = np.array([1.0, 1.0, 9.0, 1.0, 4.0])
    assert wall_steps(usd) == [2, 4]
    assert wall_steps(np.zeros(5)) == []
    assert wall_steps(np.ones(5)) == []


def test_flow_has_a_value_for_every_column(client: Client, published: World) -> None:
    told = asked(client, "&layers=cvd,funding")
    assert len(told["cvd"]) == len(told["funding"]) == 60
    assert told["firstFlow"] == told["first"]
    assert any(told["cvd"])
    assert set(told) == {"first", "cadence", "cvd", "funding", "firstFlow"}


def test_a_past_moment_has_its_own_layers(client: Client, published: World) -> None:
    at_ms = BEGIN_MS - 80 * MINUTE_MS
    dots = asked(client, f"&layers=liq&view=historical&at={at_ms}")["liq"]
    assert [dot[0] for dot in dots] == [BEGIN_MS - 90 * MINUTE_MS]


def test_nothing_is_asked_of_layers_that_are_off(client: Client, published: World) -> None:
    assert set(asked(client, "")) == {"first", "cadence"}


def test_bad_layers_and_markets_are_refused(client: Client, world: World) -> None:
    assert client.get(ADDRESS + "&layers=liq").status_code == 503
    assert client.get(ADDRESS + "&layers=hope").status_code == 400
    assert client.get("/m/nothing/overlay").status_code == 404
