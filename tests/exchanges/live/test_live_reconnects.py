"""Lines are opened anew before venues close them; who bars us is left alone, and says why."""

import pytest

from apps.exchanges.fake.virtual_loop import run_virtually
from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.simulated.tables import VENUE_NAMES
from tests.exchanges.live.fake_market import Run, fault, run_feed

BARRED = "gate"


@pytest.fixture(scope="module")
def run() -> Run:
    """Every line is replaced after sixteen seconds."""
    return run_virtually(run_feed(3.1, [fault(BARRED, "forbidden", 5, 1000)], life_s=16.0))


@pytest.mark.parametrize("venue", [v for v in VENUE_NAMES if v not in ("binance", BARRED)])
def test_two_lines_overlap_so_that_no_trade_is_missed_or_counted_twice(
    run: Run, venue: str
) -> None:
    assert run.report[venue]["connections"] >= 3
    known = 0
    for instrument in run.market.instruments(venue):
        for bar in run.closed(instrument.slug):
            true = run.market.bars(instrument, bar.end_ms - MINUTE_MS, bar.end_ms - 1, bar.end_ms)
            if bar.taker_delta is not None and true:
                known += 1
                assert bar.taker_delta == pytest.approx(true[0].taker_delta, abs=1e-6 * bar.volume)
    assert known >= 1


def test_a_venue_that_bars_us_says_why_and_is_left_alone(run: Run) -> None:
    assert run.feed is not None
    states = [state for state in run.feed.streams() if state.venue == BARRED]
    assert {state.state for state in states} == {"barred"}
    assert {state.trouble for state in states} == {
        "may not serve the place this computer is in (451)"
    }
    assert {s.state for s in run.feed.streams() if s.venue == "bybit"} != {"barred"}
