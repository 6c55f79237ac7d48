"""How much of the open interest stands at which leverage (model note §2).

The standing book is a bell curve in ln L made of two log-normals, a patient one around 3× and a
directional one, with spikes at the round numbers that sliders and menus offer::

    share(L) ∝ [0.40·LN(3, 0.60) + 0.60·LN(median, 0.85)] · spike(L)

each log-normal weighed by the width of L's cell in ln L and summing to 1 over the leverages a
venue offers. ``median`` is solved so that the mean is the venue's average leverage. High leverage
is closed sooner, so what is *opened* is weighted more to it than what *stands*.
"""

import numpy as np

from apps.engine.records import BoolArray, FloatArray, IntArray

LEVERAGES = (2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 25.0, 33.0, 50.0, 75.0, 100.0, 125.0)
SPIKES = {2.0: 1.2, 3.0: 1.5, 5.0: 1.8, 10.0: 2.2, 20.0: 2.2, 25.0: 1.5, 50.0: 1.6, 100.0: 1.6,
          125.0: 1.1}  # fmt: skip
PLAIN_SPIKE = 0.7
BRACKET_EDGES = (5.0, 10.0, 25.0, 50.0)  # ≤5, 5–10, 10–25, 25–50, >50
BRACKETS = len(BRACKET_EDGES) + 1

_PATIENT = (0.40, 3.0, 0.60)  # share, median, sigma of ln L
_DIRECTIONAL = (0.60, 0.85)  # share, sigma; the median is solved
_BISECTIONS = 60


def bracket_of(leverages: FloatArray) -> IntArray:
    """Leverage bracket index of each leverage: bracket i holds lo < L ≤ hi."""
    return np.searchsorted(BRACKET_EDGES, leverages, side="left")


def standing_weights(leverages: FloatArray, mean: float, maximum: float) -> FloatArray:
    """Shares of a standing book by leverage, shape ``(L,)``, summing to 1; 0 above ``maximum``.

    The mean is met as far as the leverages up to ``maximum`` allow, otherwise the nearest
    reachable one is used. Model note §2.2.
    """
    allowed = leverages <= maximum
    if not np.any(allowed):
        raise ValueError(f"no leverage of the grid is allowed at a maximum of {maximum:g}x")
    low, high = np.log(0.01), np.log(10_000.0)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _shares(leverages, allowed, np.exp(middle)) @ leverages < mean:
            low = middle
        else:
            high = middle
    return _shares(leverages, allowed, np.exp((low + high) / 2))


def closing_rates(leverages: FloatArray, exponent: float) -> FloatArray:
    """Relative hazard of a voluntary close, 1 at 10×: the half-life falls as L^−exponent (§3.1)."""
    return (leverages / 10.0) ** exponent


def opening_weights(standing: FloatArray, rates: FloatArray) -> FloatArray:
    """Shares of what is opened that keep ``standing`` in balance, last axis summing to 1 (§2.3)."""
    weights = standing * rates
    return weights / weights.sum(axis=-1, keepdims=True)


def _shares(leverages: FloatArray, allowed: BoolArray, median: float) -> FloatArray:
    patient_share, patient_median, patient_sigma = _PATIENT
    share, sigma = _DIRECTIONAL
    cells = np.where(allowed, _cell_widths(leverages), 0.0)
    bell = patient_share * _log_normal(leverages, cells, patient_median, patient_sigma)
    bell += share * _log_normal(leverages, cells, median, sigma)
    spikes = np.array([SPIKES.get(float(leverage), PLAIN_SPIKE) for leverage in leverages])
    return bell * spikes / (bell * spikes).sum()


def _log_normal(
    leverages: FloatArray, cells: FloatArray, median: float, sigma: float
) -> FloatArray:
    """Shares of a log-normal by cell, summing to 1; its tail counts where cells end."""
    exponent = -0.5 * (np.log(leverages / median) / sigma) ** 2
    weights = cells * np.exp(exponent - exponent[cells > 0].max())
    return weights / weights.sum()


def _cell_widths(leverages: FloatArray) -> FloatArray:
    return np.gradient(np.log(leverages)) if len(leverages) > 1 else np.ones(1)
