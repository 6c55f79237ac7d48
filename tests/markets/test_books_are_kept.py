"""Order books by the minute: what was told, for two days, and nothing made up."""

import numpy as np
import pytest

from apps.exchanges.depth import depth_of
from apps.exchanges.readings import Book
from apps.exchanges.records import DEPTH_STEPS, BarRow, DepthRow
from apps.exchanges.simulated.feed import SimulatedFeed
from apps.markets import services
from apps.markets.depth import KEPT_MS, load_depth, load_depth_history, prune_depth
from apps.markets.models import BookDepth, Market
from tests.markets.conftest import BEGIN_MS, BINANCE, HYPERLIQUID, MINUTE_MS

WHOLE_BPS = 500.0


def book(
    minute: float, *, slug: str = BINANCE.slug, mid: float = 100.0, usd: float = 1e6, **more: float
) -> DepthRow:
    sides = (usd,) * DEPTH_STEPS
    ts_ms = BEGIN_MS + round(minute * MINUTE_MS)
    return DepthRow(slug, ts_ms, mid, sides, sides, **({"reach_bps": WHOLE_BPS} | more))


def test_the_books_of_all_venues_add_up(btc: Market) -> None:
    services.store_rows([book(0), book(0, slug=HYPERLIQUID.slug, mid=102.0, usd=5e5)])
    depth = load_depth(btc, BEGIN_MS)
    assert (depth.mid_usd, depth.step_bps) == (101.0, 10.0)
    assert depth.bid_usd.tolist() == depth.ask_usd.tolist() == [1.5e6] * DEPTH_STEPS


def test_an_old_book_is_no_book(btc: Market) -> None:
    services.store_rows([book(0)])
    assert load_depth(btc, BEGIN_MS + MINUTE_MS)
    assert load_depth(btc, BEGIN_MS + 2 * MINUTE_MS) is None
    assert load_depth(btc, BEGIN_MS - 1) is None


def test_beyond_what_a_venue_told_its_book_goes_on_as_thick_as_before(btc: Market) -> None:
    told = DepthRow(
        BINANCE.slug, BEGIN_MS, 100.0, (3e6, 1e6) + (0.0,) * 48, (2e6,) + (0.0,) * 49, 15.0
    )
    services.store_rows([told])
    depth = load_depth(btc, BEGIN_MS)
    thick = 4e6 / 15 * 10
    assert depth.bid_usd[:3] == pytest.approx([3e6, 1e6 + thick / 2, thick])
    assert depth.bid_usd[-1] == pytest.approx(thick)


def test_of_one_minute_the_last_book_stays(btc: Market) -> None:
    services.store_rows([book(-0.5, usd=1e6)])
    services.store_rows([book(-0.1, usd=2e6), book(-0.3, usd=3e6)])
    history = load_depth_history(btc, BEGIN_MS - MINUTE_MS, BEGIN_MS)
    assert history.times_ms.tolist() == [BEGIN_MS]
    assert history.bid_usd[0, 0] == 2e6


def test_history_says_only_what_was_told(btc: Market) -> None:
    rows = [book(1), book(3, mid=104.0), book(3, slug=HYPERLIQUID.slug, mid=106.0, reach_bps=20.0)]
    services.store_rows(rows)
    history = load_depth_history(btc, BEGIN_MS, BEGIN_MS + 3 * MINUTE_MS)
    assert ((history.times_ms - BEGIN_MS) // MINUTE_MS).tolist() == [1, 3]
    assert history.mid_usd.tolist() == [100.0, 105.0]
    assert history.ask_usd.shape == (2, DEPTH_STEPS)
    assert history.ask_usd[:, 0].tolist() == [1e6, 2e6]


def test_a_market_without_books_says_so(btc: Market) -> None:
    assert load_depth(btc, BEGIN_MS) is None
    assert load_depth_history(btc, 0, BEGIN_MS).bid_usd.shape == (0, DEPTH_STEPS)


@pytest.mark.parametrize("bad", [{"mid": 0.0}, {"mid": np.nan}, {"usd": -1.0}, {"reach_bps": 0.0}])
def test_an_impossible_book_is_left_out(btc: Market, bad: dict[str, float]) -> None:
    services.store_rows([book(0, **bad)])
    assert not BookDepth.objects.exists()


def test_books_are_kept_for_two_days(btc: Market) -> None:
    services.store_rows([book(0), book(1)])
    assert prune_depth(BEGIN_MS + KEPT_MS + MINUTE_MS) == 1
    assert [row.minute_ms for row in BookDepth.objects.all()] == [BEGIN_MS + MINUTE_MS]


def test_levels_become_steps_by_their_distance() -> None:
    bids = ((99.95, 2.0), (99.85, 1.0), (90.0, 7.0))
    row = depth_of(Book("x", 5, bids, asks=((100.05, 1.0), (100.25, 4.0))))
    assert (row.mid, row.ts_ms) == (100.0, 5)
    assert row.bid_usd[:3] == pytest.approx((199.9, 99.85, 0.0))
    assert row.ask_usd[:3] == pytest.approx((100.05, 0.0, 401.0))
    assert row.reach_bps == pytest.approx(25.0)
    assert sum(row.bid_usd) == pytest.approx(299.75)  # ten percent away is too far


def test_a_book_that_crosses_or_is_empty_is_no_book() -> None:
    assert depth_of(Book("x", 0, bids=((100.0, 1.0),), asks=((99.0, 1.0),))) is None
    assert depth_of(Book("x", 0, bids=(), asks=((99.0, 1.0),))) is None


def test_the_simulated_market_has_books_with_walls_at_round_prices() -> None:
    feed, until_ms = SimulatedFeed(5, history_days=1), BEGIN_MS
    rows = [row for batch in feed.history(until_ms, until_ms - 3_600_000) for row in batch]
    again = SimulatedFeed(5, history_days=1).history(until_ms, until_ms - 3_600_000)
    assert rows == [row for batch in again for row in batch]
    closes = {(r.instrument, r.end_ms): r.close for r in rows if isinstance(r, BarRow)}
    books = [row for row in rows if isinstance(row, DepthRow)]
    assert len(books) == len(closes) == 9 * 60
    for row in books:
        assert row.mid == closes[row.instrument, row.ts_ms]
    btc = next(row for row in books if row.instrument == "binance-btcusdt")
    thickest = int(np.argmax(btc.ask_usd))
    low, high = (btc.mid * (1 + k * 1e-3) for k in (thickest, thickest + 1))
    assert high // 500 > low // 500  # a multiple of 500 lies in between
