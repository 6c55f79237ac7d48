"""How many dollars of each leverage the price reached: what a fit of leverage weighs (§10).

The walk adds up over leverages what it sweeps, so this is worked out from what each leverage held::

    held  ──sweep──▶  held − swept  ──close──▶  · gain · exp(−θ · rate)  ──open──▶  + outlived

All but ``swept`` is known at the end of a bar: the tape has θ, gain and what was opened.
"""

import numpy as np

from apps.engine.book import Walk, rebuild_read
from apps.engine.opening import openings_of
from apps.engine.parameters import Parameters
from apps.engine.path import Steps
from apps.engine.records import Bars, FloatArray
from apps.engine.standing import Standing
from apps.engine.tape import between
from apps.engine.walk import Reader

BLOCK_BARS = 1024
ROUNDING = 1e-10  # of what a leverage held: less did not die, it is what the sums left over


def swept_by_leverage(bars: Bars, parameters: Parameters) -> tuple[Walk, FloatArray]:
    """The walk over bars, and US dollars that stood before each bar and died in it, (T, V, 2, L).

    Its sum over leverages is the walk's ``reached_usd``. A month of minutes of one venue takes
    some two seconds. Raises ``BadBars``.
    """
    held: list[FloatArray] = []

    def reader_of(block: Bars, steps: Steps) -> Reader:
        def read(bar: int, standing: Standing) -> None:
            held.append(standing.held.copy())

        return read

    walk = rebuild_read(bars, parameters, reader_of)
    after = np.array(held)
    before = np.concatenate([np.zeros_like(after[:1]), after[:-1]])
    return walk, _swept(walk, before, after)


def _swept(walk: Walk, before: FloatArray, after: FloatArray) -> FloatArray:
    tape, rates = walk.tape, walk.terms.rates
    swept = np.empty_like(after)
    for first in range(0, len(tape), BLOCK_BARS):
        part = between(tape, first, first + BLOCK_BARS)
        block = slice(first, first + BLOCK_BARS)
        lasting = openings_of(part, walk.terms).lasting
        lasts = lasting.sum(axis=-1, keepdims=True)
        share = np.divide(lasting, lasts, out=np.zeros_like(lasting), where=lasts > 0)
        kept = part.gain[..., None] * np.exp(-part.theta[..., None] * rates)
        survived = after[block] - part.stood[..., None] * share
        survivors = np.divide(survived, kept, out=np.zeros_like(kept), where=kept > 0)
        died = before[block] - survivors
        swept[block] = np.where(died > ROUNDING * before[block], died, 0.0)
    total = swept.sum(axis=-1, keepdims=True)
    known = walk.reached_usd[..., None]
    return swept * np.divide(known, total, out=np.zeros_like(total), where=total > 0)
