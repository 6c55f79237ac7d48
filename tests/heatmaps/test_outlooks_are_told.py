"""What to expect at the nearest clusters: a chain through the book, and what stands against it."""

import re

import pytest
from django.test import Client

from apps.exchanges.records import DEPTH_STEP_BPS, DEPTH_STEPS, DepthRow
from apps.heatmaps.column import get_column
from apps.heatmaps.outlook import Outlook, get_outlook, parse_within
from apps.markets.services import store_rows
from tests.heatmaps.conftest import BINANCE, World

pytestmark = pytest.mark.django_db
PATH = "/m/btc/outlook/"


@pytest.fixture
def published(world: World) -> World:
    world.publish()
    return world


def with_book(world: World, usd_per_step: float) -> None:
    """An even book a moment ago."""
    side = (usd_per_step,) * DEPTH_STEPS
    reach = DEPTH_STEPS * DEPTH_STEP_BPS
    price = get_column(world.market).reading.price
    store_rows([DepthRow(BINANCE.slug, world.now_ms - 1_000, price, side, side, reach)])


def told(world: World, **settings: float) -> Outlook:
    outlook = get_outlook(world.market, **settings)
    assert outlook is not None
    return outlook


def shown(client: Client, query: str = "") -> str:
    answer = client.get(PATH + query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_before_the_first_picture_there_is_no_outlook(world: World, client: Client) -> None:
    assert get_outlook(world.market) is None
    assert "waiting for the first prices" in shown(client)


def test_both_magnets_are_told_with_a_range_away_from_the_price(published: World) -> None:
    outlook = told(published)
    assert [magnet.side for magnet in outlook.magnets] == ["short", "long"]
    above, below = outlook.magnets
    assert above.zone.peak <= above.low_price <= above.typical_price <= above.high_price
    assert below.zone.peak >= below.low_price >= below.typical_price >= below.high_price


def test_the_column_read_back_holds_the_dollars_of_the_reading(published: World) -> None:
    column = get_column(published.market)
    longs = column.curves.usd_at(0, column.reading.price * 0.95)
    assert longs == pytest.approx(column.reading.long_usd, rel=0.03)


def test_a_book_nobody_told_is_assumed_and_said(published: World, client: Client) -> None:
    outlook = told(published)
    assert not outlook.is_depth_known
    assert {magnet.counterforce.book for magnet in outlook.magnets} == {"unknown"}
    assert "Order books unknown here" in shown(client)


def test_a_thinner_book_carries_the_price_further(published: World, client: Client) -> None:
    with_book(published, 5e6)
    thick = told(published)
    assert thick.is_depth_known
    with_book(published, 5e4)
    thin = told(published)
    for before, after in zip(thick.magnets, thin.magnets, strict=True):
        assert after.chain.reach.high > before.chain.reach.high
    assert "Order books of the last minute" in shown(client)


def test_how_near_stacked_clusters_must_be_can_be_chosen(published: World, client: Client) -> None:
    wide, narrow = told(published, within=0.05), told(published, within=0.01)
    for near, far in zip(narrow.magnets, wide.magnets, strict=True):
        assert near.stack <= far.stack
    assert parse_within("5") == 0.05
    assert parse_within("anything") == 0.02
    assert re.search(r'within=5#outlook" aria-current="true"', shown(client, "?within=5"))


def test_what_takers_did_is_weighed(published: World) -> None:
    forces = [magnet.counterforce for magnet in told(published).magnets]
    assert forces[0].taker_usd == forces[1].taker_usd
    assert forces[0].taker_usd is not None


def test_the_levels_page_asks_for_its_outlook(published: World, client: Client) -> None:
    text = client.get("/m/btc/levels/?within=3").content.decode()
    assert "/m/btc/outlook/?within=3" in text


def test_a_market_too_thin_to_map_gets_one_sentence(
    published: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.heatmaps.summary.THIN_SGD", 1e15)
    published.live_until(1)
    published.publish()
    text = shown(client)
    assert "Too thin to map" in text
    assert "forced" not in text
    assert "mean little" in client.get("/m/btc/plan/").content.decode()
