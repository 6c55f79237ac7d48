"""The query string of a picture: what it means, and what is refused."""

import pytest
from django.http import QueryDict

from apps.heatmaps.spec import TIMEFRAMES, BadSpec, PictureSpec, parse_spec
from apps.markets.models import Market


@pytest.fixture
def parse(world):
    return lambda query: parse_spec(QueryDict(query), world.market)


def test_an_empty_address_is_the_default_picture(parse):
    spec = parse("")
    assert spec.is_default
    assert (spec.window_ms, spec.cadence_ms) == (86_400_000, 300_000)


def test_every_choice_is_understood(parse):
    spec = parse("tf=1h&view=historical&at=1780000000000&venues=binance&lev=1,0&age=4&bin=50")
    assert spec == PictureSpec(
        "1h", "historical", 1_779_999_960_000, ("binance",), (0, 1), (4,), 50
    )
    assert spec.age_windows == ((604_800_000, None),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("lev=0,1", "lev=1,0,1"),
        ("tf=1h&age=2", "age=2&tf=1h"),
        ("venues=hyperliquid,binance", ""),
        ("lev=0,1,2,3,4", ""),
        ("age=", ""),
        ("bin=auto", ""),
        ("view=net", "view=age"),
        ("at=1780000000000", ""),
        ("view=historical&at=1780000000000", "view=historical&at=1780000000001"),
        ("palette=inferno&cur=USD&sides=long&lo=1&hi=2", ""),
        ("something=else", ""),
    ],
)
def test_two_ways_to_ask_for_the_same_picture_have_the_same_key(parse, one, other):
    assert parse(one).key == parse(other).key


@pytest.mark.parametrize(
    "query",
    ["tf=1h", "venues=binance", "lev=0", "age=0", "bin=50", "view=historical&at=1780000000000"],
)
def test_another_picture_has_another_key(parse, query):
    assert parse(query).key != parse("").key


@pytest.mark.parametrize(
    "query",
    [
        "tf=2h",
        "view=future",
        "view=historical&at=soon",
        "at=-1",
        "at=99999999999999999999",
        "at=1%00",
        "venues=mtgox",
        "venues=binance,mtgox",
        "lev=5",
        "lev=-1",
        "lev=a",
        "age=5",
        "bin=51",
        "sides=both",
        "palette=rainbow",
        "cur=XAU",
        "lo=x",
        "lo=-1",
        "hi=nan",
        "lo=5&hi=4",
    ],
)
def test_nonsense_is_refused_with_one_sentence(parse, query):
    with pytest.raises(BadSpec) as refused:
        parse(query)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_keys_are_safe_in_the_cache(parse):
    key = parse("tf=7d&view=historical&at=1780000000000&venues=binance&lev=0,1&age=0,1&bin=200").key
    assert key.replace(".", "").replace("-", "").replace("_", "").isalnum()
    assert len(key) < 200


def test_every_timeframe_is_a_whole_number_of_columns(db):
    for window_ms, cadence_ms in TIMEFRAMES.values():
        assert window_ms % cadence_ms == 0


def test_without_a_market_only_its_venues_are_unknown(db):
    nobody = Market(slug="none")
    nobody.save()
    with pytest.raises(BadSpec):
        parse_spec(QueryDict("venues=binance"), nobody)
