"""Dollars ⇄ one byte, on a logarithmic scale that stays fixed while a picture lives.

Code 0 is nothing. Code q in 1 … 255 stands for ``low x (high / low) ** ((q - 1) / 254)``; with a
high of ten thousand times the low one step is 3.7 %, finer than the 256 colours it is shown in.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.engine.records import FloatArray, Picture

CodeArray = NDArray[np.uint8]

STEPS = 254  # between codes 1 and 255
DYNAMIC_RANGE = 1e4  # high over low
HEADROOM = 1.25  # the least a new scale leaves above the brightest cell


@dataclass(frozen=True, slots=True)
class FrameScale:
    """The dollars of code 1 and of code 255."""

    low_usd: float
    high_usd: float

    @property
    def log_step(self) -> float:
        """Natural log between neighbouring codes."""
        return float(np.log(self.high_usd) - np.log(self.low_usd)) / STEPS


def scale_for(picture: Picture) -> FrameScale:
    """A scale with headroom: a power of two above the brightest cell, and a ten-thousandth."""
    peak = max(picture.long_usd.max(), picture.short_usd.max())
    high = 2.0 ** np.ceil(np.log2(peak * HEADROOM)) if peak > 0 else DYNAMIC_RANGE
    return FrameScale(float(high) / DYNAMIC_RANGE, float(high))


def quantise(usd: FloatArray, scale: FrameScale) -> CodeArray:
    """The codes nearest in logarithm to dollars, any shape.

    Down to half a step below low the code is 1, below that 0; above high it is 255. Costs 0.4 ms
    for 260,000 cells.
    """
    with np.errstate(divide="ignore"):
        steps = np.log(usd.astype(np.float32))
    steps -= np.float32(np.log(scale.low_usd) - scale.log_step)
    steps *= np.float32(1 / scale.log_step)
    return np.clip(np.rint(steps, out=steps), 0, 255, out=steps).astype(np.uint8)


def dequantise(codes: CodeArray, scale: FrameScale) -> FloatArray:
    """The dollars codes stand for, any shape."""
    dollars = np.exp(np.log(scale.low_usd) + (np.arange(256) - 1) * scale.log_step)
    dollars[0] = 0.0
    return dollars[codes]
