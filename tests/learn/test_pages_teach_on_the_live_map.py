"""The pages that teach: contents, six topics on the live map, three trades, and what is kept."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.engine.frame import decode
from apps.learn.examples import long_examples
from apps.learn.scenarios import SGD_PER_USD
from apps.learn.staging import FIRST_PLAYED
from apps.learn.stories import STORIES, Story
from apps.learn.topics import TOPICS, Topic
from tests.heatmaps.conftest import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(world: World) -> World:
    world.publish()
    return world


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_contents_lead_to_every_topic_and_trade(client: Client) -> None:
    text = text_of(client, "/learn/")
    for one in (*TOPICS, *STORIES):
        assert f'href="{reverse(one.page_name)}"' in text


@pytest.mark.parametrize("topic", TOPICS, ids=lambda one: one.slug)
def test_every_topic_is_one_page_with_the_live_map(
    client: Client, published: World, topic: Topic
) -> None:
    text = text_of(client, reverse(topic.page_name))
    assert 'data-widget="lesson"' in text
    assert 'data-frame-url="/m/btc/frame"' in text
    assert str(topic.title) in text


@pytest.mark.parametrize("topic", TOPICS, ids=lambda one: one.slug)
def test_without_a_market_a_topic_can_still_be_read(client: Client, topic: Topic) -> None:
    text = text_of(client, reverse(topic.page_name))
    assert "No market yet" in text
    assert 'data-widget="lesson"' not in text


def test_reading_speaks_of_the_market_as_it_is(client: Client, published: World) -> None:
    assert "Right now" in text_of(client, "/learn/reading/")


def test_the_kinds_of_map_are_addresses_of_pictures(client: Client, published: World) -> None:
    queries = re.findall(r'data-query="([^"]+)"', text_of(client, "/learn/types/"))
    assert len(queries) == 5
    for query in queries:
        assert client.get("/m/btc/frame" + query.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    "sentence", ["Spot selling and buying", "Hidden orders", "Timing", "Closed positions"]
)
def test_what_the_map_does_not_show_is_said(client: Client, sentence: str) -> None:
    assert sentence in text_of(client, "/learn/limits/")


def test_the_simple_formula_gives_the_numbers_of_the_brief() -> None:
    simple = {leverage: brief for leverage, brief, _ours in long_examples()}
    assert (simple["10"], simple["25"]) == ("81,000", "86,400")


def test_the_workflow_leads_on(client: Client, published: World) -> None:
    text = text_of(client, "/learn/workflow/")
    assert "/m/btc/levels/" in text
    for story in STORIES:
        assert reverse(story.page_name) in text


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.slug)
def test_a_trade_is_told_with_its_lesson_and_its_rate(client: Client, story: Story) -> None:
    text = text_of(client, reverse(story.page_name))
    assert str(story.lesson) in text
    assert f"S$ at {SGD_PER_USD} per US$" in text
    assert "SIMULATED" in text
    json.loads(re.search(r'id="learn-words"[^>]*>([^<]+)<', text)[1])


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.slug)
def test_a_frame_holds_all_that_playing_needs(client: Client, story: Story) -> None:
    answer = client.get(reverse(story.frame_name))
    frame = decode(answer.content)
    meta = frame.meta
    count = frame.header.columns
    assert meta["feed"]["kind"] == "simulated"
    assert all(len(meta[series]) == count for series in ("nearest", "liquidated", "spot"))
    assert int(frame.end_ms[meta["decided"]]) == story.scenario.decided_ms
    assert meta["nearest"][meta["decided"]]
    assert meta["decided"] > FIRST_PLAYED


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.slug)
def test_a_frame_may_be_kept_and_is_not_sent_twice(client: Client, story: Story) -> None:
    first = client.get(reverse(story.frame_name))
    assert "public" in first["Cache-Control"]
    again = client.get(reverse(story.frame_name), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert len(first.content) <= 300_000


def test_what_a_service_worker_keeps_is_there_and_public(client: Client) -> None:
    addresses = client.get("/learn/offline.json").json()["addresses"]
    assert len(addresses) == 1 + 2 * len(STORIES)
    for address in addresses:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("path", ["/learn/", "/learn/reading/", "/learn/january-cascade/"])
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
