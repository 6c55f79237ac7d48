"""Lists of markets: made, filled, put in order, annotated, and nobody else's."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.accounts.models import User
from apps.markets.models import Market
from apps.watchlists import services
from apps.watchlists.models import Entry, Watchlist


def slugs(watchlist: Watchlist) -> list[str]:
    return [entry.market.slug for entry in watchlist.entries.select_related("market")]


def post(client: Client, action: str, /, *where: object, **told: object) -> int:
    return client.post(reverse(f"watchlist-{action}", args=where), told).status_code


def test_a_list_is_made_and_filled_by_hand(
    signed_in: Client, user: User, markets: list[Market]
) -> None:
    assert post(signed_in, "new", name="Evening") == 302
    watchlist = Watchlist.objects.get(user=user)
    for slug in ("sol", "btc", "sol"):
        assert post(signed_in, "add", watchlist.public_id, market=slug) == 302
    assert slugs(watchlist) == ["sol", "btc"]
    page = signed_in.get(reverse("watchlists")).content.decode()
    assert "Evening" in page
    assert '<option value="eth">' in page


def test_dragging_sends_the_new_order(signed_in: Client, watchlist: Watchlist) -> None:
    address = reverse("watchlist-order", args=[watchlist.public_id])
    answer = signed_in.post(address, {"market": ["sol", "btc", "eth"]})
    assert answer.status_code == 204
    assert slugs(watchlist) == ["sol", "btc", "eth"]


def test_an_order_that_names_strangers_and_twins_loses_nothing(watchlist: Watchlist) -> None:
    services.order_entries(watchlist=watchlist, slugs=["doge", "eth", "eth"])
    assert slugs(watchlist) == ["eth", "btc", "sol"]


def test_buttons_move_one_place_and_stop_at_the_ends(
    signed_in: Client, watchlist: Watchlist
) -> None:
    post(signed_in, "move", watchlist.public_id, "sol", way="up")
    assert slugs(watchlist) == ["btc", "sol", "eth"]
    post(signed_in, "move", watchlist.public_id, "btc", way="up")
    post(signed_in, "move", watchlist.public_id, "eth", way="down")
    assert slugs(watchlist) == ["btc", "sol", "eth"]


def test_a_note_is_plain_text_and_short(signed_in: Client, watchlist: Watchlist) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    post(signed_in, "note", watchlist.public_id, "btc", note=hostile)
    page = signed_in.get(reverse("watchlists")).content.decode()
    assert hostile not in page
    assert "&lt;img" in page
    post(signed_in, "note", watchlist.public_id, "btc", note="x" * 281)
    assert Entry.objects.get(market__slug="btc").note == hostile


def test_a_market_leaves_and_a_list_goes(signed_in: Client, watchlist: Watchlist) -> None:
    post(signed_in, "remove", watchlist.public_id, "eth")
    assert slugs(watchlist) == ["btc", "sol"]
    post(signed_in, "rename", watchlist.public_id, name="Noon")
    assert Watchlist.objects.get().name == "Noon"
    post(signed_in, "delete", watchlist.public_id)
    assert not Entry.objects.exists()


def test_ten_lists_and_fifty_markets_are_the_most(
    signed_in: Client, user: User, watchlist: Watchlist
) -> None:
    for number in range(services.MOST_ENTRIES - 3):
        market = Market.objects.create(slug=f"m{number}", base=f"M{number}", name="")
        services.watch_market(watchlist=watchlist, market=market)
    one_more = Market.objects.create(slug="more", base="MORE", name="")
    with pytest.raises(services.Refused, match="50 markets"):
        services.watch_market(watchlist=watchlist, market=one_more)
    for number in range(services.MOST_LISTS - 1):
        services.make_watchlist(user=user, name=f"{number}")
    assert post(signed_in, "new", name="One more") == 302
    assert Watchlist.objects.filter(user=user).count() == services.MOST_LISTS


def test_the_same_market_stands_on_a_list_once(watchlist: Watchlist) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        watchlist.entries.create(market=Market.objects.get(slug="btc"))


def test_what_is_watched_counts_each_market_once(
    user: User, other_user: User, watchlist: Watchlist
) -> None:
    second = services.make_watchlist(user=user, name="Second")
    services.watch_market(watchlist=second, market=Market.objects.get(slug="btc"))
    watched = services.get_watched_markets_for(user)
    assert [market.slug for market in watched] == ["btc", "eth", "sol"]
    assert services.get_watched_markets_for(other_user) == []


def test_the_page_of_markets_shows_the_list_in_its_order(
    signed_in: Client, watchlist: Watchlist
) -> None:
    services.order_entries(watchlist=watchlist, slugs=["sol"])
    services.unwatch_market(watchlist=watchlist, market=Market.objects.get(slug="eth"))
    first = signed_in.get(reverse("watch"))
    assert [row.market.slug for row in first.context["rows"]] == ["sol", "btc"]
    everything = signed_in.get(reverse("watch"), {"list": "all"})
    assert len(everything.context["rows"]) == 3


@pytest.mark.parametrize("key", ["nonsense", str(uuid.uuid4()), "\x00", "'; --"])
def test_a_list_that_is_not_mine_is_not_there(
    signed_in: Client, watchlist: Watchlist, key: str
) -> None:
    assert signed_in.get(reverse("watch"), {"list": key}).status_code == 404


def test_a_visitor_sees_every_market_and_no_list(client: Client, watchlist: Watchlist) -> None:
    answer = client.get(reverse("watch"))
    assert len(answer.context["rows"]) == 3
    assert b"Morning" not in answer.content
    assert client.get(reverse("watch"), {"list": str(watchlist.public_id)}).status_code == 404


class AnyOrder(TestCase):
    """Whatever is asked, a list keeps its markets, each once, and the named ones come first."""

    @settings(max_examples=25)
    @given(asked=st.lists(st.sampled_from(["a", "b", "c", "d", "x", "y"]), max_size=8))
    def test_putting_in_order_is_a_permutation(self, asked: list[str]) -> None:
        user = User.objects.create(username="alice")
        watchlist = services.make_watchlist(user=user, name="")
        for slug in "abcd":
            market = Market.objects.get_or_create(slug=slug, base=slug, name=slug)[0]
            services.watch_market(watchlist=watchlist, market=market)
        services.order_entries(watchlist=watchlist, slugs=asked)
        named = [slug for slug in dict.fromkeys(asked) if slug in "abcd"]
        rest = [slug for slug in "abcd" if slug not in named]
        assert slugs(watchlist) == named + rest
