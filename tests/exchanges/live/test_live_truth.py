"""One market through eight conventions is still that market: units, sides, times and picture."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from apps.exchanges import normalise
from apps.exchanges.binance import parse as binance
from apps.exchanges.bybit import parse as bybit
from apps.exchanges.fake.virtual_loop import run_virtually
from apps.exchanges.gate import parse as gate
from apps.exchanges.htx import parse as htx
from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instrument
from apps.exchanges.records import BarRow
from tests.exchanges.live.fake_market import Run, run_feed
from tests.exchanges.live.truth import TELLS_ALL, differences

WILD_SEED, WILD_MARKETS = 99, 10  # a market in which many die while we listen
SMALL_SEED, SMALL_MARKETS = 284, 2

type Break = Callable[[pytest.MonkeyPatch], None]


def run_small() -> Run:
    return run_virtually(run_feed(3.3, seed=SMALL_SEED, markets=SMALL_MARKETS))


def test_ten_markets_on_eight_venues_are_told_as_they_are() -> None:
    run = run_virtually(run_feed(4.3, seed=WILD_SEED, markets=WILD_MARKETS))
    assert differences(run) == []
    assert all(len(run.liquidations(venue)) > 10 for venue in TELLS_ALL)
    assert sum(len(run.closed(info.slug)) for info in run.feed.instruments()) > 80 * 31


def test_a_smaller_market_is_told_as_it_is() -> None:
    """The measure of what is broken below."""
    assert differences(run_small()) == []


def both_sides_of_open_interest(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(bybit, "_one_side", lambda row: row.not_negative("openInterest"))


def the_side_of_the_order(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(binance, "DEAD_SIDE", {"SELL": "short", "BUY": "long"})


def contracts_taken_for_coins(broken: pytest.MonkeyPatch) -> None:
    parse = gate.parse_instruments
    broken.setattr(
        gate,
        "parse_instruments",
        lambda reply: [replace(i, contract_size=1.0) for i in parse(reply)],
    )


def seconds_taken_for_milliseconds(broken: pytest.MonkeyPatch) -> None:
    def bar(row: Payload, instrument: Instrument, now_ms: int, span_ms: int) -> BarRow:
        keys = ("open", "high", "low", "close")
        open_ms = row.milliseconds("id")
        return normalise.bar(row, instrument, keys, open_ms=open_ms, volume=None, now_ms=now_ms)

    broken.setattr(htx, "_bar", bar)


@pytest.mark.parametrize(
    ("break_it", "venue", "words", "is_drawn"),
    [
        (both_sides_of_open_interest, "bybit", "open interest is", True),
        (the_side_of_the_order, "binance", "nobody died like", False),
        (contracts_taken_for_coins, "gate", "volume of minute", True),
        (seconds_taken_for_milliseconds, "htx", "is missing", False),
    ],
)
def test_a_broken_convention_is_seen(
    break_it: Break, venue: str, words: str, is_drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch)
    found = differences(run_small())
    told = [sentence for sentence in found if words in sentence]
    assert told
    assert all(sentence.startswith(venue) for sentence in told), "the other venues are in order"
    assert any("The picture of BTC is another" in sentence for sentence in found) == is_drawn
