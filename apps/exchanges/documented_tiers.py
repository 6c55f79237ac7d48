"""Margin tiers of venues that tell them only to their customers: Binance's, copied by hand.

Rows are the cap in USD, the maintenance margin in percent and the highest leverage. The amounts
to deduct follow from the rates: the margin does not jump where one tier ends.
"""

from datetime import UTC, datetime

from apps.exchanges.records import MarginTier

type Row = tuple[float, float, float]

AS_OF_MS = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp() * 1000)
BINANCE: dict[str, tuple[Row, ...]] = {
    "BTCUSDT": (
        (300e3, 0.40, 150), (800e3, 0.50, 100), (3e6, 0.65, 75), (12e6, 1.0, 50), (70e6, 2.0, 25),
        (100e6, 2.5, 20), (230e6, 5.0, 10), (480e6, 10.0, 5),
    ),
    "ETHUSDT": (
        (300e3, 0.40, 150), (800e3, 0.50, 100), (3e6, 0.65, 75), (12e6, 1.0, 50), (50e6, 2.0, 25),
        (65e6, 2.5, 20), (150e6, 5.0, 10), (320e6, 10.0, 5),
    ),
    "SOLUSDT": (
        (50e3, 0.50, 100), (400e3, 0.65, 75), (1e6, 1.0, 50), (4e6, 2.0, 25), (8e6, 2.5, 20),
        (40e6, 5.0, 10), (80e6, 10.0, 5), (100e6, 12.5, 4),
    ),
}  # fmt: skip
TABLES = {"binance": BINANCE}


def documented_tiers(venue: str, symbol: str, slug: str) -> tuple[MarginTier, ...]:
    """The documented stack of an instrument, from the lowest up; empty where there is none.

    >>> [round(t.maintenance_amount_usd) for t in documented_tiers("binance", "BTCUSDT", "x")[:4]]
    [0, 300, 1500, 12000]
    """
    stack: list[MarginTier] = []
    floor_usd = amount_usd = rate = 0.0
    for cap_usd, percent, max_leverage in TABLES.get(venue, {}).get(symbol, ()):
        amount_usd += floor_usd * (percent / 100 - rate)
        rate = percent / 100
        stack.append(
            MarginTier(
                slug,
                floor_usd,
                cap_usd,
                rate,
                float(max_leverage),
                AS_OF_MS,
                maintenance_amount_usd=amount_usd,
            )
        )
        floor_usd = cap_usd
    return tuple(stack)
