"""Parameters worked out for the venues of one market: plain arrays the walk multiplies with."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from apps.engine.leverage import closing_rates, opening_weights, standing_weights
from apps.engine.margin import liquidation_price
from apps.engine.parameters import Parameters, VenueTerms
from apps.engine.records import GRID_STEP, FloatArray, IntArray, Side

KERNEL_CUT = 2.0  # deviations
KERNEL_SHARE = 0.25  # of the distance to the liquidation price, at most
FARTHEST_BINS = 100_000.0  # stands for "never": beyond any grid


@dataclass(frozen=True, slots=True)
class Terms:
    """Tables of V venues and L leverages; model note §1–3.

    A position entered in bin e of venue v dies around bins ``e + shift[v, side, l] + j`` with
    weights ``taps[v, side·L + l, j]``, which sum to 1.
    """

    standing: FloatArray  # (V, L) shares of a standing book
    opening: FloatArray  # (V, L) shares of what is opened
    rates: FloatArray  # (L,) relative hazard of a voluntary close
    offset: FloatArray  # (V, 2, L) bins from entry to liquidation price
    shift: IntArray  # (V, 2, L)
    taps: FloatArray  # (V, 2·L, J)
    liquidatable: FloatArray  # (2,) share of open interest that is not hedged
    tilt: FloatArray  # (2, L) by which a lean moves the log of what is opened
    at_close: float  # share of entries that lie at a bar's close
    nearest: IntArray  # (V, 2) first mirrored bin, from the entry bin, that an opening cannot reach


@lru_cache(maxsize=64)
def work_out(venues: tuple[str, ...], parameters: Parameters) -> Terms:
    """Terms of these venues, in this order. Raises ``ValueError`` for impossible settings."""
    leverages = np.asarray(parameters.leverages, dtype=np.float64)
    rates = closing_rates(leverages, parameters.half_life_exponent)
    terms = [parameters.terms_of(venue) for venue in venues]
    standing = np.stack([_standing(leverages, term, parameters) for term in terms])
    offset = np.stack([_offsets(leverages, term, parameters) for term in terms])
    kernels = _kernels(np.minimum(parameters.kernel_bins, KERNEL_SHARE * np.abs(offset)))
    radius = kernels.shape[-1] // 2
    whole = np.floor(offset)
    taps = _taps(offset - whole, kernels)
    shift = (whole - radius).astype(np.int64)
    used = standing[:, None, :] > 0
    ahead = np.array([(taps > 0).cumsum(axis=-1).argmax(axis=-1) + 1, -(taps > 0).argmax(axis=-1)])
    reach = np.stack([shift[:, 0] + ahead[0][:, 0], 1 - shift[:, 1] + ahead[1][:, 1]], axis=1)
    nearest = np.where(used, reach, -int(FARTHEST_BINS)).max(axis=-1)
    return Terms(
        standing=standing,
        opening=opening_weights(standing, rates),
        rates=rates,
        offset=offset,
        shift=shift,
        taps=taps.reshape(len(venues), -1, taps.shape[-1]),
        tilt=parameters.lean * np.log(leverages / 10.0) * np.array([[-1.0], [1.0]]),
        liquidatable=1.0 - np.array([parameters.hedged_long, parameters.hedged_short]),
        at_close=parameters.at_close,
        nearest=nearest,
    )


def _standing(leverages: FloatArray, term: VenueTerms, parameters: Parameters) -> FloatArray:
    if term.standing is not None:
        shares = np.asarray(term.standing, dtype=np.float64)
        if shares.shape != leverages.shape or np.any(shares < 0) or shares.sum() <= 0:
            raise ValueError("standing shares must be one non-negative number per leverage")
        return shares / shares.sum()
    mean = term.mean_leverage * parameters.mean_leverage_factor
    return standing_weights(leverages, mean, term.max_leverage)


def _offsets(leverages: FloatArray, term: VenueTerms, parameters: Parameters) -> FloatArray:
    """Bins from entry to liquidation price, shape ``(2, L)``: below 0 for longs, above for shorts.

    Leverages the venue does not offer carry no weight; theirs is kept at one bin or more.
    """
    limits, rates = np.array(term.maintenance).T
    tier = np.minimum(np.searchsorted(limits, leverages, side="left"), len(rates) - 1)
    prices = [
        liquidation_price(
            1.0, leverages, rates[tier], side,
            fee_rate=term.fee_rate, kind=term.kind, formula=parameters.formula,
        )
        for side in Side
    ]  # fmt: skip
    with np.errstate(divide="ignore"):
        bins = np.log(np.stack(prices)) / GRID_STEP
    long, short = np.clip(bins, -FARTHEST_BINS, FARTHEST_BINS)
    return np.stack([np.minimum(long, -1.0), np.maximum(short, 1.0)])


def _kernels(deviation: FloatArray) -> FloatArray:
    """Symmetric weights (…, odd) over whole bins, by standard deviations (…); each sums to 1.

    A bell curve cut off at ``KERNEL_CUT`` deviations.
    """
    radius = int(KERNEL_CUT * deviation.max())
    bins = np.arange(-radius, radius + 1)
    wide = np.maximum(deviation, 1e-9)[..., None]
    weights = np.exp(-0.5 * (bins / wide) ** 2) * (np.abs(bins) <= KERNEL_CUT * wide)
    return weights / weights.sum(axis=-1, keepdims=True)


def _taps(fraction: FloatArray, kernels: FloatArray) -> FloatArray:
    """The kernels centred a fraction of a bin further on, split linearly; the mean is exact."""
    taps = np.zeros((*fraction.shape, kernels.shape[-1] + 1))
    taps[..., :-1] += (1 - fraction[..., None]) * kernels
    taps[..., 1:] += fraction[..., None] * kernels
    return taps
