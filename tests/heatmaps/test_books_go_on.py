"""A book carried on from anywhere is the book made from all rows, and shows the same picture."""

import numpy as np
import pytest

from apps.engine.book import rebuild
from apps.engine.frame import decode
from apps.heatmaps import checkpoints, services
from apps.heatmaps.looks import look_at
from apps.heatmaps.models import Snapshot
from apps.heatmaps.pictures import draw
from apps.heatmaps.shelf import cache
from apps.heatmaps.spec import PictureSpec
from apps.markets import bars as market_bars
from apps.markets.bars import load_bars
from apps.markets.services import store_rows
from tests.heatmaps.conftest import BEGIN_MS, MINUTE_MS, forget_all, minute_bar

SPECS = [
    PictureSpec(),
    PictureSpec(timeframe="1h"),
    PictureSpec(timeframe="4h", venues=("binance",), brackets=(1, 2)),
    PictureSpec(timeframe="4h", ages=(0,), bin_sgd=100),
]


def look(world):
    return look_at(world.market, world.feed, now_ms=world.now_ms, wall_ms=world.now_ms)


def assert_same(one, other):
    np.testing.assert_array_equal(one.end_ms, other.end_ms)
    assert one.grid == other.grid
    for name in ("long_usd", "short_usd"):
        scale = getattr(other, name).max()
        np.testing.assert_allclose(
            getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-9 * scale
        )


def test_a_new_process_goes_on_from_the_cache_without_reading_all_rows(world, monkeypatch):
    world.publish()
    forget_all()
    asked = []

    def load(market, *, since_ms, **choices):
        asked.append(since_ms)
        return load_bars(market, since_ms=since_ms, **choices)

    monkeypatch.setattr(checkpoints, "load_bars", load)
    world.live_until(1)
    world.publish()
    assert min(asked) == BEGIN_MS


@pytest.mark.parametrize("damage", [cache.clear, lambda: cache.set("checkpoint.1.btc", b"junk")])
def test_a_lost_or_damaged_checkpoint_is_made_again(world, damage):
    world.publish()
    expected = look(world).walk.book.standing_base
    forget_all()
    damage()
    np.testing.assert_allclose(look(world).walk.book.standing_base, expected, rtol=1e-9)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)
def test_a_picture_carried_on_equals_one_drawn_at_once(world, spec):
    for minute in (0, 1, 2, 7, 8, 11):
        world.live_until(minute)
        store_rows([minute_bar(minute + 1, closed=False)])
        world.minute += 0.5
        carried_on = draw(look(world), spec, version=1).picture
        world.minute -= 0.5
    world.minute += 0.5
    forget_all()
    cache.clear()
    assert_same(carried_on, draw(look(world), spec, version=1).picture)


def test_news_without_a_new_bar_leaves_the_columns_alone(world):
    world.live_until(5)  # at the end of a column
    before = draw(look(world), SPECS[0], version=1).picture
    world.minute += 0.9
    assert_same(draw(look(world), SPECS[0], version=2).picture, before)


def test_a_late_bar_makes_the_book_again(world):
    world.live_until(5, venues=("binance",))
    world.live_until(10, venues=("binance",))  # by now Hyperliquid is stale and not waited for
    world.publish()
    store_rows([minute_bar(m, venue="hyperliquid") for m in range(1, 11)])
    told_late = look(world).walk
    every_bar = load_bars(world.market, since_ms=0)
    at_once = rebuild(every_bar, checkpoints.parameters_of(world.market))
    np.testing.assert_allclose(told_late.book.standing_base, at_once.book.standing_base, rtol=1e-9)


def test_what_is_drawn_does_not_move_the_book(world):
    world.publish()
    world.live_until(1, venues=("binance",))
    assert look(world).checkpoint.walk.end_ms == BEGIN_MS
    assert look(world).walk.end_ms == BEGIN_MS + MINUTE_MS


def test_columns_that_are_over_never_change(world):
    first = decode(bytes(world.publish().frame))
    world.live_until(10)
    second = decode(bytes(world.publish().frame))
    shift = (second.header.first_end_ms - first.header.first_end_ms) // second.header.cadence_ms
    if first.header.grid == second.header.grid and first.header.scale == second.header.scale:
        np.testing.assert_array_equal(first.codes[shift:-1], second.codes[: -shift - 1])


def test_an_unknown_pickle_in_the_cache_harms_nobody(world):
    cache.set("checkpoint.1.btc", b"x\x9c\x03\x00\x00\x00\x00\x01", 60)
    assert world.publish() is not None


def test_rows_beyond_the_history_are_not_walked(world, settings):
    settings.HISTORY_DAYS = 0.125
    walk = look(world).walk
    assert walk.instants_ms[0] > BEGIN_MS - 3 * 60 * MINUTE_MS
    assert len(market_bars.load_bars(world.market, since_ms=0)) > len(walk.instants_ms)


def test_a_snapshot_of_before_is_replaced_not_added(world):
    for minute in range(1, 4):
        world.live_until(minute)
        world.publish()
    assert Snapshot.objects.count() == 1
    assert services.newest_snapshot(world.market).as_of_ms == BEGIN_MS + 3 * MINUTE_MS
