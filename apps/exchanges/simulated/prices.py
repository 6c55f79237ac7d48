"""What the world does to prices during an hour, before anybody is force-closed.

    return of a coin = beta * common factor + its own noise + rare jumps + drift

Volatility is a regime (calm, usual, wild) times a slow log-autoregressive factor times the time
of day times noise of the minute; shocks have fat tails. Within a minute the price goes
open -> one extreme -> the other -> close, the extremes being those of a Brownian bridge. Every
venue trades a little beside the common price, and its mark follows that only in part.
"""

from dataclasses import dataclass

import numpy as np

from apps.exchanges.simulated.tables import FloatArray, Universe

MINUTES = 60
FACTOR_SIGMA = 0.00034  # of the common factor, per minute, in the usual regime
REGIME_SIGMA = np.array([0.65, 1.0, 2.4])
REGIME_CHANGE = np.array([[0.92, 0.07, 0.01], [0.06, 0.92, 0.02], [0.05, 0.35, 0.60]])  # hourly
LOG_VOL_MEMORY, LOG_VOL_SD = 0.85, 0.3
TAIL_DEGREES = 5
JUMPS_PER_MIN, JUMP_SIGMA = 1.2 / 1440, 0.005
TREND_MEMORY, TREND_SIGMA = 0.9, 0.000006  # per minute
PULL_PER_MIN = 1 / (25 * 1440)  # towards the price at the start: weeks later it is still near
BASIS_MEMORY, BASIS_SD = 0.96, 0.00018
MARK_FOLLOWS = 0.4  # of the basis

_AGES = np.arange(MINUTES)[:, None] - np.arange(MINUTES)
_BASIS_KERNEL = np.where(_AGES >= 0, BASIS_MEMORY ** np.maximum(_AGES, 0), 0.0)
_BASIS_FADING = BASIS_MEMORY ** (np.arange(MINUTES) + 1.0)


@dataclass(frozen=True, slots=True)
class Weather:
    """What one hour leaves to the next."""

    regime: int
    log_vol: float
    trend: FloatArray  # (M,) per minute
    basis: FloatArray  # (I,) natural log


@dataclass(frozen=True, slots=True)
class Hour:
    """The draws of one hour; T minutes."""

    returns: FloatArray  # (T, M) natural log
    sigma: FloatArray  # (T, M) of each minute's return
    reach: FloatArray  # (T, 2, M) squared: how far extremes lie beyond open and close
    is_high_first: np.ndarray  # (T, M) bool
    basis: FloatArray  # (T, I) of last prices
    mark_basis: FloatArray  # (T, I)


def first_weather(rng: np.random.Generator, universe: Universe) -> Weather:
    """Usual weather."""
    basis = BASIS_SD * rng.standard_normal(universe.instruments)
    return Weather(1, 0.0, np.zeros(universe.markets), basis)


def anchor(universe: Universe) -> FloatArray:
    """Log prices (M,) to which coins are pulled back."""
    return np.log([coin.price for coin in universe.coins])


def draw_hour(
    rng: np.random.Generator,
    weather: Weather,
    price: FloatArray,
    minute_of_day: int,
    universe: Universe,
) -> tuple[Hour, Weather]:
    """The next hour given the log prices (M,) at its start, and the weather after it."""
    markets, instruments = universe.markets, universe.instruments
    beta = np.array([coin.beta for coin in universe.coins])
    own_sigma = np.array([coin.own_sigma for coin in universe.coins])
    regime = int(rng.choice(len(REGIME_SIGMA), p=REGIME_CHANGE[weather.regime]))
    innovation = np.sqrt(1 - LOG_VOL_MEMORY**2) * LOG_VOL_SD
    log_vol = LOG_VOL_MEMORY * weather.log_vol + innovation * rng.standard_normal()
    trend = TREND_MEMORY * weather.trend + TREND_SIGMA * rng.standard_normal(markets)

    level = REGIME_SIGMA[regime] * np.exp(log_vol - LOG_VOL_SD**2 / 2)
    flicker = np.exp(0.25 * rng.standard_normal((MINUTES, 1)))
    level = level * flicker * _time_of_day(minute_of_day)[:, None]
    factor = level * FACTOR_SIGMA * _fat_tailed(rng, (MINUTES, 1))
    own = level * own_sigma * _fat_tailed(rng, (MINUTES, markets))
    drift = trend + PULL_PER_MIN * (anchor(universe) - price)
    returns = beta * (factor + _jumps(rng, 1)) + own + _jumps(rng, markets) / 3 + drift

    sigma = level * np.hypot(beta * FACTOR_SIGMA, own_sigma)
    exponential = rng.standard_exponential((MINUTES, 2, markets))
    noise = BASIS_SD * np.sqrt(1 - BASIS_MEMORY**2) * rng.standard_normal((MINUTES, instruments))
    basis = _BASIS_FADING[:, None] * weather.basis + _BASIS_KERNEL @ noise
    hour = Hour(
        returns=returns,
        sigma=sigma,
        reach=2 * sigma[:, None] ** 2 * exponential,
        is_high_first=rng.random((MINUTES, markets)) < 0.5,
        basis=basis,
        mark_basis=MARK_FOLLOWS * basis,
    )
    return hour, Weather(regime, log_vol, trend, basis[-1])


def _time_of_day(minute_of_day: int) -> FloatArray:
    hours = (minute_of_day + np.arange(MINUTES)) / 60
    return 1 + 0.3 * np.cos(2 * np.pi * (hours - 15) / 24)  # busiest when New York opens


def _fat_tailed(rng: np.random.Generator, shape: tuple[int, int]) -> FloatArray:
    return rng.standard_t(TAIL_DEGREES, shape) / np.sqrt(TAIL_DEGREES / (TAIL_DEGREES - 2))


def _jumps(rng: np.random.Generator, columns: int) -> FloatArray:
    shape = (MINUTES, columns)
    happens = rng.random(shape) < JUMPS_PER_MIN
    return happens * JUMP_SIGMA * rng.standard_normal(shape)
