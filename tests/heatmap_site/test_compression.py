"""Pages travel compressed; frames and files as they are."""

import gzip
import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accuracy.models import ZoneTrial
from apps.markets.source import source_of
from tests.heatmaps.conftest import World, fresh_process, make_world, world

__all__ = ["fresh_process", "make_world", "world"]

LEAST_GAIN = 3


@pytest.fixture
def browser() -> Client:
    return Client(headers={"Accept-Encoding": "gzip, br"})


@pytest.mark.parametrize("path", ["/", "/m/btc/levels/", "/accuracy/", "/learn/model/"])
def test_a_page_is_a_third_of_its_length_at_most(browser: Client, world: World, path: str) -> None:
    world.publish()
    answer = browser.get(path)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    page = gzip.decompress(answer.content)
    assert page.endswith((b"</html>", b"</html>\n"))
    assert len(page) > LEAST_GAIN * len(answer.content)
    assert int(answer["Content-Length"]) == len(answer.content)


def test_who_cannot_unpack_gets_the_page_as_it_is(client: Client, db: None) -> None:
    answer = client.get(reverse("accuracy"))
    assert "Content-Encoding" not in answer
    assert b"</html>" in answer.content


def test_a_frame_and_a_file_are_sent_as_they_are(browser: Client, world: World) -> None:
    world.publish()
    ZoneTrial.objects.bulk_create(
        ZoneTrial(
            source=source_of(world.feed), feed="live", market="btc", venue="binance",
            parameters="p", at_ms=number, side="long", low=1.0, high=2.0, price=3.0,
            distance=0.1, has_dark=True, covered_ms=5,
        )
        for number in range(50)
    )  # fmt: skip
    for path in ("/m/btc/frame", reverse("accuracy-zones-json")):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert len(answer.content) > 1000
        assert "Content-Encoding" not in answer


def test_the_token_of_a_form_looks_different_each_time(browser: Client, db: None) -> None:
    pages = [gzip.decompress(browser.get(reverse("account_login")).content) for _ in range(2)]
    first, second = (
        re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)[1] for page in pages
    )
    assert first != second
