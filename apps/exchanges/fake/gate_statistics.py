"""Gate, mirrored: its statistics, which count BOTH sides, and margin tiers."""

from apps.exchanges.fake.asking import Ask, decimal
from apps.exchanges.fake.gate import BASE, OWN, times
from apps.exchanges.fake.routes import Route
from apps.exchanges.readings import Instrument, MarginTier

SIDES = 2  # counted by the statistics


def contract_stats(ask: Ask) -> list:
    """``contract_stats``, oldest first: open interest of BOTH sides, ratios, liquidations."""
    i, step_ms = ask.instrument("contract"), ask.period_ms("interval")
    first, last = times(ask)
    limit = ask.whole("limit", 30, 100)
    grid = ask.grid(first, last, limit, step_ms, keeps_oldest=True)
    return [_statistics(ask, i, ts, step_ms) for ts in grid]


def _statistics(ask: Ask, i: Instrument, ts: int, step_ms: int) -> dict:
    reading, mark = ask.source.open_interest(i, ts), ask.source.mark(i, ts)
    quotient = ask.source.long_share(i, ts) / (1 - ask.source.long_share(i, ts))
    last = min(ts + step_ms - 1, ask.now_ms)
    died = {"long": 0.0, "short": 0.0}
    for row in ask.source.liquidations(ask.venue, i, ts, last):
        died[row.side] += row.size_base
    both = SIDES * reading.open_interest
    return {
        "time": ts // 1000,
        "mark_price": mark.mark_price,
        "open_interest": both / i.contract_size,
        "open_interest_usd": both * mark.mark_price,
        "lsr_taker": quotient,
        "lsr_account": quotient,
        "top_lsr_account": quotient,
        "top_lsr_size": quotient,
        "long_liq_size": died["long"] / i.contract_size,
        "long_liq_amount": died["long"],
        "long_liq_usd": died["long"] * mark.mark_price,
        "short_liq_size": died["short"] / i.contract_size,
        "short_liq_amount": died["short"],
        "short_liq_usd": died["short"] * mark.mark_price,
    }


def risk_limit_tiers(ask: Ask) -> list:
    """``risk_limit_tiers``."""
    return [
        _tier(i, tier, number)
        for i in ask.one_or_all("contract")
        for number, tier in enumerate(ask.source.margin_tiers(i, ask.now_ms), 1)
    ]


def _tier(i: Instrument, tier: MarginTier, number: int) -> dict:
    return {
        "contract": i.symbol,
        "tier": number,
        "risk_limit": decimal(tier.notional_cap_usd),
        "initial_rate": decimal(tier.initial_margin_rate),
        "maintenance_rate": decimal(tier.maintenance_margin_rate),
        "leverage_max": decimal(tier.max_leverage),
        "deduction": decimal(tier.maintenance_amount_usd),
    }


ROUTES = (
    Route(f"{BASE}/contract_stats", contract_stats, "open_interest", OWN),
    Route(f"{BASE}/risk_limit_tiers", risk_limit_tiers, "tiers", OWN),
)
