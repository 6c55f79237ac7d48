"""Eight venues that speak eight languages tell one market, through faults and without holes.

One run of some minutes, most of them with something wrong at one venue or another; each test
looks at another side of it.
"""

import pytest

from apps.exchanges.fake.faults import Fault
from apps.exchanges.fake.virtual_loop import run_virtually
from apps.exchanges.live.budget import MOST_SHARE
from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.records import BarRow
from apps.exchanges.simulated.tables import VENUE_NAMES
from tests.exchanges.live.fake_market import Run, fault, run_feed

MINUTES = 7.2
FAULTS: tuple[Fault, ...] = (
    fault("okx", "hang", 40, 130),
    fault("okx", "hang", 40, 130, transport="stream"),
    fault("binance", "rate_limited", 40, 100, strength=20.0),
    fault("bybit", "disconnect", 60, 100, transport="stream"),
    fault("bitget", "html", 45, 110),
    fault("gate", "server_error", 45, 110),
    fault("htx", "truncated", 45, 110),
    fault("dydx", "spike", 45, 80, strength=1000.0),
    fault("hyperliquid", "duplicates", 30, 120),
    fault("hyperliquid", "reordered", 120, 170),
)
EXACT = ("open", "high", "low", "close", "volume")


@pytest.fixture(scope="module")
def run() -> Run:
    return run_virtually(run_feed(MINUTES, FAULTS))


@pytest.mark.parametrize("venue", VENUE_NAMES)
def test_the_bars_of_a_venue_are_the_true_ones_without_a_hole(run: Run, venue: str) -> None:
    for instrument in run.market.instruments(venue):
        bars = run.closed(instrument.slug)
        ends = [bar.end_ms for bar in bars]
        assert len(ends) == len(set(ends)), "a closed bar is told once"
        assert sorted(ends) == list(range(min(ends), max(ends) + 1, MINUTE_MS))
        assert max(ends) >= run.until_ms - 2.5 * MINUTE_MS
        first, last = min(ends) - MINUTE_MS, max(ends) - MINUTE_MS
        true = {bar.end_ms: bar for bar in run.market.bars(instrument, first, last, run.until_ms)}
        for bar in bars:
            told = [getattr(bar, name) for name in EXACT]
            assert told == pytest.approx([getattr(true[bar.end_ms], name) for name in EXACT])


@pytest.mark.parametrize("venue", VENUE_NAMES)
def test_open_interest_and_marks_are_read_beside_the_candles(run: Run, venue: str) -> None:
    for instrument in run.market.instruments(venue):
        streamed = [bar for bar in run.closed(instrument.slug) if bar not in run.history]
        heard = [bar for bar in streamed if bar.open_interest is not None]
        assert len(heard) >= 3
        for bar in heard:
            true = run.market.bars(instrument, bar.end_ms - MINUTE_MS, bar.end_ms - 1, bar.end_ms)
            assert bar.open_interest == pytest.approx(true[0].open_interest, rel=0.02)
            assert bar.mark_close is None or bar.mark_close == pytest.approx(bar.close, rel=0.02)


@pytest.mark.parametrize("venue", [v for v in VENUE_NAMES if v != "binance"])
def test_takers_are_summed_where_only_trades_tell_them(run: Run, venue: str) -> None:
    known = 0
    for instrument in run.market.instruments(venue):
        for bar in run.closed(instrument.slug):
            true = run.market.bars(instrument, bar.end_ms - MINUTE_MS, bar.end_ms - 1, bar.end_ms)
            if bar.taker_delta is not None and true:
                known += 1
                assert bar.taker_delta == pytest.approx(true[0].taker_delta, abs=1e-6 * bar.volume)
    assert known >= 3


@pytest.mark.parametrize("venue", VENUE_NAMES)
def test_liquidations_are_told_once_by_the_side_that_died(run: Run, venue: str) -> None:
    told = [(r.instrument, r.side, round(r.size_base, 6)) for r in run.liquidations(venue)]
    assert len(told) == len(set(told))
    dead = run.market.liquidations(venue, None, run.begins_ms - 10 * MINUTE_MS, run.until_ms)
    assert set(told) <= {(r.instrument, r.side, round(r.size_base, 6)) for r in dead}


@pytest.mark.parametrize("venue", ["bybit", "gate", "htx", "dydx"])
def test_who_tells_all_of_them_is_heard_whole(run: Run, venue: str) -> None:
    first, last = run.begins_ms + 120_000, run.until_ms - 60_000
    dead = [r.size_base for r in run.market.liquidations(venue, None, first, last)]
    told = [r.size_base for r in run.liquidations(venue) if first <= r.ts_ms + 999]
    assert all(any(size == pytest.approx(other) for other in told) for size in dead)


def test_a_venue_that_hangs_delays_no_other(run: Run) -> None:
    during = range(run.begins_ms + 60_000, run.begins_ms + 125_000)
    hung = [at for at, _ in run.reached["okx-btc-usdt-swap"] if at in during]
    assert hung == []
    for slug in ("dydx-btc-usd", "bybit-btcusdt", "hyperliquid-btc"):
        delays = [at - end_ms for at, end_ms in run.reached[slug] if end_ms in during]
        assert delays
        assert max(delays) < 45_000


def test_the_streams_of_the_venue_that_hangs_are_stale_and_come_back(run: Run) -> None:
    candles = [
        (at_ms - run.begins_ms, state.state)
        for at_ms, state in run.states
        if (state.venue, state.kind) == ("okx", "candles")
    ]
    assert {state for at, state in candles if 56_000 < at < 130_000} == {"stale"}
    assert "live" in {state for at, state in candles if at > 131_000}
    others = [s.state for _, s in run.states if (s.venue, s.kind) == ("dydx", "open interest")]
    assert others.count("live") > 0.8 * len(others)


def test_no_budget_was_ever_used_over_80_percent(run: Run) -> None:
    assert run.feed is not None
    assert max(run.feed.used_shares().values()) <= MOST_SHARE + 1e-9
    for venue, report in run.report.items():
        assert report["peak_share"] <= MOST_SHARE + 1e-9, venue


def test_every_address_asked_for_is_there(run: Run) -> None:
    assert run.unknown == []


def test_a_spike_is_kept_out(run: Run) -> None:
    assert run.feed is not None
    assert run.feed.links["dydx"].refused > 0
    prices = [r.high / r.low for r in run.rows if isinstance(r, BarRow)]
    assert max(prices) < 2
