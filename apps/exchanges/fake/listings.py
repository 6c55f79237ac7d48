"""What the eight venues list of the simulated coins, and in which units they count."""

from math import floor, inf, log10

from apps.exchanges.readings import HOUR_MS, MINUTE_MS, Instrument, MarginTier
from apps.exchanges.records import InstrumentInfo
from apps.exchanges.simulated.margins import tier_rows
from apps.exchanges.simulated.tables import Coin, Universe

LISTED_MS = 1_577_836_800_000  # 2020-01-01
HOURLY = ("hyperliquid", "dydx")
SETTLED_IN_USDC = ("hyperliquid", "dydx")
TELL_INTERVAL = ("binance", "bybit", "bitget", "gate", "htx", *HOURLY)  # in their list
TELL_LEVERAGE = ("bybit", "okx", "bitget", "gate", *HOURLY)
TELL_TICK = ("binance", "bybit", "okx", "bitget", "gate", "htx", "dydx")
TELL_LISTING = ("binance", "bybit", "okx", "bitget", "gate")
MARGIN_BY_LEVERAGE = ("hyperliquid",)  # half the initial margin of a tier; the last has no end
CONTRACT_SIZES = {  # base coin; elsewhere sizes are base coin
    "okx": {"BTC": 0.01, "ETH": 0.1, "SOL": 1.0, "XRP": 100.0, "DOGE": 1000.0, "BNB": 0.1,
            "ADA": 100.0, "LINK": 1.0, "AVAX": 1.0, "SUI": 1.0},
    "gate": {"BTC": 0.0001, "ETH": 0.01, "SOL": 1.0, "XRP": 10.0, "DOGE": 10.0, "BNB": 0.01,
             "ADA": 10.0, "LINK": 1.0, "AVAX": 1.0, "SUI": 1.0},
    "htx": {"BTC": 0.001, "ETH": 0.01, "SOL": 1.0, "XRP": 10.0, "DOGE": 100.0, "BNB": 0.1,
            "ADA": 10.0, "LINK": 1.0, "AVAX": 1.0, "SUI": 1.0},
}  # fmt: skip


def listings(universe: Universe) -> tuple[Instrument, ...]:
    """One per instrument of the simulation, saying what that venue's own list says."""
    coins = [coin for coin in universe.coins for _ in range(universe.venues)]
    return tuple(_listing(info, coin) for info, coin in zip(universe.infos, coins, strict=True))


def _listing(info: InstrumentInfo, coin: Coin) -> Instrument:
    venue = info.venue
    digits = size_digits(coin)
    step = 1.0 if venue in CONTRACT_SIZES else round(10.0**-digits, digits)
    tick = 10.0 ** (floor(log10(coin.price)) - 5)
    return Instrument(
        venue=venue,
        symbol=info.symbol,
        base=info.base,
        quote=info.quote,
        settle="USDC" if venue in SETTLED_IN_USDC else info.quote,
        contract_size=CONTRACT_SIZES.get(venue, {}).get(info.base, 1.0),
        tick=round(tick, 9) if venue in TELL_TICK else None,
        size_step=step,
        max_leverage=most_leverage(venue, info.base) if venue in TELL_LEVERAGE else None,
        funding_interval_ms=funding_interval_ms(venue) if venue in TELL_INTERVAL else None,
        listed_ms=LISTED_MS if venue in TELL_LISTING else None,
    )


def size_digits(coin: Coin) -> int:
    """Decimals of a size: a lot is worth some ten dollars at most."""
    return max(0, min(5, round(log10(coin.price))))


def funding_interval_ms(venue: str) -> int:
    """How often funding is paid there."""
    return HOUR_MS if venue in HOURLY else 8 * HOUR_MS


def most_leverage(venue: str, base: str) -> float:
    """The most that its lowest tier allows."""
    return float(tier_rows(venue, base)[0][2])


def margin_tiers(instrument: Instrument, as_of_ms: int) -> list[MarginTier]:
    """Its tiers from the lowest up, continuous where they meet."""
    tiers, floor_usd, amount, before = [], 0.0, 0.0, None
    rows = tier_rows(instrument.venue, instrument.base)
    is_by_leverage = instrument.venue in MARGIN_BY_LEVERAGE
    for cap, stated, leverage in rows:
        rate = 1 / (2 * leverage) if is_by_leverage else stated
        is_endless = cap == inf or (is_by_leverage and cap == rows[-1][0])
        amount += floor_usd * (rate - before) if before is not None else 0.0
        tiers.append(
            MarginTier(
                instrument=instrument.slug,
                notional_floor_usd=floor_usd,
                notional_cap_usd=None if is_endless else cap,
                maintenance_margin_rate=rate,
                max_leverage=float(leverage),
                as_of_ms=as_of_ms,
                initial_margin_rate=1 / leverage,
                maintenance_amount_usd=amount,
            )
        )
        floor_usd, before = cap, rate
    return tiers


def next_funding_ms(venue: str, now_ms: int) -> int:
    """The coming settlement."""
    interval = funding_interval_ms(venue)
    return (now_ms // interval + 1) * interval


def minute_of(now_ms: int) -> int:
    """Beginning of the minute under way."""
    return now_ms // MINUTE_MS * MINUTE_MS
