"""A snapshot is published when something changed, once, whoever does it."""

from datetime import UTC, datetime

import numpy as np
import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from apps.engine.frame import decode
from apps.heatmaps import groups, services
from apps.heatmaps.looks import look_at
from apps.heatmaps.models import Snapshot
from apps.heatmaps.pictures import draw
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.markets.models import Feed, Market
from apps.markets.services import forget_everything, store_rows
from tests.heatmaps.conftest import BEGIN_MS, MINUTE_MS, forget_all, minute_bar


def test_the_first_look_publishes_the_default_picture(world):
    snapshot = world.publish()
    assert snapshot.as_of_ms == BEGIN_MS
    assert snapshot.published_at == datetime.fromtimestamp(BEGIN_MS / 1000, UTC)
    frame = decode(bytes(snapshot.frame))
    assert frame.header.sequence == snapshot.version
    assert frame.codes.any()


def test_nothing_new_publishes_nothing(world):
    world.publish()
    assert world.publish() is None
    world.minute += 0.1  # time alone is no news
    assert world.publish() is None


def test_a_new_minute_is_the_next_version(world):
    first = world.publish()
    world.live_until(1)
    second = world.publish()
    assert second.version == first.version + 1
    assert second.as_of_ms == BEGIN_MS + MINUTE_MS


def test_an_open_bar_is_shown_as_of_now(world):
    world.publish()
    store_rows([minute_bar(1, closed=False)])
    world.minute = 0.4
    assert world.publish().as_of_ms == BEGIN_MS + 24_000


def test_the_open_minute_leaves_no_trace_once_it_has_closed(world):
    world.publish()
    store_rows([minute_bar(1, closed=False), minute_bar(1, venue="hyperliquid", closed=False)])
    world.minute = 0.5
    world.publish()
    world.live_until(2)
    told_live = decode(bytes(world.publish().frame))
    Snapshot.objects.all().delete()
    forget_all()
    told_at_once = decode(bytes(world.publish().frame))
    np.testing.assert_array_equal(told_live.codes, told_at_once.codes)


def test_a_venue_falling_silent_is_news(world):
    world.publish()
    world.live_until(4, venues=("hyperliquid",))
    states = {venue["venue"]: venue["state"] for venue in world.publish().reading["venues"]}
    assert states == {"binance": "stale", "hyperliquid": "live"}


def test_of_two_processes_with_the_same_news_one_publishes(world):
    before = world.publish()
    world.live_until(1)
    look = look_at(world.market, world.feed, now_ms=world.now_ms, wall_ms=world.now_ms)
    drawing = draw(look, DEFAULT_SPEC, version=before.version + 1)
    assert services.publish(drawing, look=look, before=before)
    assert services.publish(drawing, look=look, before=before) is None
    assert Snapshot.objects.get().version == before.version + 1


@pytest.mark.django_db(transaction=True)
async def test_the_layer_carries_the_version_and_nothing_else(make_world):
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(groups.heatmap("btc"), channel)
    world = await database_sync_to_async(make_world)()
    snapshot = await database_sync_to_async(world.publish)()
    assert await layer.receive(channel) == {
        "type": "snapshot.published",
        "market": "btc",
        "version": snapshot.version,
    }
    await layer.flush()


def test_another_feed_takes_the_published_pictures_with_it(world):
    world.publish()
    forget_everything()
    assert not Snapshot.objects.exists()
    assert Market.objects.filter(slug="btc").exists()


def test_versions_keep_rising_over_a_change_of_feed(world, make_world):
    for _ in range(3):
        world.live_until(int(world.minute) + 1)
        last = world.publish()
    forget_everything()
    world = make_world()
    world.minute = 4
    assert world.publish().version > last.version


def test_a_market_without_bars_is_not_published(world):
    quiet = Market.objects.create(slug="eth", base="ETH", name="Ethereum")
    assert services.advance_market(market=quiet, now_ms=world.now_ms) is None
    assert services.get_reading(quiet, DEFAULT_SPEC) is None
    assert services.get_frame(quiet, DEFAULT_SPEC) is None


def test_nothing_is_published_before_the_history_is_complete(world):
    Feed.objects.update(state="starting")
    assert world.publish() is None
    Feed.objects.update(state="running")
    assert world.publish()


def test_without_a_feed_nothing_is_published(db):
    market = Market.objects.create(slug="eth", base="ETH", name="Ethereum")
    assert services.advance_market(market=market, now_ms=BEGIN_MS) is None
