"""The plan page: the brief's stop and size, answered from the published map."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from apps.engine.records import Side
from apps.heatmaps.plan import PlanPage, get_plan_page
from apps.heatmaps.plan_form import plain_number
from tests.heatmaps.conftest import World

pytestmark = pytest.mark.django_db
PATH = "/m/btc/plan/"


@pytest.fixture
def published(world: World) -> World:
    world.publish()
    return world


def planned(world: World, **query: str) -> PlanPage:
    page = get_plan_page(world.market, query, per_usd=1.0)
    assert page is not None
    return page


def shown(client: Client, **query: str) -> str:
    answer = client.get(f"{PATH}?{urlencode(query)}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_before_the_first_picture_the_page_waits(world: World, client: Client) -> None:
    assert get_plan_page(world.market, {}, per_usd=1.0) is None
    assert "waiting for the first prices" in shown(client)


def test_a_market_that_does_not_exist_is_not_found(client: Client) -> None:
    assert client.get("/m/moon/plan/").status_code == 404


def test_without_a_question_the_page_shows_a_stop_inside_the_nearest_cluster(
    published: World, client: Client
) -> None:
    page = planned(published)
    nearest = page.column.of_side(Side.LONG)[0]
    assert page.advice.place == "inside"
    assert nearest.low <= page.plan.stop <= nearest.high
    assert page.moved.size.base < page.kept.size.base
    assert "is inside a" in shown(client)


def test_moving_to_the_safer_stop_clears_it(published: World) -> None:
    first = planned(published)
    again = planned(published, stop=first.moved.typed)
    assert again.advice.place == "clear"
    assert again.moved is None
    assert again.kept.size.base == pytest.approx(first.moved.size.base, rel=1e-3)


def test_the_address_brings_the_whole_plan_back(published: World, client: Client) -> None:
    asked = {
        "side": "short", "entry": "60000", "stop": "66,000", "risk": "750", "leverage": "7",
        "venue": "hyperliquid", "cur": "USD",
    }  # fmt: skip
    text = shown(client, **asked)
    for name in ("entry", "stop", "risk", "leverage"):
        assert f'name="{name}" value="{asked[name]}"' in text
    assert 'value="short" checked' in text
    assert '<option value="hyperliquid" selected>' in text
    page = planned(published, **asked)
    assert page.plan.side is Side.SHORT
    assert page.kept.size.base == pytest.approx(750 / 6_000)


def test_amounts_are_typed_in_the_readers_currency(published: World) -> None:
    dollars = get_plan_page(published.market, {"entry": "60000", "stop": "50000"}, per_usd=1.0)
    singapore = get_plan_page(
        published.market, {"entry": "75000", "stop": "62500", "risk": "625"}, per_usd=1.25
    )
    assert singapore.kept.size.base == pytest.approx(dollars.kept.size.base)
    assert singapore.plan.entry == pytest.approx(dollars.plan.entry)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"stop": "90000"}, "A long's stop lies below its entry, a short's above."),
        ({"side": "short", "stop": "100"}, "A long's stop lies below its entry, a short's above."),
        ({"risk": "0"}, "The amount at risk must be more than zero."),
        ({"risk": "-3"}, "The amount at risk must be more than zero."),
        ({"entry": "soon"}, "Prices must be positive numbers."),
        ({"stop": "nan"}, "Prices must be positive numbers."),
        ({"entry": "1e400"}, "Prices must be positive numbers."),
        ({"leverage": "0.2"}, "Leverage starts at 1×."),
        ({"leverage": "5000"}, "the venue allows at most"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(
    published: World, client: Client, query: dict[str, str], sentence: str
) -> None:
    page = planned(published, **query)
    assert sentence in page.refused
    assert page.refused.count(".") == page.refused.rstrip(".").count(".") + 1
    text = shown(client, cur="USD", **query)
    assert 'role="alert"' in text
    assert "plan-bars" in text, "the map stays"


def test_a_leverage_that_dies_before_the_stop_is_said(published: World, client: Client) -> None:
    price = planned(published).column.reading.price
    stop = plain_number(price * 0.9)
    page = planned(published, stop=stop, leverage="50")
    assert page.kept.size.is_liquidated_first
    text = shown(client, stop=stop, leverage="50", cur="USD")
    assert "before your stop" in text


def test_risk_is_shared_out_over_the_clusters_ahead(published: World) -> None:
    page = planned(published)
    assert page.shares
    assert {share.zone.side for share in page.shares} == {"short"}
    assert sum(share.risk_usd for share in page.shares) == pytest.approx(page.plan.risk_usd)
    deepest = max(page.shares, key=lambda share: share.zone.usd)
    assert deepest.base == max(share.base for share in page.shares)


def test_the_map_beside_it_holds_every_price_of_the_plan(published: World) -> None:
    drawn = planned(published, entry="61500").drawn
    assert {"now", "entry", "stop", "safer"} <= {line.kind for line in drawn.lines}
    for line in drawn.lines:
        assert drawn.bottom < line.price < drawn.top
        assert 0 < line.y < 100
    assert {bar.side for bar in drawn.bars} == {"long", "short"}
    assert max(bar.width for bar in drawn.bars) <= 62.0


def test_htmx_gets_the_map_and_the_answer_but_not_the_form(
    published: World, client: Client
) -> None:
    text = shown(client, fragment="panel", stop="1000", cur="USD")
    assert "<form" not in text
    assert 'id="plan-result" hx-swap-oob="true"' in text
    assert 'id="pill"' in text
    assert "is clear" in text
