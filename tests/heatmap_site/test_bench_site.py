"""The benchmarks that start what they measure, in small."""

import asyncio

import pytest
from pytest_django.live_server_helper import LiveServer

from apps.engine.frame import read_header
from heatmap_site.benchmarks import fanout, fanout_server, page


def test_the_fan_out_is_measured_and_ends_by_itself() -> None:
    told = fanout.cases(rng=None, clock=None, sockets=20, seconds=2)
    case = told["cases"][0]
    assert case["name"] == "fanout_20_sockets_p95"
    assert 20 <= case["frames"] <= case["frames_expected"] + 20
    assert 0 < case["bytes"] < 1000
    assert 0 < case["median_seconds"] <= case["seconds"]
    assert case["ratio"] > 0


def test_every_frame_of_the_fan_out_says_what_is_to_be_acknowledged() -> None:
    board = fanout_server.make_board(7)
    whole, update = board.frame_from(None), board.frame_from(board.position)
    assert len(update) < 1000 < len(whole)
    assert read_header(whole).sequence == read_header(update).sequence == board.sequence == 7
    assert read_header(update).picture_id == board.position.picture_id


def test_a_message_is_masked_as_clients_must() -> None:
    async def read_back() -> bytes:
        reader = asyncio.StreamReader()
        reader.feed_data(bytes([0x82, 126]) + (300).to_bytes(2) + bytes(300))
        return await fanout.read_message(reader)

    assert len(asyncio.run(read_back())) == 300
    told = fanout.masked_text('{"ack": 7}')
    mask, masked = told[2:6], told[6:]
    assert told[:2] == bytes([0x81, 0x80 | 10])
    assert bytes(b ^ mask[i % 4] for i, b in enumerate(masked)) == b'{"ack": 7}'


@pytest.mark.django_db(transaction=True)
def test_pages_are_measured_beside_the_plainest_one(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "VIEWS", {"watch": "/watch/"})
    monkeypatch.setattr(page, "sync_playwright", None)
    told = page.cases(rng=None, clock=None, url=live_server.url)
    assert [case["name"] for case in told["cases"]] == ["server_watch_p95"]
    assert told["cases"][0]["ratio"] > 0
