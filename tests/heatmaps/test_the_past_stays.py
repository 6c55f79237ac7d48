"""A past moment is served as it was published then; what it costs is rationed."""

import random
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from apps.engine.frame import DecodedFrame, decode
from apps.exchanges.replay import open_replay
from apps.heatmaps import past, shelf
from apps.heatmaps.rations import forget_rations
from apps.heatmaps.services import advance_market
from apps.markets import services
from apps.markets.models import Feed, Market
from tests.heatmaps.conftest import BEGIN_MS, MINUTE_MS, World, forget_all

pytestmark = pytest.mark.django_db
RECORDING = "june-2026-two-venues"
MOMENTS = 50
HISTORY_MS = 10 * 60 * MINUTE_MS
TOLD_MS = 12 * 60 * MINUTE_MS  # in which the moments lie
AFTER_MS = 3 * 60 * MINUTE_MS  # what comes in after the last of them
MOST_CELLS_APART = 0.001


@dataclass
class Told:
    """A recording told minute by minute, with the frames that were published at some of them."""

    market: Market
    published: dict[int, bytes]


@pytest.fixture
def told(recordings: Path) -> Told:
    """Fifty random minutes of the two-venue recording, published live; then three hours more."""
    feed = open_replay(recordings / RECORDING)
    infos = [info for info in feed.traded if info.base == "BTC"]
    slugs = {info.slug for info in infos}
    first_ms = feed.starts_ms
    rows = [
        row
        for row in feed.rows
        if row.instrument in slugs
        and first_ms - HISTORY_MS < row.end_ms <= first_ms + TOLD_MS + AFTER_MS
    ]
    services.ensure_instruments(infos)
    Feed.objects.create(
        kind="replay", label=RECORDING, source="test", state="running",
        anchor_data_ms=first_ms, anchor_wall_ms=first_ms,
    )  # fmt: skip
    market = Market.objects.get(slug="btc")
    minutes = random.Random(4).sample(range(TOLD_MS // MINUTE_MS), MOMENTS)
    moments = [first_ms // MINUTE_MS * MINUTE_MS + minute * MINUTE_MS for minute in sorted(minutes)]
    published, told_rows = {}, iter(rows)
    held = next(told_rows)
    for moment_ms in [*moments, rows[-1].end_ms]:
        due = []
        while held is not None and held.end_ms <= moment_ms:
            due.append(held)
            held = next(told_rows, None)
        services.store_rows(due)
        services.beat(venues=market.venues(), stream="bars", at_ms=moment_ms)
        snapshot = advance_market(market=market, now_ms=moment_ms, wall_ms=moment_ms)
        if snapshot and moment_ms in moments:
            published[moment_ms] = bytes(snapshot.frame)
    return Told(market, published)


@pytest.fixture
def no_ration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "RATION", replace(past.RATION, most=10_000))


def differing(then: DecodedFrame, now: DecodedFrame) -> tuple[int, float]:
    """The largest distance between two frames' codes, and the share of cells that differ."""
    columns = then.header.columns
    apart = np.abs(then.codes.astype(int) - now.codes[:columns].astype(int))
    return int(apart.max()), float((apart > 0).mean())


@pytest.mark.usefixtures("no_ration")
def test_fifty_past_moments_are_served_as_they_were_published(told: Told, client: Client) -> None:
    forget_all()
    assert len(told.published) == MOMENTS
    for moment_ms, frame in told.published.items():
        answer = client.get(f"/m/btc/frame?view=historical&at={moment_ms}")
        then, now = decode(frame), decode(answer.content)
        assert now.header.grid == then.header.grid
        assert now.header.scale == then.header.scale
        assert now.header.as_of_ms == then.header.as_of_ms
        assert now.header.price == then.header.price
        levels, share = differing(then, now)
        assert levels <= 1
        assert share <= MOST_CELLS_APART
        assert now.meta["clusters"] == then.meta["clusters"]
        candles = now.candles[: then.header.columns]
        np.testing.assert_array_equal(candles[:-1], then.candles[:-1])


@pytest.fixture
def published(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A published market; rations are counted over a time that cannot end during a test."""
    monkeypatch.setattr(past, "RATION", replace(past.RATION, for_s=10**8))
    world.publish()
    return world


def address(minute: int) -> str:
    return f"/m/btc/frame?tf=1h&view=historical&at={BEGIN_MS - minute * MINUTE_MS}"


def test_a_past_moment_is_drawn_once(
    client: Client, published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(address(120))
    forget_all()
    monkeypatch.setattr(past, "newest_drawing", lambda *_: pytest.fail("drawn again"))
    again = client.get(address(120))
    assert (first.status_code, first.content) == (200, again.content)


def test_a_reader_who_asks_for_many_moments_has_to_wait(client: Client, published: World) -> None:
    answers = [client.get(address(minute)) for minute in range(60, 60 + 2 * past.RATION.most + 1)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[: past.RATION.most] == [200] * past.RATION.most
    assert 429 in statuses
    refused = answers[statuses.index(429)]
    assert 1 <= int(refused["Retry-After"]) <= past.RATION.for_s + 1
    assert client.get(address(60)).status_code == 200
    assert client.get("/m/btc/frame?tf=1h").status_code == 200
    assert client.get(address(200), REMOTE_ADDR="10.0.0.9").status_code == 200


def test_a_moment_under_way_is_not_drawn_twice(
    client: Client, published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "claim", lambda *_, **__: False)
    monkeypatch.setattr(past, "AWAITED_S", 0.3)
    answer = client.get(address(90))
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


def test_who_asks_for_a_moment_under_way_gets_it_when_it_is_drawn(
    client: Client, published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = client.get(address(90)).content
    take, looks = shelf.take, iter([True, True])
    monkeypatch.setattr(shelf, "take", lambda key: None if next(looks, False) else take(key))
    monkeypatch.setattr(shelf, "claim", lambda *_, **__: False)
    assert client.get(address(90)).content == drawn


def test_the_ration_holds_while_the_cache_is_away(
    client: Client, published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RedisAway("Connection refused")

    for verb in ("get", "set", "add", "incr", "delete"):
        monkeypatch.setattr(shelf.cache, verb, fail)
    monkeypatch.setattr(shelf, "_resting_until_s", 0.0)
    forget_rations()
    statuses = [client.get(address(60 + n)).status_code for n in range(2 * past.RATION.most + 1)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_the_page_of_a_past_moment_says_what_the_map_said_then(
    client: Client, published: World
) -> None:
    then_ms = BEGIN_MS - 100 * MINUTE_MS
    answer = client.get(f"/m/btc/?tf=1h&view=historical&at={then_ms}&fragment=panel")
    assert answer.context["reading"].as_of_ms == then_ms
