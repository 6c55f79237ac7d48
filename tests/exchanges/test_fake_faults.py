"""Schedules of faults, and the market as faulty venues tell it."""

import pytest

from apps.exchanges.fake.breaking import mangled, skew_ms
from apps.exchanges.fake.faults import FAILURES, Fault, FaultSchedule, drawn
from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.source import Source
from apps.exchanges.fake.spoiling import spoiled
from apps.exchanges.readings import HOUR_MS, MINUTE_MS, Instrument

FIRST_MS = 1_780_000_200_000
NOW_MS = FIRST_MS + HOUR_MS + 30_000


@pytest.fixture(scope="module")
def market() -> FakeMarket:
    """Two coins on eight venues."""
    return FakeMarket(4, first_ms=FIRST_MS, markets=2)


@pytest.fixture
def instrument(market: FakeMarket) -> Instrument:
    """Bitcoin on Bybit."""
    return market.instruments("bybit")[0]


def with_fault(market: FakeMarket, failure: str, strength: float = 0.0) -> Source:
    fault = Fault("bybit", "rest", failure, NOW_MS - 10_000, NOW_MS + 10_000, strength)
    return spoiled(market, [fault])


def test_the_same_seed_draws_the_same_faults() -> None:
    until_ms = FIRST_MS + HOUR_MS
    assert drawn(7, FIRST_MS, until_ms) == drawn(7, FIRST_MS, until_ms)
    assert drawn(7, FIRST_MS, until_ms) != drawn(8, FIRST_MS, until_ms)


def test_a_venue_has_the_same_faults_whoever_else_is_there() -> None:
    alone = drawn(7, FIRST_MS, FIRST_MS + HOUR_MS, venues=["okx"]).faults
    among = drawn(7, FIRST_MS, FIRST_MS + HOUR_MS).faults
    assert alone == tuple(fault for fault in among if fault.venue == "okx")


def test_faults_lie_between_the_instants_and_every_kind_comes_up() -> None:
    schedule = drawn(1, FIRST_MS, FIRST_MS + 48 * HOUR_MS)
    assert all(FIRST_MS <= f.begins_ms < f.ends_ms <= FIRST_MS + 48 * HOUR_MS
               for f in schedule.faults)  # fmt: skip
    drawn_ones = {(fault.transport, fault.failure) for fault in schedule.faults}
    assert drawn_ones == {(t, failure) for t, failures in FAILURES.items() for failure in failures}


def test_only_wanted_faults_are_drawn() -> None:
    schedule = drawn(1, FIRST_MS, FIRST_MS + 8 * HOUR_MS, failures=["html", "hang"])
    assert {fault.failure for fault in schedule.faults} == {"html", "hang"}


def test_a_fault_concerns_its_venue_transport_kind_and_time() -> None:
    fault = Fault("okx", "rest", "html", 1_000, 2_000, kind="candles")
    schedule = FaultSchedule((fault,))
    assert schedule.active("okx", "rest", 1_500, "candles") == [fault]
    assert schedule.active("okx", "rest", 1_500, "book") == []
    assert schedule.active("okx", "stream", 1_500, "candles") == []
    assert schedule.active("gate", "rest", 1_500, "candles") == []
    assert schedule.active("okx", "rest", 2_000, "candles") == []


def test_duplicates_and_disorder_lose_nothing(market: FakeMarket, instrument: Instrument) -> None:
    true = market.bars(instrument, FIRST_MS, NOW_MS, NOW_MS)
    twice = with_fault(market, "duplicates").bars(instrument, FIRST_MS, NOW_MS, NOW_MS)
    mixed = with_fault(market, "reordered").bars(instrument, FIRST_MS, NOW_MS, NOW_MS)
    assert twice == [bar for bar in true for _ in range(2)]
    assert mixed != true
    assert sorted(mixed, key=lambda bar: bar.end_ms) == true


def test_a_spike_is_in_the_newest_price_alone(market: FakeMarket, instrument: Instrument) -> None:
    source = with_fault(market, "spike", 1000.0)
    true = market.bars(instrument, FIRST_MS, NOW_MS, NOW_MS)
    told = source.bars(instrument, FIRST_MS, NOW_MS, NOW_MS)
    assert told[:-1] == true[:-1]
    assert told[-1].close == told[-1].high == 1000 * true[-1].close
    assert source.mark(instrument, NOW_MS).mark_price == pytest.approx(
        1000 * market.mark(instrument, NOW_MS).mark_price
    )


def test_stalled_candles_stay_as_they_were(market: FakeMarket, instrument: Instrument) -> None:
    later_ms = NOW_MS + 3 * MINUTE_MS
    told = with_fault(market, "stalled").bars(instrument, FIRST_MS, later_ms, later_ms)
    assert told == market.bars(instrument, FIRST_MS, NOW_MS - 10_000, NOW_MS - 10_000)
    assert not told[-1].closed


def test_flipped_sides_are_all_of_them(market: FakeMarket) -> None:
    true = market.liquidations("bybit", None, FIRST_MS, NOW_MS + 3 * HOUR_MS)
    told = with_fault(market, "side_flip").liquidations(
        "bybit", None, FIRST_MS, NOW_MS + 3 * HOUR_MS
    )
    assert len(true) > 3
    assert all(one.side != other.side for one, other in zip(true, told, strict=True))


def test_broken_words_are_no_json() -> None:
    def fault(failure: str) -> Fault:
        return Fault("okx", "rest", failure, 1_000, 2_000)

    body = b'{"code":"0","data":[]}'
    assert mangled(body, fault("html")).startswith(b"<!DOCTYPE html>")
    assert mangled(body, fault("truncated")) == body[:11]
    assert mangled(body, fault("garbage")) == mangled(body, fault("garbage")) != body


def test_clocks_are_wrong_by_the_strength() -> None:
    faults = [Fault("okx", "rest", "clock_skew", 0, 1, -90.0)]
    assert skew_ms(faults) == -90_000
