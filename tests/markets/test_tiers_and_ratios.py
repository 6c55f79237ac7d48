"""Margin tiers with their source, long/short ratios, and how long rows are kept."""

from collections.abc import Callable

import pytest

from apps.exchanges.records import BarRow, LiquidationRow, MarginTier, Ratio
from apps.markets import services
from apps.markets.models import HeardMinute, Liquidation, LongShortRatio, Market, MinuteBar
from apps.markets.ratios import load_ratios
from apps.markets.retention import prune
from apps.markets.tiers import load_tiers
from tests.markets.conftest import BEGIN_MS, BINANCE, HYPERLIQUID, MINUTE_MS

DAY_MS = 86_400_000


def tier(floor: float, cap: float | None, rate: float, leverage: float) -> MarginTier:
    return MarginTier(HYPERLIQUID.slug, floor, cap, rate, leverage, BEGIN_MS)


def test_what_a_venue_told_is_used_and_replaced_as_a_whole(btc: Market) -> None:
    services.store_rows(
        [tier(0, 1e6, 0.0125, 40), tier(1e6, 5e6, 0.02, 30), tier(5e6, None, 0.025, 20)]
    )
    services.store_rows([tier(0, 2e6, 0.0125, 40), tier(2e6, None, 0.025, 20)])
    tiers = load_tiers(btc, "hyperliquid")
    assert [(t.notional_floor_usd, t.notional_cap_usd) for t in tiers] == [(0, 2e6), (2e6, None)]
    assert {(t.source, t.as_of_ms) for t in tiers} == {("told", BEGIN_MS)}


def test_binance_tells_nobody_so_what_it_documents_is_used(btc: Market) -> None:
    tiers = load_tiers(btc, "binance")
    assert {t.source for t in tiers} == {"documented"}
    assert (tiers[0].maintenance_margin_rate, tiers[0].max_leverage) == (0.004, 150.0)
    amounts = [t.maintenance_amount_usd for t in tiers]
    assert amounts[:5] == pytest.approx([0, 300, 1_500, 12_000, 132_000])


def test_without_either_the_engines_assumption_says_what_it_is(btc: Market) -> None:
    tiers = load_tiers(btc, "hyperliquid")
    assert [(t.max_leverage, t.maintenance_margin_rate) for t in tiers] == [(40.0, 0.0125)]
    assert {(t.source, t.notional_cap_usd, t.as_of_ms) for t in tiers} == {("assumed", None, None)}


def test_a_venue_that_does_not_trade_the_market_has_no_tiers(btc: Market) -> None:
    with pytest.raises(KeyError):
        load_tiers(btc, "okx")


@pytest.mark.parametrize("bad", [(0, None, 0.0, 10), (0, None, 0.01, 0), (5, 5, 0.01, 10)])
def test_an_impossible_tier_is_left_out(btc: Market, bad: tuple[float, ...]) -> None:
    services.store_rows([tier(*bad)])
    assert load_tiers(btc, "hyperliquid")[0].source == "assumed"


def ratio(minute: int, share: float, *, kind: str = "accounts") -> Ratio:
    return Ratio(BINANCE.slug, BEGIN_MS + minute * MINUTE_MS, kind, share)


def test_the_newest_ratio_of_each_kind_is_told(btc: Market) -> None:
    services.store_rows([ratio(0, 0.6), ratio(5, 0.7), ratio(5, 0.7), ratio(0, 0.4, kind="taker")])
    told = load_ratios(btc, BEGIN_MS + 10 * MINUTE_MS)
    assert [(r.venue, r.kind, r.long_share) for r in told] == [
        ("binance", "accounts", 0.7), ("binance", "taker", 0.4),
    ]  # fmt: skip
    assert load_ratios(btc, BEGIN_MS + 70 * MINUTE_MS) == ()
    assert LongShortRatio.objects.count() == 3


def test_a_share_beyond_everybody_is_left_out(btc: Market) -> None:
    services.store_rows([ratio(0, 1.2)])
    assert not LongShortRatio.objects.exists()


def test_what_is_older_than_the_history_goes(
    btc: Market, bar: Callable[..., BarRow], settings: object
) -> None:
    settings.HISTORY_DAYS = 1
    dead = [
        LiquidationRow(BINANCE.slug, BEGIN_MS + m * MINUTE_MS, "long", 1, 100, 100, "full")
        for m in (1, 3)
    ]
    services.store_rows([bar(1), bar(3), *dead, ratio(1, 0.5), ratio(3, 0.5)])
    wall_ms = BEGIN_MS + 100 * DAY_MS
    for age_days in (6, 8):
        minute_ms = wall_ms - age_days * DAY_MS
        HeardMinute.objects.create(venue="okx", stream="bars", minute_ms=minute_ms, rows=1)
    assert prune(now_ms=BEGIN_MS + DAY_MS + 2 * MINUTE_MS, wall_ms=wall_ms) == 4
    for rows in (MinuteBar, Liquidation, LongShortRatio, HeardMinute):
        assert rows.objects.count() == 1
