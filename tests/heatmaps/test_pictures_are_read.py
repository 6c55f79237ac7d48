"""Frames and readings as pages ask for them, with the cache and without."""

from dataclasses import replace

import numpy as np
import pytest
from redis.exceptions import ConnectionError as RedisAway

from apps.engine.frame import decode
from apps.heatmaps import pictures, shelf
from apps.heatmaps.looks import look_of
from apps.heatmaps.readings import reading_from_json
from apps.heatmaps.services import get_frame, get_reading
from apps.heatmaps.spec import DEFAULT_SPEC, PictureSpec
from tests.heatmaps.conftest import BEGIN_MS, MINUTE_MS, PAST_MIN, forget_all

HOUR = PictureSpec(timeframe="1h")
PAST = PictureSpec("1h", "historical", BEGIN_MS - 120 * MINUTE_MS)


@pytest.fixture
def cache_is_away(monkeypatch):
    """Every request to the cache fails, as with a Redis that was killed."""

    def fail(*arguments, **options):
        raise RedisAway("Connection refused")

    monkeypatch.setattr(shelf.cache, "get", fail)
    monkeypatch.setattr(shelf.cache, "set", fail)
    monkeypatch.setattr(shelf, "_resting_until_s", 0.0)


def test_the_default_frame_is_the_published_one(world):
    snapshot = world.publish()
    assert get_frame(world.market, DEFAULT_SPEC) == bytes(snapshot.frame)


def test_another_picture_is_drawn_when_it_is_asked_for(world):
    snapshot = world.publish()
    frame = decode(get_frame(world.market, HOUR))
    assert (frame.header.columns, frame.header.sequence) == (60, snapshot.version)


def test_a_frame_once_drawn_is_the_same_for_every_process(world):
    world.publish()
    first = get_frame(world.market, HOUR)
    forget_all()
    world.minute += 0.5
    assert get_frame(world.market, HOUR) == first


@pytest.mark.usefixtures("cache_is_away")
@pytest.mark.parametrize("spec", [DEFAULT_SPEC, HOUR], ids=lambda spec: spec.key)
def test_pages_need_no_cache(world, spec):
    world.publish()
    forget_all()
    assert decode(get_frame(world.market, spec)).codes.any()
    assert get_reading(world.market, spec).price > 0


@pytest.mark.usefixtures("cache_is_away")
def test_publishing_needs_no_cache(world):
    assert world.publish()
    world.live_until(1)
    assert world.publish()


def test_a_failing_cache_is_left_alone_for_a_while(world, monkeypatch):
    asked = []
    monkeypatch.setattr(shelf, "_resting_until_s", 0.0)
    monkeypatch.setattr(
        shelf.cache, "get", lambda key: asked.append(key) or (_ for _ in ()).throw(OSError("gone"))
    )
    assert [shelf.take("a"), shelf.take("b")] == [None, None]
    assert asked == ["a"]
    monkeypatch.setattr(shelf, "_resting_until_s", 0.0)


def test_a_reading_survives_its_row(world):
    world.publish()
    stored = get_reading(world.market, DEFAULT_SPEC)
    assert reading_from_json(stored.to_json()) == stored
    meta = decode(get_frame(world.market, DEFAULT_SPEC)).meta
    assert meta["brackets"] == pytest.approx(stored.brackets, rel=1e-5)
    assert meta["feed"] == stored.full_meta["feed"]


def test_what_the_panels_say_is_what_the_frame_says(world):
    world.publish()
    reading = get_reading(world.market, HOUR)
    meta = decode(get_frame(world.market, HOUR)).meta
    assert meta["venues"][0]["share"] == pytest.approx(reading.venues[0].share, rel=1e-5)
    told = [number for cluster in meta["clusters"] for number in cluster]
    assert told == pytest.approx([n for zone in reading.clusters for n in zone.tuple], rel=1e-5)
    assert len(meta["bands"]) == 4
    assert meta["bands"][0][:2] == [0, 2]


def test_shares_sum_to_one(world):
    world.publish()
    reading = get_reading(world.market, DEFAULT_SPEC)
    assert sum(venue.share for venue in reading.venues) == pytest.approx(1)
    assert sum(reading.brackets) == pytest.approx(1)
    assert sum(reading.ages) == pytest.approx(1)


def test_longs_die_below_the_price_and_shorts_above(world):
    world.publish()
    reading = get_reading(world.market, DEFAULT_SPEC)
    assert reading.below.side == "long"
    assert reading.below.peak < reading.price < reading.above.peak
    assert reading.above.side == "short"


def test_tags_point_at_the_two_nearest_of_each_side(world):
    world.publish()
    reading = get_reading(world.market, DEFAULT_SPEC)
    assert reading.nearest[0] == reading.above
    longs = [zone for zone in reading.nearest if zone.side == "long"]
    assert longs[0] == reading.below
    assert len(reading.update_meta["clusters"]) == len(reading.nearest) <= 4


def test_a_small_market_is_called_thin(world):
    world.publish()
    reading = get_reading(world.market, DEFAULT_SPEC)
    assert not reading.is_thin
    assert reading.open_interest_usd == pytest.approx(2 * 20_000 * reading.price, rel=0.02)


def test_a_past_picture_is_the_one_that_was_live_then(world):
    world.publish()
    past = decode(get_frame(world.market, PAST))
    seen = past.end_ms <= PAST.at_ms
    shelf.cache.clear()
    live = decode(get_frame(world.market, replace(HOUR, timeframe="4h")))
    assert past.header.as_of_ms == PAST.at_ms
    assert past.codes[seen].any()
    assert past.header.price == pytest.approx(
        live.candles[np.searchsorted(live.end_ms, PAST.at_ms), 3], rel=1e-6
    )


def test_after_a_past_instant_there_are_candles_but_no_heat(world):
    world.publish()
    past = decode(get_frame(world.market, PAST))
    later = past.end_ms > PAST.at_ms
    assert later.sum() == 15
    assert not past.codes[later].any()
    assert np.isfinite(past.candles[later]).all()


def test_a_past_before_the_first_bar_shows_the_first(world):
    world.publish()
    spec = replace(PAST, at_ms=BEGIN_MS - 10_000 * MINUTE_MS)
    assert get_reading(world.market, spec).as_of_ms == BEGIN_MS - (PAST_MIN - 1) * MINUTE_MS


def test_the_price_axis_can_be_in_singapore_dollars(world, settings):
    settings.FX_USDSGD = 1.25
    world.publish()
    grid = decode(get_frame(world.market, PictureSpec(bin_sgd=50))).header.grid
    assert (grid.is_log, grid.step) == (False, 40.0)


def test_a_frame_of_a_day_fits_the_budget(world):
    assert len(world.publish().frame) <= 50_000


def test_layers_on_different_grids_do_not_displace_one_another(world, monkeypatch):
    drawn, layers_of = [], pictures.layers_of

    def counted(walk, grid, **options):
        drawn.append(grid)
        return layers_of(walk, grid, **options)

    look = look_of(world.market, world.publish())
    newest = pictures.newest_drawing(world.market, HOUR).picture.grid
    wide, narrow = (replace(newest, count=newest.count + more) for more in (40, 8))
    monkeypatch.setattr(pictures, "layers_of", counted)
    told = [pictures._layers_of(look, grid, HOUR.windows) for grid in (wide, narrow) * 3]
    assert drawn == [wide, narrow]
    assert [id(one) for one in told] == [id(told[0]), id(told[1])] * 3
