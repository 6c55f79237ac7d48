"""The liquidation map: bars that add up, running totals, moves, and the page around them."""

import json
import re

import numpy as np
import pytest
from django.test import Client

from apps.engine.records import Side
from apps.heatmaps.level_map import (
    BRACKET_NAMES,
    LevelMap,
    by_venue,
    get_level_map,
    round_amounts,
)
from tests.heatmaps.conftest import World

pytestmark = pytest.mark.django_db
PATH = "/m/btc/map/"


@pytest.fixture
def published(world: World) -> World:
    world.publish()
    return world


def drawn(world: World, **query: str) -> LevelMap:
    found = get_level_map(world.market, query)
    assert found is not None
    return found


def test_before_the_first_picture_there_is_no_map(world: World) -> None:
    assert get_level_map(world.market, {}) is None


def test_leverage_and_venue_split_the_same_dollars(published: World) -> None:
    by_leverage, venues = drawn(published), drawn(published, by="venue")
    assert by_leverage.names == BRACKET_NAMES
    assert venues.names == ("Binance", "Hyperliquid")
    np.testing.assert_allclose(by_leverage.usd.sum(axis=1), venues.usd.sum(axis=1), rtol=1e-9)
    assert by_leverage.usd.sum() > 0


def test_the_selection_of_the_heatmap_selects_here_too(published: World) -> None:
    whole, one = drawn(published), drawn(published, venues="binance")
    low, rest = drawn(published, lev="0,1"), drawn(published, lev="2,3,4")
    other = drawn(published, venues="hyperliquid")
    np.testing.assert_allclose(low.usd + rest.usd, whole.usd, rtol=1e-9)
    np.testing.assert_allclose(one.usd + other.usd, whole.usd, rtol=1e-9)


def test_running_totals_end_with_everything_beyond_the_price(published: World) -> None:
    found = drawn(published)
    below, above = found.curves.long_usd[0], found.curves.short_usd[-1]
    now = found.grid.position_of(np.array([found.price]))[0]
    bars = found.usd.sum(axis=1)
    assert below == pytest.approx(bars[Side.LONG, : int(now)].sum(), rel=0.02)
    assert above == pytest.approx(bars[Side.SHORT, int(now) + 1 :].sum(), rel=0.02)


def test_a_larger_amount_needs_a_larger_move(published: World) -> None:
    reaches = drawn(published).reaches(per_usd=1.3)
    assert len(reaches) == 6
    for way in ("down", "up"):
        moves = [getattr(reach, way) for reach in reaches if getattr(reach, way) is not None]
        assert moves == sorted(moves)
        assert moves


def test_the_table_says_what_the_bars_say(published: World) -> None:
    found = drawn(published)
    rows = [row for row in found.rows if abs(row.distance) > 0.02]
    shorts = [row for row in rows if row.side == "short"]
    assert shorts[0].total_usd == pytest.approx(found.curves.short_usd.max(), rel=1e-9)
    assert sum(row.usd for row in found.rows) <= found.usd.sum() * (1 + 1e-9)


def test_small_venues_share_the_last_layer() -> None:
    usd = np.arange(7.0)[:, None, None, None] * np.ones((7, 2, 5, 3))
    names, layers = by_venue(usd, tuple("abcdefg"))
    assert names == ("g", "f", "e", "d", "3 others")
    np.testing.assert_allclose(layers.sum(axis=1), usd.sum(axis=(0, 2)))


def test_amounts_are_round_and_end_below_the_largest() -> None:
    assert round_amounts(5.1e9, 4) == (5e8, 1e9, 2e9, 5e9)
    assert round_amounts(0.2, 4) == ()


@pytest.mark.parametrize("split", ["leverage", "venue"])
def test_the_page_holds_what_the_canvas_draws(client: Client, published: World, split: str) -> None:
    text = client.get(f"{PATH}?by={split}").content.decode()
    block = re.search(r'id="level-map-drawing" type="application/json">(.*?)</script>', text)
    drawing = json.loads(block[1])
    assert drawing["split"] == split
    assert len(drawing["longTotal"]) == drawing["bars"] + 1
    assert "Move that force-closes" in text


def test_the_panel_is_renewed_with_the_price(client: Client, published: World) -> None:
    text = client.get(f"{PATH}?fragment=panel").content.decode()
    assert "level-map-drawing" in text
    assert 'id="price"' in text
    assert "<main" not in text


@pytest.mark.parametrize("query", ["by=hope", "venues=nobody", "lev=9"])
def test_a_bad_address_is_refused(client: Client, published: World, query: str) -> None:
    assert client.get(f"{PATH}?{query}").status_code == 400
    assert client.get("/m/nothing/map/").status_code == 404
