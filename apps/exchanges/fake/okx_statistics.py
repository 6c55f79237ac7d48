"""OKX, mirrored: its statistics, newest first, and margin tiers in contracts."""

from apps.exchanges.fake.asking import Ask, decimal
from apps.exchanges.fake.okx import OWN, contracts, family, reply
from apps.exchanges.fake.routes import Route
from apps.exchanges.readings import Instrument, MarginTier

STATISTICS = "/api/v5/rubik/stat"


def open_interest_history(ask: Ask) -> dict:
    """``open-interest-history``, newest first; a row is named by the beginning of its period."""
    i, step_ms = ask.instrument("instId"), ask.period_ms("period")
    rows = []
    for begin in reversed(_periods(ask, step_ms)):
        reading = ask.source.open_interest(i, begin + step_ms)
        amounts = (reading.open_interest / i.contract_size, reading.open_interest, reading.usd)
        rows.append([str(begin), *map(decimal, amounts)])
    return reply(rows)


def _periods(ask: Ask, step_ms: int) -> list[int]:
    """Beginnings of periods that are over."""
    end = ask.whole_or_none("end")
    last = ask.now_ms - step_ms if end is None else min(end, ask.now_ms - step_ms)
    return ask.grid(ask.whole_or_none("begin"), last, ask.whole("limit", 100, 100), step_ms)


def position_tiers(ask: Ask) -> dict:
    """``position-tiers`` of one family: bounds in contracts at the mark price of now."""
    ask.text("tdMode")
    i = ask.named((ask.params.get("instFamily") or ask.text("uly")) + "-SWAP")
    price = ask.source.mark(i, ask.now_ms).mark_price
    tiers = ask.source.margin_tiers(i, ask.now_ms)
    return reply([_tier(i, tier, number, price) for number, tier in enumerate(tiers, 1)])


def _tier(i: Instrument, tier: MarginTier, number: int, price: float) -> dict:
    return {
        "tier": str(number),
        "instFamily": family(i),
        "uly": family(i),
        "instId": "",
        "minSz": contracts(i, tier.notional_floor_usd / price),
        "maxSz": contracts(i, tier.notional_cap_usd / price),
        "mmr": decimal(tier.maintenance_margin_rate),
        "imr": decimal(tier.initial_margin_rate),
        "maxLever": decimal(tier.max_leverage),
    }


def ratios(ask: Ask) -> dict:
    """The long/short calls: time and quotient, newest first."""
    i, rows = ask.instrument("instId"), []
    for ts in reversed(_periods(ask, ask.period_ms("period"))):
        share = ask.source.long_share(i, ts)
        rows.append([str(ts), decimal(share / (1 - share))])
    return reply(rows)


def taker_volume(ask: Ask) -> dict:
    """``taker-volume-contract``: time, SOLD, bought; newest first, in coins."""
    i, step_ms, rows = ask.instrument("instId"), ask.period_ms("period"), []
    for ts in reversed(_periods(ask, step_ms)):
        bars = ask.source.bars(i, ts, ts + step_ms - 1, ask.now_ms)
        buys = sum((bar.volume + bar.taker_delta) / 2 for bar in bars)
        rows.append([str(ts), decimal(sum(bar.volume for bar in bars) - buys), decimal(buys)])
    return reply(rows)


ROUTES = (
    Route(
        f"{STATISTICS}/contracts/open-interest-history", open_interest_history, "open_interest", OWN
    ),
    Route("/api/v5/public/position-tiers", position_tiers, "tiers", OWN),
    Route(f"{STATISTICS}/contracts/long-short-account-ratio-contract", ratios, "ratios", OWN),
    Route(
        f"{STATISTICS}/contracts/long-short-account-ratio-contract-top-trader",
        ratios,
        "ratios",
        OWN,
    ),
    Route(
        f"{STATISTICS}/contracts/long-short-position-ratio-contract-top-trader",
        ratios,
        "ratios",
        OWN,
    ),
    Route(f"{STATISTICS}/taker-volume-contract", taker_volume, "ratios", OWN),
)
