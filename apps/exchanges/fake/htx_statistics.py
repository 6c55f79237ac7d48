"""HTX, mirrored: its statistics, which count BOTH sides, and margin tiers."""

from apps.exchanges.fake.asking import Ask, BadParameter
from apps.exchanges.fake.htx import ALL, SIDES, V1, contracts_of, reply
from apps.exchanges.fake.routes import Route
from apps.exchanges.readings import HOUR_MS, Instrument, MarginTier

CONTRACTS, COINS = "1", "2"  # kinds of amount


def open_interest_history(ask: Ask) -> dict:
    """``swap_his_open_interest``: an hour and longer, in contracts or in coins."""
    i, step_ms = ask.instrument("contract_code"), ask.period_ms("period")
    kind = ask.text("amount_type")
    if step_ms < HOUR_MS or kind not in (CONTRACTS, COINS):
        raise BadParameter("period")
    rows = []
    for ts in reversed(ask.grid(None, None, ask.whole("size", 48, 200), step_ms)):
        reading = ask.source.open_interest(i, ts)
        both = SIDES * reading.open_interest
        rows.append(
            {
                "volume": both if kind == COINS else contracts_of(i, both),
                "amount_type": int(kind),
                "value": SIDES * reading.usd,
                "ts": ts,
            }
        )
    about = {"symbol": i.base, "contract_code": i.symbol, "business_type": "swap", "pair": i.symbol,
             "contract_type": "swap"}  # fmt: skip
    return reply(ask, about | {"tick": rows})


def ratios(ask: Ask) -> dict:
    """``swap_elite_account_ratio`` and ``…position_ratio``: some positions are locked."""
    i, rows = ask.instrument("contract_code"), []
    for ts in ask.grid(None, None, 100, ask.period_ms("period")):
        share = ask.source.long_share(i, ts)
        rows.append(
            {
                "buy_ratio": 0.9 * share,
                "sell_ratio": 0.9 * (1 - share),
                "locked_ratio": 0.1,
                "ts": ts,
            }
        )
    about = {"symbol": i.base, "contract_code": i.symbol, "business_type": "swap", "pair": i.symbol}
    return reply(ask, about | {"list": rows})


def adjust_factor(ask: Ask) -> dict:
    """``swap_adjustfactor``: a stack for each leverage; the rate is factor / leverage."""
    rows = []
    for i in ask.one_or_all("contract_code"):
        price = ask.source.mark(i, ask.now_ms).mark_price
        tiers = ask.source.margin_tiers(i, ask.now_ms)
        rows.append(
            {
                "symbol": i.base,
                "contract_code": i.symbol,
                "margin_mode": "isolated",
                "list": [_ladder(i, tier, price) for tier in tiers],
            }
        )
    return reply(ask, rows)


def _ladder(i: Instrument, tier: MarginTier, price: float) -> dict:
    step = {
        "ladder": 0,
        "min_size": 0,
        "max_size": contracts_of(i, tier.notional_cap_usd / price),
        "adjust_factor": tier.maintenance_margin_rate * tier.max_leverage,
    }
    return {"lever_rate": tier.max_leverage, "ladders": [step]}


ROUTES = (
    Route(f"{V1}/swap_his_open_interest", open_interest_history, "open_interest", ALL),
    Route(f"{V1}/swap_elite_account_ratio", ratios, "ratios", ALL),
    Route(f"{V1}/swap_elite_position_ratio", ratios, "ratios", ALL),
    Route(f"{V1}/swap_adjustfactor", adjust_factor, "tiers", ALL),
)
