"""Heat as tones: for small still pictures, each on a logarithmic scale of its own.

A page holds a picture as text, a digit of base 32 per cell, and ``static/js/pages/tones.js`` gives
each its colour.
"""

import numpy as np
from numpy.typing import NDArray

from apps.engine.records import FloatArray

FAINT_PERCENTILE = 34  # of the cells with heat; less is not drawn
GAMMA = 1.4
BRIGHTEST = 31
_DIGITS = np.frombuffer(b"0123456789abcdefghijklmnopqrstuv", np.uint8)

type ToneArray = NDArray[np.uint8]


def tones_of(usd: FloatArray) -> ToneArray:
    """Tones of cells, of any shape; 0 where nothing stands, ``BRIGHTEST`` where most does."""
    told = usd[usd > 0]
    if not len(told):
        return np.zeros(usd.shape, np.uint8)
    low, high = np.percentile(told, FAINT_PERCENTILE), told.max()
    if high <= low:
        return np.where(usd > 0, BRIGHTEST, 0).astype(np.uint8)
    share = np.log(np.maximum(usd, low) / low) / np.log(high / low)
    return np.rint(np.where(usd > 0, share**GAMMA, 0.0) * BRIGHTEST).astype(np.uint8)


def digits_of(tones: ToneArray) -> str:
    """A digit for each cell, row by row."""
    return _DIGITS[tones].tobytes().decode()
