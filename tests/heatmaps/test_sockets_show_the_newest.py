"""What a browser receives on its socket, and what it may send."""

import asyncio

import pytest
from channels.layers import get_channel_layer

from apps.engine.frame import FULL, UPDATE
from apps.heatmaps import hub as hubs
from apps.heatmaps import pictures
from apps.heatmaps.hub import hub
from apps.heatmaps.models import Snapshot
from tests.heatmaps.conftest import next_minute

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_first_frame_is_full_and_the_next_an_update(live, open_socket):
    browser = await open_socket()
    first = await browser.acknowledged()
    assert (first.header.kind, first.header.columns) == (FULL, 60)
    version = await next_minute(live)
    second = await browser.acknowledged()
    assert (second.header.kind, second.header.sequence) == (UPDATE, version)
    assert second.header.picture_id == first.header.picture_id
    assert second.header.columns == 2  # the one that was newest, and the new one


async def test_an_update_is_small(live, open_socket):
    browser = await open_socket("")
    await browser.acknowledged()
    await next_minute(live)
    assert len(await browser.receive_from(timeout=20)) <= 1024


async def test_every_socket_shows_its_own_picture(live, open_socket):
    hour, day, other = [await open_socket(query) for query in ("tf=1h", "tf=24h", "lev=0&tf=1h")]
    columns = [(await browser.acknowledged()).header.columns for browser in (hour, day, other)]
    assert columns == [60, 288, 60]


async def test_a_picture_is_drawn_once_however_many_watch_it(live, open_socket, monkeypatch):
    drawn, draw = [], pictures.draw

    def counted(look, spec, *, version):
        drawn.append(version)
        return draw(look, spec, version=version)

    monkeypatch.setattr(pictures, "draw", counted)
    browsers = [await open_socket() for _ in range(20)]
    for browser in browsers:
        await browser.acknowledged()
    version = await next_minute(live)
    frames = [await browser.acknowledged() for browser in browsers]
    assert {frame.header.sequence for frame in frames} == {version}
    assert drawn == [version - 1, version]


async def test_a_client_that_never_acknowledges_gets_no_more_than_the_window(live, open_socket):
    mute, healthy = await open_socket(), await open_socket()
    await healthy.acknowledged()
    for _ in range(12):
        version = await next_minute(live)
        assert (await healthy.acknowledged()).header.sequence == version
    waiting = [await mute.frame() for _ in range(hubs.WINDOW)]
    assert await mute.receive_nothing(timeout=0.05)
    client = next(c for clients in hub._clients.values() for c in clients if c.has_pending)
    assert len(client.under_way) == hubs.WINDOW
    assert [frame.header.kind for frame in waiting] == [FULL, FULL]  # nothing is known to be there


async def test_who_fell_behind_gets_the_newest_and_only_that(live, open_socket):
    browser, quick = await open_socket(), await open_socket()
    first = await browser.acknowledged()
    await quick.acknowledged()
    missed = []
    for _ in range(hubs.WINDOW):
        await next_minute(live)
        missed.append(await browser.frame())
        await quick.acknowledged()
    for _ in range(5):
        newest = await next_minute(live)
        await quick.acknowledged()
    assert await browser.receive_nothing(timeout=0.05)
    await browser.says(ack=missed[-1].header.sequence)
    caught_up = await browser.acknowledged()
    assert caught_up.header.sequence == newest
    assert caught_up.header.columns == 6  # from the newest it had, to now
    assert caught_up.header.picture_id == first.header.picture_id
    assert await browser.receive_nothing(timeout=0.05)


async def test_a_client_may_ask_for_everything_again(live, open_socket):
    browser = await open_socket()
    first = await browser.acknowledged()
    await browser.says(resync=True)
    again = await browser.acknowledged()
    assert (again.header.kind, again.header.sequence) == (FULL, first.header.sequence)


async def test_a_silent_client_is_closed(live, open_socket, monkeypatch):
    monkeypatch.setattr(hubs, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(hubs, "SILENT_S", 0.05)
    browser = await open_socket()
    assert await browser.close_code() == hubs.SILENT_CODE


async def test_a_client_with_nothing_to_acknowledge_may_be_silent(live, open_socket, monkeypatch):
    monkeypatch.setattr(hubs, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(hubs, "SILENT_S", 0.05)
    browser = await open_socket()
    await browser.acknowledged()
    assert await browser.receive_nothing(timeout=0.2)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 1000, 1009),
        ("not json", 4400),
        ('{"ack": "1"}', 4400),
        ('{"subscribe": "everything"}', 4400),
        ("[" * 150, 4400),
        ("null", 4400),
    ],
)
async def test_a_bad_message_closes_the_socket(live, open_socket, text, code):
    browser = await open_socket()
    await browser.send_to(text_data=text)
    assert await browser.close_code() == code


async def test_a_flood_of_messages_closes_the_socket(live, open_socket):
    browser = await open_socket()
    for _ in range(200):
        await browser.says(ack=1)
    assert await browser.close_code() == 4429


@pytest.mark.parametrize(
    ("query", "market", "code"),
    [("tf=2h", "btc", 4400), ("", "doge", 4404), ("venues=x", "btc", 4400)],
)
async def test_an_impossible_address_closes_the_socket(live, open_socket, query, market, code):
    browser = await open_socket(query, market)
    assert await browser.close_code() == code


async def test_acknowledging_what_was_never_sent_changes_nothing(live, open_socket):
    browser = await open_socket()
    await browser.says(ack=123)
    first = await browser.acknowledged()
    assert first.header.kind == FULL
    await next_minute(live)
    assert (await browser.acknowledged()).header.kind == UPDATE


async def test_a_socket_opened_before_anything_was_published_waits(live, open_socket):
    await Snapshot.objects.all().adelete()
    browser = await open_socket()
    assert await browser.receive_nothing(timeout=0.1)
    await next_minute(live)
    assert (await browser.acknowledged()).header.kind == FULL


async def test_when_the_layer_fails_the_page_is_told_and_everything_comes_back(
    live, open_socket, monkeypatch
):
    browser = await open_socket()
    await browser.acknowledged()
    layer = get_channel_layer()
    monkeypatch.setattr(hubs, "RETRY_S", 0.05)
    receive, is_away = layer.receive, asyncio.Event()
    is_away.set()

    async def fail(channel):
        if is_away.is_set():
            raise ConnectionError("Connection refused")
        return await receive(channel)

    monkeypatch.setattr(layer, "receive", fail)
    await next_minute(live)  # wakes the pump out of its wait
    assert await browser.status() == "reconnecting"
    is_away.clear()
    assert await browser.status() == "live"


async def test_nobody_is_left_in_a_group_when_the_last_socket_has_gone(live, open_socket):
    browser = await open_socket()
    await browser.acknowledged()
    assert get_channel_layer().groups
    await browser.disconnect()
    assert not get_channel_layer().groups


async def test_one_socket_that_cannot_be_written_to_harms_no_other(live, open_socket):
    healthy, broken = await open_socket(), await open_socket()
    for browser in (healthy, broken):
        await browser.acknowledged()
    client = next(c for clients in hub._clients.values() for c in clients if not c.is_over)

    async def fail(data):
        raise ConnectionResetError

    client.send = fail
    version = await next_minute(live)
    others = [browser for browser in (healthy, broken) if not await browser.receive_nothing(2)]
    assert len(others) == 1
    assert (await others[0].acknowledged()).header.sequence == version
