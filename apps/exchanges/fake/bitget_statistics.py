"""Bitget, mirrored: its ratios and margin tiers."""

from apps.exchanges.fake.asking import Answer, Ask, decimal
from apps.exchanges.fake.bitget import OWN, V2, V3, reply
from apps.exchanges.fake.routes import Route

SLOW = ("path:slow",)


def ratios(words: str) -> Answer:
    """The call whose shares are called ``long<words>`` and ``short<words>``."""

    def answer(ask: Ask) -> dict:
        i = ask.instrument("symbol")
        rows = []
        for ts in ask.grid(None, None, 30, ask.period_ms("period")):
            share = ask.source.long_share(i, ts)
            longs, shorts = decimal(share), decimal(1 - share)
            rows.append({f"long{words}": longs, f"short{words}": shorts, "ts": str(ts)})
        return reply(ask, rows)

    return answer


def active_buy_sell(ask: Ask) -> dict:
    """``futures-active-buy-sell``: what takers bought and sold in periods that are over."""
    i, step_ms, rows = ask.instrument("symbol"), ask.period_ms("period"), []
    for ts in ask.grid(None, ask.now_ms - step_ms, 30, step_ms):
        bars = ask.source.bars(i, ts, ts + step_ms - 1, ask.now_ms)
        buys = sum((bar.volume + bar.taker_delta) / 2 for bar in bars)
        sells = sum(bar.volume for bar in bars) - buys
        rows.append({"buyVolume": decimal(buys), "sellVolume": decimal(sells), "ts": str(ts)})
    return reply(ask, rows)


def position_lever(ask: Ask) -> dict:
    """Version 2 of the tiers."""
    i = ask.instrument("symbol")
    rows = [
        {
            "symbol": i.symbol,
            "level": str(number),
            "startUnit": decimal(tier.notional_floor_usd),
            "endUnit": decimal(tier.notional_cap_usd),
            "leverage": decimal(tier.max_leverage),
            "keepMarginRate": decimal(tier.maintenance_margin_rate),
        }
        for number, tier in enumerate(ask.source.margin_tiers(i, ask.now_ms), 1)
    ]
    return reply(ask, rows)


def position_tier(ask: Ask) -> dict:
    """Version 3 of the tiers."""
    i = ask.instrument("symbol")
    rows = [
        {
            "tier": str(number),
            "minTierValue": decimal(tier.notional_floor_usd),
            "maxTierValue": decimal(tier.notional_cap_usd),
            "leverage": decimal(tier.max_leverage),
            "mmr": decimal(tier.maintenance_margin_rate),
        }
        for number, tier in enumerate(ask.source.margin_tiers(i, ask.now_ms), 1)
    ]
    return reply(ask, rows)


ROUTES = (
    Route(f"{V2}/account-long-short", ratios("AccountRatio"), "ratios", SLOW),
    Route(f"{V3}/futures-long-short", ratios("Ratio"), "ratios", SLOW),
    Route(f"{V3}/futures-account-long-short", ratios("AccountRatio"), "ratios", SLOW),
    Route(f"{V3}/futures-position-long-short", ratios("PositionRatio"), "ratios", SLOW),
    Route(f"{V3}/futures-active-buy-sell", active_buy_sell, "ratios", SLOW),
    Route(f"{V2}/query-position-lever", position_lever, "tiers", OWN),
    Route(f"{V3}/position-tier", position_tier, "tiers", OWN),
)
