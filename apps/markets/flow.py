"""Who was buying, and what it cost to hold: takers, funding and open interest of a market.

All venues together, in equal intervals. A minute that no venue tells takers of adds nothing to
the cumulated delta; the interval itself then holds NaN.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import FloatArray, IntArray
from apps.markets.bars import load_columns
from apps.markets.models import HOUR_MS, Market

FUNDING_PER_MS = 8 * HOUR_MS  # rates are given for eight hours, whatever a venue's own interval
FIELDS = ("close", "taker_delta", "open_interest", "funding_rate")
LOOK_BACK_MS = HOUR_MS  # how old a venue's open interest or funding may be to count


@dataclass(frozen=True, eq=False)
class Flow:
    """Intervals (T,) that end at ``end_ms``, rising and equally far apart.

    ``taker_delta_usd`` is what takers bought minus what they sold, NaN where no venue said;
    ``cvd_usd`` its running sum from the first interval; ``funding_rate`` a fraction per eight
    hours, the mean of the venues by open interest; ``open_interest_usd`` one side. The last two
    are readings at the end of the interval, NaN where no venue told one in the hour before.
    """

    end_ms: IntArray
    taker_delta_usd: FloatArray
    cvd_usd: FloatArray
    funding_rate: FloatArray
    open_interest_usd: FloatArray


def load_flow(market: Market, from_ms: int, to_ms: int, cadence_ms: int) -> Flow:
    """The flow of every interval that ends in ``(from_ms, to_ms]`` at a multiple of the cadence."""
    first, last = from_ms // cadence_ms + 1, to_ms // cadence_ms
    end_ms = np.arange(first, last + 1, dtype=np.int64) * cadence_ms
    if not len(end_ms):
        nothing = np.zeros(0)
        return Flow(end_ms, nothing, nothing, nothing, nothing)
    begins_ms = int(end_ms[0]) - cadence_ms
    since_ms = begins_ms - LOOK_BACK_MS
    at_ms, columns = load_columns(market, FIELDS, since_ms=since_ms, until_ms=int(end_ms[-1]))
    close, taker_delta, open_interest, funding_rate = columns
    delta_usd = _deltas(at_ms, taker_delta * close, end_ms, cadence_ms)
    price = _readings(at_ms, close, end_ms)
    interest_usd = _readings(at_ms, open_interest, end_ms) * price
    per_eight_hours = FUNDING_PER_MS / _funding_intervals_ms(market)
    rate = _readings(at_ms, funding_rate, end_ms) * per_eight_hours[:, None]
    return Flow(
        end_ms=end_ms,
        taker_delta_usd=delta_usd,
        cvd_usd=np.nancumsum(delta_usd),
        funding_rate=_mean(rate, interest_usd),
        open_interest_usd=_sum(interest_usd),
    )


def _deltas(at_ms: IntArray, by_venue: FloatArray, end_ms: IntArray, cadence_ms: int) -> FloatArray:
    """(T,) USD; a bar longer than the cadence counts where it ends."""
    usd = _sum(by_venue)
    place = -(-(at_ms - end_ms[0]) // cadence_ms)
    is_told = np.isfinite(usd) & (place >= 0)
    total = np.bincount(place[is_told], usd[is_told], len(end_ms))
    heard = np.bincount(place[is_told], minlength=len(end_ms))
    return np.where(heard > 0, total, np.nan)


def _readings(at_ms: IntArray, told: FloatArray, end_ms: IntArray) -> FloatArray:
    """(V, T) each venue's last reading before every end, none older than ``LOOK_BACK_MS``."""
    if not len(at_ms):
        return np.full((len(told), len(end_ms)), np.nan)
    numbers = np.arange(len(at_ms))
    last_told = np.maximum.accumulate(np.where(np.isfinite(told), numbers, -1), axis=1)
    before = np.searchsorted(at_ms, end_ms, side="right") - 1
    chosen = np.where(before >= 0, last_told[:, np.maximum(before, 0)], -1)
    values = np.take_along_axis(told, np.maximum(chosen, 0), axis=1)
    is_fresh = (chosen >= 0) & (at_ms[np.maximum(chosen, 0)] > end_ms - LOOK_BACK_MS)
    return np.where(is_fresh, values, np.nan)


def _sum(by_venue: FloatArray) -> FloatArray:
    """(V, T) as (T,): NaN only where every venue is."""
    is_told = np.isfinite(by_venue).any(axis=0)
    return np.where(is_told, np.nansum(by_venue, axis=0), np.nan)


def _mean(rates: FloatArray, weights: FloatArray) -> FloatArray:
    """(T,) of the venues that tell both."""
    weight = np.where(np.isfinite(rates), weights, np.nan)
    total, whole = np.nansum(rates * weight, axis=0), np.nansum(weight, axis=0)
    return np.divide(total, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _funding_intervals_ms(market: Market) -> FloatArray:
    """(V,) of each venue's first instrument, as in ``load_columns``."""
    told = dict(market.instruments.order_by("-slug").values_list("venue", "funding_interval_ms"))
    return np.array([told[venue] for venue in market.venues()], dtype=np.float64)
