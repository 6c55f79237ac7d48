"""Whatever a venue sends, a parser hands over sound records or refuses in one sentence.

``EMBERMAP_MUTATIONS`` sets how many spoilt replies each venue's parsers are given.
"""

import inspect
import math
import os
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.exchanges.numbers import EARLIEST_MS, LATEST_MS, BadPayload
from apps.exchanges.readings import (
    Book,
    Instrument,
    Liquidation,
    MarginTier,
    Mark,
    OpenInterest,
    Ratio,
    Trade,
)
from apps.exchanges.records import BarRow
from tests.exchanges.parser_cases import CASES, NOW_MS, VENUES, Case

MUTATIONS = int(os.environ.get("EMBERMAP_MUTATIONS", "500"))
JUNK = (
    None, True, False, "", "NaN", "nan", "Infinity", "-1", "0", "1e308", "1e-308", "-0.0", "1_000",
    "0x10", "١", " 7 ", "<html>", "9" * 400, 0, -1, 1, 1e308, -1e308, 5e-324, math.nan, math.inf,
    -math.inf, 10**400, 2**63, [], {}, [[]], [None], {"data": None}, "2025-02-30T00:00:00Z",
    "2025-12-08T16:11:00", "0001-01-01T00:00:00+23:59", 1789147104, 1789147104000000,
)  # fmt: skip
type Path = tuple[str | int, ...]


@pytest.mark.parametrize("venue", VENUES)
def test_every_parser_of_a_venue_has_a_reply_it_is_tried_with(venue: str) -> None:
    module = import_module(f"apps.exchanges.{venue}.parse")
    parsers = {n for n, f in inspect.getmembers(module, inspect.isfunction) if n[:6] == "parse_"}
    assert parsers == {case.function for case in CASES if case.venue == venue}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.venue}-{case.function}")
def test_an_unspoilt_reply_gives_sound_records(case: Case) -> None:
    records = case.read(case.reply())
    assert records
    for record in records:
        assert_sound(record)


@pytest.mark.parametrize("venue", VENUES)
def test_a_spoilt_reply_gives_sound_records_or_is_refused(venue: str) -> None:
    cases = [case for case in CASES if case.venue == venue]
    paths = [list(places(case.reply())) for case in cases]

    @settings(
        max_examples=MUTATIONS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, len(cases) - 1), st.lists(SPOILING, min_size=1, max_size=3))
    def attack(chosen: int, spoilings: list[tuple[float, str, object]]) -> None:
        reply = cases[chosen].reply()
        for where, how, junk in spoilings:
            path = paths[chosen][int(where * len(paths[chosen]))]
            reply = spoilt(reply, path, how, junk)
        for record in records_or_none(cases[chosen], reply):
            assert_sound(record)

    attack()


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("reply", [None, "<html>busy</html>", 7, [], {}, [[]], [{}], math.nan])
def test_a_reply_of_another_world_gives_nothing_or_is_refused(venue: str, reply: object) -> None:
    for case in CASES:
        if case.venue == venue:
            assert records_or_none(case, reply) == []


def records_or_none(case: Case, reply: object) -> list:
    """What the parser hands over; nothing when it refuses in one sentence that names the venue."""
    try:
        return case.read(reply)
    except BadPayload as refusal:
        sentence = str(refusal)
    assert sentence.startswith(case.venue)
    assert sentence.endswith(".")
    assert len(sentence) < 1000
    return []


SPOILING = st.tuples(
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(["replace", "remove", "scale", "negate", "as_text", "wrap", "twice"]),
    st.sampled_from(JUNK) | st.floats() | st.text(max_size=5) | st.integers(),
)


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """The ways to every part of a reply, the whole included."""
    yield path
    members = value.items() if isinstance(value, dict) else ()
    members = enumerate(value) if isinstance(value, list) else members
    for key, member in members:
        yield from places(member, (*path, key))


def spoilt(value: object, path: Path, how: str, junk: object) -> object:
    """The reply with its part at ``path`` spoilt; a path that is gone leaves it as it is."""
    if not path:
        return replacement(value, how, junk)
    key, *rest = path
    held = range(len(value)) if isinstance(value, list) else value
    if isinstance(value, dict | list) and key in held:
        spoil(value, key, tuple(rest), how, junk)
    return value


def spoil(parent: dict | list, key: str | int, rest: Path, how: str, junk: object) -> None:
    """Spoil one member of an object or list in place."""
    if how == "remove" and not rest:
        del parent[key]
    elif how == "twice" and not rest and isinstance(parent, list):
        parent.insert(key, parent[key])
    else:
        parent[key] = spoilt(parent[key], rest, how, junk)


def replacement(value: object, how: str, junk: object) -> object:
    """What stands in the place of ``value``."""
    number = isinstance(value, int | float) or str(value).replace(".", "", 1).isdecimal()
    if how == "scale" and number:
        return f"{value}e3" if isinstance(value, str) else value * 1000
    if how == "negate" and number:
        return f"-{value}"
    return {"as_text": str(value), "wrap": [value], "twice": value}.get(how, junk)


def assert_sound(record: object) -> None:
    """Everything the records promise: finite, of this century, above zero, in order."""
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, float):
            assert math.isfinite(value), (field.name, record)
        if value is not None and field.name in ("ts_ms", "end_ms", "as_of_ms", "next_funding_ms"):
            assert isinstance(value, int)
            assert EARLIEST_MS <= value < LATEST_MS + NOW_MS
    SOUND[type(record)](record)


def sound_bar(bar: BarRow) -> None:
    """Prices in order, flow within volume."""
    assert 0 < bar.low <= min(bar.open, bar.close)
    assert max(bar.open, bar.close) <= bar.high
    assert bar.volume is None or bar.volume >= 0
    assert bar.taker_delta is None or abs(bar.taker_delta) <= bar.volume * 1.00001


def sound_mark(mark: Mark) -> None:
    """Prices above zero, an interval of some length."""
    for price in (mark.mark_price, mark.index_price):
        assert price is None or price > 0
    assert mark.funding_interval_ms is None or mark.funding_interval_ms > 0


def sound_book(book: Book) -> None:
    """Best first, nothing empty."""
    assert list(book.bids) == sorted(book.bids, reverse=True)
    assert list(book.asks) == sorted(book.asks)
    assert all(price > 0 and size > 0 for price, size in book.bids + book.asks)


def sound_liquidation(row: Liquidation) -> None:
    """A side, a size and a price."""
    assert row.side in ("long", "short")
    assert row.completeness in ("full", "sampled", "delayed")
    assert row.size_base > 0
    assert row.usd > 0
    assert row.price > 0


def sound_trade(trade: Trade) -> None:
    """A taker, a size and a price."""
    assert trade.taker_side in ("buy", "sell")
    assert trade.size_base > 0
    assert trade.price > 0


def sound_tier(tier: MarginTier) -> None:
    """Rates are fractions and the bounds rise."""
    assert 0 < tier.maintenance_margin_rate < 1
    assert tier.max_leverage > 0
    assert tier.notional_cap_usd is None or tier.notional_cap_usd > tier.notional_floor_usd


def sound_instrument(instrument: Instrument) -> None:
    """A name and a contract of some size."""
    assert instrument.symbol
    assert instrument.slug.startswith(instrument.venue)
    assert instrument.kind in ("linear", "inverse")
    assert instrument.contract_size > 0


def sound_open_interest(reading: OpenInterest) -> None:
    """Never below zero."""
    assert reading.open_interest >= 0
    assert reading.usd is None or reading.usd >= 0


def sound_ratio(ratio: Ratio) -> None:
    """A share."""
    assert 0 <= ratio.long_share <= 1


SOUND = {
    BarRow: sound_bar,
    Mark: sound_mark,
    Book: sound_book,
    Liquidation: sound_liquidation,
    Trade: sound_trade,
    MarginTier: sound_tier,
    Instrument: sound_instrument,
    OpenInterest: sound_open_interest,
    Ratio: sound_ratio,
}
