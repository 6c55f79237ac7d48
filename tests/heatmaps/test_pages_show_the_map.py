"""What the server prints: pages, panels, frames, and one sentence for every bad address."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from apps.engine.frame import decode
from tests.heatmaps.conftest import World

pytestmark = pytest.mark.django_db


class Attributes(HTMLParser):
    """The names of all attributes on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.update(name for name, _ in attrs)


@pytest.fixture
def published(world: World) -> World:
    world.publish()
    return world


def test_before_any_market_the_page_says_so(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "No market yet" in answer.content.decode()


def test_before_the_first_picture_the_panel_says_so(client: Client, world: World) -> None:
    assert "waiting for the first prices" in client.get("/m/btc/").content.decode()
    assert client.get("/m/btc/frame").status_code == 503


def test_the_first_page_is_the_first_market(client: Client, published: World) -> None:
    text = client.get("/").content.decode()
    assert 'data-market="btc"' in text
    assert "Above · shorts" in text
    assert "Below · longs" in text
    assert "Charts by TradingView" in text


@pytest.mark.parametrize("path", ["/", "/m/btc/levels/", "/watch/", "/m/nothing/", "/m/btc/?tf=9"])
def test_no_page_needs_inline_style_or_handlers(
    client: Client, published: World, path: str
) -> None:
    answer = client.get(path)
    parser = Attributes()
    parser.feed(answer.content.decode())
    assert "style" not in parser.names
    assert not [name for name in parser.names if name.startswith("on")]
    assert "style-src 'self'" in answer["Content-Security-Policy"]


def test_the_import_map_carries_the_nonce_of_the_policy(client: Client, published: World) -> None:
    answer = client.get("/")
    nonce, text = re.search(
        r'<script type="importmap" nonce="([^"]+)">(.*?)</script>', answer.content.decode()
    ).groups()
    assert f"'nonce-{nonce}'" in answer["Content-Security-Policy"]
    imports = json.loads(text)["imports"]
    assert imports["#heatmap/frame"].endswith("js/heatmap/frame.js")
    assert imports["#vendor/lightweight-charts"].endswith("lightweight-charts.mjs")


def test_a_panel_can_be_asked_for_alone(client: Client, published: World) -> None:
    text = client.get("/m/btc/?fragment=panel").content.decode()
    assert "Ladder" in text
    assert "<html" not in text
    assert client.get("/m/btc/?fragment=nothing").status_code == 404


def test_the_reader_chooses_the_first_currency(client: Client, published: World) -> None:
    assert ">S$" in client.get("/m/btc/levels/").content.decode()
    client.cookies["currency"] = "USD"
    assert ">US$" in client.get("/m/btc/levels/").content.decode()
    assert ">S$" in client.get("/m/btc/levels/?cur=SGD").content.decode()


def test_the_frame_is_the_picture_asked_for(client: Client, published: World) -> None:
    answer = client.get("/m/btc/frame?tf=1h&venues=binance")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Cache-Control"] == "no-store"
    assert decode(answer.content).header.cadence_ms == 60_000


@pytest.mark.parametrize("query", ["tf=9y", "view=upside", "lev=7", "venues=nobody", "at=soon"])
def test_nonsense_in_the_address_gets_a_400_with_one_sentence(
    client: Client, published: World, query: str
) -> None:
    for path in ("/m/btc/", "/m/btc/frame"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert query.split("=")[0] in answer.content.decode()


@pytest.mark.parametrize("path", ["/m/nothing/", "/m/nothing/frame", "/m/nothing/levels/"])
def test_an_unknown_market_is_a_404(client: Client, published: World, path: str) -> None:
    assert client.get(path).status_code == 404


def test_only_reading_is_allowed(client: Client, published: World) -> None:
    assert client.post("/m/btc/").status_code == 405


def test_the_watchlist_leads_to_every_market(client: Client, published: World) -> None:
    text = client.get("/watch/").content.decode()
    assert 'href="/m/btc/"' in text
    assert "S$" in text
