"""The simulated coins and venues, and the customs of those who trade there.

Axes used throughout the package: market ``m``; instrument ``i = m * venues + v``; book
``k = 2 * i + side`` with side 0 long, 1 short. ``sign[k]`` is +1 for longs and -1 for shorts.
A ``Universe`` is which coins trade on which venues; the usual one has three of each.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.records import InstrumentInfo
from apps.exchanges.simulated.margins import Tiers, tiers_of

type FloatArray = NDArray[np.float64]
type IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coin:
    """One market: its price at the start, how it moves, how deep its books are."""

    base: str
    price: float  # USD
    beta: float  # to the common factor
    own_sigma: float  # per minute, natural log, what the factor does not explain
    usd_per_bp: float  # of forced market orders, to move the price by one basis point
    open_interest: tuple[float, float, float]  # base coin, one side, on the first three venues


VENUE_NAMES = ("binance", "bybit", "hyperliquid", "okx", "bitget", "gate", "htx", "dydx")
COINS = (
    Coin("BTC", 63_000.0, 1.0, 0.00011, 30e6, (100_000.0, 30_000.0, 30_000.0)),
    Coin("ETH", 1_700.0, 1.25, 0.00025, 11e6, (1_900_000.0, 600_000.0, 700_000.0)),
    Coin("SOL", 72.0, 1.45, 0.00038, 3.5e6, (9_000_000.0, 3_500_000.0, 4_200_000.0)),
    Coin("XRP", 1.1, 1.3, 0.00036, 3.0e6, (420e6, 150e6, 110e6)),
    Coin("DOGE", 0.09, 1.5, 0.0004, 2.0e6, (2.6e9, 0.9e9, 0.7e9)),
    Coin("BNB", 560.0, 0.9, 0.0003, 2.0e6, (640_000.0, 140_000.0, 90_000.0)),
    Coin("ADA", 0.3, 1.4, 0.00041, 1.2e6, (360e6, 120e6, 80e6)),
    Coin("LINK", 9.0, 1.4, 0.00042, 1.0e6, (16e6, 5.5e6, 4e6)),
    Coin("AVAX", 9.5, 1.5, 0.00044, 0.9e6, (11e6, 4e6, 3e6)),
    Coin("SUI", 1.2, 1.6, 0.0005, 0.9e6, (75e6, 28e6, 30e6)),
)
OF_THE_FIRST = {"okx": 0.27, "bitget": 0.32, "gate": 0.31, "htx": 0.17, "dydx": 0.0006}
SYMBOLS = {
    "binance": "{}USDT", "bybit": "{}USDT", "hyperliquid": "{}", "okx": "{}-USDT-SWAP",
    "bitget": "{}USDT", "gate": "{}_USDT", "htx": "{}-USDT", "dydx": "{}-USD",
}  # fmt: skip
QUOTED_IN_USD = ("hyperliquid", "dydx")

# Share of the standing open interest held at each leverage: few stops, round numbers preferred.
LEVERAGES: FloatArray = np.array([2, 3, 5, 7, 10, 12.5, 15, 20, 25, 33, 40, 50, 75, 100, 125])
OFFSHORE_SHARES = (
    0.104, 0.164, 0.185, 0.055, 0.142, 0.031, 0.035, 0.110, 0.062, 0.021, 0.014, 0.032, 0.011,
    0.006, 0.004,
)  # fmt: skip
ON_CHAIN_SHARES = (
    0.174, 0.299, 0.278, 0.056, 0.097, 0.0, 0.028, 0.028, 0.010, 0.0, 0.005, 0.0, 0.0, 0.0, 0.0,
)  # fmt: skip
ON_CHAIN = ("hyperliquid", "dydx")

HEDGED_SHARE = 0.25  # of open interest: held against spot, unlevered, out of reach
MEAN_LIFE_MIN: FloatArray = 28.9 * 1440 * (3 / LEVERAGES) ** 1.25  # before closing by choice
STANDING_PER_BOOK = 5_000  # positions, when births and deaths balance


@dataclass(frozen=True, slots=True, eq=False)
class Universe:
    """Which coins trade on which venues, and what follows from that for every instrument (I,)."""

    coins: tuple[Coin, ...]
    venues: int
    infos: tuple[InstrumentInfo, ...]
    slugs: tuple[str, ...]
    sign: FloatArray  # (K,)
    market_of_instrument: IntArray
    market_of_book: IntArray  # (K,)
    margin: Tiers
    standing: FloatArray  # (I, leverages) shares of what stands, summing to one
    opening: FloatArray  # (I, leverages) shares of what opens, summing to one
    deaths_per_min: FloatArray  # per standing position, by choice
    standing_per_book: int
    levered: FloatArray  # base coin
    mean_size: FloatArray  # base coin of one position
    hedged: FloatArray  # base coin

    @property
    def markets(self) -> int:
        """How many coins."""
        return len(self.coins)

    @property
    def instruments(self) -> int:
        """How many coins times venues."""
        return len(self.infos)

    @property
    def books(self) -> int:
        """Two sides of every instrument."""
        return 2 * len(self.infos)

    def per_venue(self, markets: FloatArray) -> FloatArray:
        """(T, M) as (T, I): the same on every venue."""
        return np.repeat(markets, self.venues, axis=1)


def universe(
    markets: int = 3, venues: int = 3, *, standing_per_book: int = STANDING_PER_BOOK
) -> Universe:
    """The first so many coins on the first so many venues; up to 10 and 8.

    Fewer positions per book make it quicker, and every one of them larger.
    """
    coins, names = COINS[:markets], VENUE_NAMES[:venues]
    if len(coins) != markets or len(names) != venues or markets < 1 or venues < 1:
        most = f"{len(COINS)} coins and {len(VENUE_NAMES)} venues"
        raise ValueError(f"There are {most}, so not {markets} on {venues}.")
    infos = tuple(_info(venue, coin) for coin in coins for venue in names)
    margin = tiers_of([(info.venue, info.base) for info in infos])
    standing = _standing_shares(infos, margin)
    deaths_per_min = (standing / MEAN_LIFE_MIN).sum(axis=1)
    open_interest = np.array([_open_interest(venue, coin) for coin in coins for venue in names])
    levered = open_interest * (1 - HEDGED_SHARE)
    return Universe(
        coins=coins,
        venues=venues,
        infos=infos,
        slugs=tuple(info.slug for info in infos),
        sign=np.tile([1.0, -1.0], len(infos)),
        market_of_instrument=np.repeat(np.arange(markets), venues),
        market_of_book=np.repeat(np.arange(markets), 2 * venues),
        margin=margin,
        standing=standing,
        opening=standing / MEAN_LIFE_MIN / deaths_per_min[:, None],
        deaths_per_min=deaths_per_min,
        standing_per_book=standing_per_book,
        levered=levered,
        mean_size=levered / standing_per_book,
        hedged=levered * HEDGED_SHARE / (1 - HEDGED_SHARE),
    )


def _info(venue: str, coin: Coin) -> InstrumentInfo:
    quote = "USD" if venue in QUOTED_IN_USD else "USDT"
    return InstrumentInfo(venue, SYMBOLS[venue].format(coin.base), coin.base, quote)


def _open_interest(venue: str, coin: Coin) -> float:
    if venue in OF_THE_FIRST:
        return coin.open_interest[0] * OF_THE_FIRST[venue]
    return coin.open_interest[VENUE_NAMES.index(venue)]


def _standing_shares(infos: tuple[InstrumentInfo, ...], margin: Tiers) -> FloatArray:
    shares = np.array([ON_CHAIN_SHARES if i.venue in ON_CHAIN else OFFSHORE_SHARES for i in infos])
    shares *= margin.max_leverage.max(axis=1)[:, None] >= LEVERAGES
    return shares / shares.sum(axis=1, keepdims=True)


USUAL = universe()
