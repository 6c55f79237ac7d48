"""Filters in the address choose what they say, and lists of them go by a name of their owner's."""

from datetime import datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.accounts.belongings import everything_of
from apps.accounts.models import User
from apps.journal.filters import Filters
from apps.journal.models import Read, SavedFilter, distance_of
from apps.journal.saved import MOST_FILTERS, get_filters_for, save_filter
from apps.journal.services import Refused, get_reads_for

BERLIN = ZoneInfo("Europe/Berlin")
EDGES = (0.0, 0.01, 0.02, 0.04, float("inf"))
prices = st.floats(50, 150)


def make_read(user: User, **told: object) -> Read:
    plain = {"at_ms": 1_780_000_200_000, "market": "btc", "base": "BTC", "kind": "magnet",
             "side": "long", "low": 97.0, "high": 98.0, "price": 100.0}  # fmt: skip
    return Read.objects.create(user=user, **plain | told)


def ms(*told: int) -> int:
    return round(datetime(*told, tzinfo=BERLIN).timestamp() * 1000)


class TestDistances(TestCase):
    """The database and ``distance_of`` say the same."""

    @given(st.lists(st.tuples(prices, prices, prices), max_size=8))
    def test_every_read_is_in_the_one_step_of_its_distance(self, told):
        user = User.objects.create_user("dora")
        for low, high, price in told:
            make_read(user, low=min(low, high), high=max(low, high), price=price)
        for step in range(4):
            chosen = Filters(far=str(step)).applied_to(get_reads_for(user), BERLIN)
            far = {
                read.pk: abs(distance_of(read.low, read.high, read.price))
                for read in get_reads_for(user)
            }
            expected = {pk for pk, away in far.items() if EDGES[step] <= away < EDGES[step + 1]}
            assert {read.pk for read in chosen} == expected


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "kind": st.sampled_from(["magnet", "none", "x"]),
            "state": st.sampled_from(["open", "y"]),
            "side": st.sampled_from(["long", "up"]), "far": st.sampled_from(["0", "3", "4", ""]),
            "feed": st.sampled_from(["live", "other"]), "market": st.text(max_size=40),
            "since": st.dates().map(str) | st.text(max_size=12), "words": st.text(max_size=80),
            "until": st.sampled_from(["2026-02-30", "2026-03-29", "20260329"]),
        },
    )
)  # fmt: skip
def test_an_address_gives_the_same_filters_again_and_nonsense_none(query):
    filters = Filters.of(query)
    assert Filters.of(dict(parse_qsl(filters.address))) == filters
    assert filters.kind in ("", "magnet", "none")
    assert filters.until in ("", "2026-03-29", "20260329")
    assert len(filters.words) <= 60


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-03-30", 24), ("2026-10-25", 25)]
)
def test_a_day_is_as_long_as_it_is_on_the_readers_clock(user, day, hours):
    year, month, number = map(int, day.split("-"))
    begin_ms = ms(year, month, number)
    inside = [begin_ms, begin_ms + hours * 3_600_000 - 1]
    for at_ms in (begin_ms - 1, *inside, begin_ms + hours * 3_600_000):
        make_read(user, at_ms=at_ms)
    chosen = Filters(since=day, until=day).applied_to(get_reads_for(user), BERLIN)
    assert sorted(read.at_ms for read in chosen) == inside


def test_each_filter_narrows_the_list_and_all_stand_in_its_links(user, signed_in):
    make_read(user, note="Bids thin. #london 50%", feed="live")
    make_read(user, side="short", low=105.0, high=106.0, feed="simulated", kind="cascade")

    def shown(**query: str) -> int:
        return len(signed_in.get(reverse("journal"), query).context["reads"])

    assert shown() == 2
    told = {"words": "#LONDON", "side": "long", "far": "2", "feed": "live", "kind": "magnet"}
    assert {name: shown(**{name: value}) for name, value in told.items()} == dict.fromkeys(told, 1)
    assert (shown(words="50%"), shown(words="5_%"), shown(words="%")) == (1, 0, 1)
    page = signed_in.get(reverse("journal"), {"words": "#london", "side": "long"}).content.decode()
    assert "?page=1&amp;side=long&amp;words=%23london" in page
    assert "/journal/files/?side=long&amp;words=%23london" in page


def test_files_hold_what_the_filters_show(user, signed_in):
    make_read(user, note="take me")
    make_read(user, kind="cascade", note="leave me")
    told = signed_in.get(reverse("journal-csv"), {"kind": "magnet"}).content.decode()
    assert "take me" in told
    assert "leave me" not in told
    page = signed_in.get(reverse("journal-files"), {"kind": "magnet"}).content.decode()
    assert "1 read," in page
    assert "reads.csv?kind=magnet" in page


def test_filters_get_a_name_become_a_chip_and_are_forgotten(user, signed_in):
    make_read(user)
    kept = {"name": "Near", "query": "kind=magnet&far=0&nonsense=1"}
    answer = signed_in.post(reverse("filter-save"), kept)
    assert answer.url == "/journal/?kind=magnet&far=0"
    assert "?kind=magnet&amp;far=0" in signed_in.get(reverse("journal")).content.decode()
    signed_in.post(reverse("filter-save"), kept | {"query": "side=short"})
    saved = SavedFilter.objects.get()
    assert (saved.name, saved.query) == ("Near", "side=short")
    assert "side=short" in everything_of(user)
    signed_in.post(reverse("filter-delete", args=[saved.public]))
    assert not SavedFilter.objects.exists()
    assert Read.objects.count() == 1


@pytest.mark.parametrize(
    "told", [{"name": "x", "query": ""}, {"name": "", "query": "kind=magnet"}, {},
             {"name": "x" * 25, "query": "kind=magnet"}, {"name": "x", "query": "kind=%00&far=9"},
             {"name": "x", "query": "a=b" * 2000}],
)  # fmt: skip
def test_what_cannot_be_a_filter_is_refused_with_a_sentence(user, signed_in, told):
    answer = signed_in.post(reverse("filter-save"), told, follow=True)
    assert 'class="notice"' in answer.content.decode()
    assert not SavedFilter.objects.exists()


def test_there_is_an_end_to_filters_but_not_to_changing_one(user):
    for number in range(MOST_FILTERS):
        save_filter(user=user, name=str(number), query="kind=magnet")
    with pytest.raises(Refused):
        save_filter(user=user, name="more", query="kind=magnet")
    save_filter(user=user, name="3", query="side=long")
    assert get_filters_for(user).get(name="3").query == "side=long"


def test_two_people_may_use_one_name(user, other_user):
    save_filter(user=user, name="Near", query="far=0")
    save_filter(user=other_user, name="Near", query="far=3")
    assert get_filters_for(user).get().query == "far=0"
