"""The list of markets: strips of heat, orders, and markets that are too thin or have no map."""

from dataclasses import replace

import numpy as np
import pytest
from django.test import Client

from apps.engine.frame import decode
from apps.heatmaps import screener
from apps.heatmaps.models import Snapshot
from apps.heatmaps.readings import Cascade, reading_from_json
from apps.heatmaps.screener import STRIP_CELLS, rows_of, strip_tones
from apps.heatmaps.tones import BRIGHTEST
from apps.markets.models import Feed, Market
from tests.heatmaps.conftest import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(world: World) -> World:
    world.publish()
    return world


@pytest.fixture
def three(published: World) -> list[str]:
    """btc as it is; near, whose clusters are nearer, in a cascade; thin, too small to map."""
    snapshot = Snapshot.objects.get(market=published.market)
    reading = reading_from_json(snapshot.reading)
    nearer = replace(reading.above, distance=reading.above.distance / 4)
    cascade = Cascade("short", 3, 9e9, 0.02)
    told = {
        "near": replace(reading, above=nearer, cascade=cascade),
        "thin": replace(reading, is_thin=True),
    }
    for slug, one in told.items():
        Snapshot.objects.create(
            market=Market.objects.create(slug=slug, base=slug.upper(), name=slug, position=200),
            feed=Feed.objects.get(),
            version=1,
            as_of_ms=snapshot.as_of_ms,
            published_at=snapshot.published_at,
            fingerprint="x",
            frame=bytes(snapshot.frame),
            reading=one.to_json(),
        )
    Market.objects.create(slug="new", base="NEW", name="New", position=300)
    return ["btc", "near", "thin", "new"]


def slugs(sort: str = "list") -> list[str]:
    return [row.market.slug for row in rows_of(Market.objects.all(), sort)]


def test_the_usual_order_is_that_of_the_list(three: list[str]) -> None:
    assert slugs() == three


@pytest.mark.parametrize("sort", ["near", "cascade"])
def test_the_most_comes_first_and_what_has_no_map_last(three: list[str], sort: str) -> None:
    assert slugs(sort) == ["near", "btc", "thin", "new"]


@pytest.mark.parametrize("sort", screener.SORTS)
def test_every_order_has_an_address(client: Client, three: list[str], sort: str) -> None:
    answer = client.get(f"/watch/?sort={sort}")
    assert answer.status_code == 200
    assert f'sort={sort}" aria-current="true"' in answer.content.decode()
    assert f"sort={sort}" in answer.content.decode().split("hx-get=")[1].split('"')[1]


def test_an_unknown_order_is_refused(client: Client) -> None:
    assert client.get("/watch/?sort=luck").status_code == 400


def test_rows_say_what_is_known(client: Client, three: list[str]) -> None:
    text = client.get("/watch/").content.decode()
    assert "Cascade 3" in text
    assert "Too thin to map" in text
    assert "No map yet" in text
    assert text.count('data-widget="strip"') == 2


def test_a_strip_is_the_newest_column_around_the_price(published: World) -> None:
    frame = decode(bytes(Snapshot.objects.get().frame))
    tones = strip_tones(frame)
    assert tones.shape == (STRIP_CELLS,)
    assert 0 < tones.max() <= BRIGHTEST
    usd, price = frame.usd[-1].sum(axis=0), frame.header.price
    centres = frame.header.grid.centres()
    inside = np.abs(centres / price - 1) < screener.STRIP_REACH
    brightest = centres[inside][np.argmax(usd[inside])]
    cell = int((brightest / price - 1 + screener.STRIP_REACH) / screener.STRIP_REACH * 50)
    assert tones[cell] > 0.8 * BRIGHTEST


def test_a_strip_is_read_once_per_version(
    published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows_of([published.market])
    monkeypatch.setattr(screener, "decode", lambda _data: pytest.fail("read again"))
    assert rows_of([published.market])[0].strip == first[0].strip != ""
