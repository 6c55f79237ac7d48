"""Bars laid out as steps: what price did, in the order the walk lives through it.

A bar is one step: what stood before it dies where its extreme reached, and entries fill its range.
Entries may have come after the extreme, so of what was opened only what lies beyond the bar's last
price cannot stand. The first bar with open interest is a cold step: the whole standing book is
entered around the close.

Levels are *mirrored bins*, so that one comparison serves both sides: bin b for longs, −1−b for
shorts. Whatever stands has a mirrored bin up to the price's; what lies beyond a level dies, and of
the level's own bin the part that price passed, for positions fill a bin evenly.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from apps.engine.flow import estimated_taker_delta, estimated_volume, gross_flow, outlasted
from apps.engine.lean import Habit, lean_of
from apps.engine.parameters import Parameters
from apps.engine.records import GRID_STEP, Bars, BoolArray, FloatArray, IntArray
from apps.engine.terms import Terms

UNREACHED = 1 << 30  # a level no price reaches
LEAST_SPARED = 1e-9  # so that logs of shares are numbers


@dataclass(frozen=True, slots=True)
class Steps:
    """T bars of V venues, a step each; levels are mirrored bins, entries are log prices in bins."""

    acts: BoolArray  # (T, V) the venue opens and closes positions in this step
    cold: BoolArray  # (T, V) the venue's first open interest
    lean: FloatArray  # (T, V) of the bar's close, in deviations; see ``lean``
    entry: FloatArray  # (T, V, 2) lowest and highest entry, at least one bin apart
    sweep: IntArray  # (T, V, 2) level beyond which the step kills
    spared: FloatArray  # (T, V, 2) share of that level's own bin that price did not pass
    bound: IntArray  # (T, V, 2) what is opened at or beyond this does not outlive the step
    closing: FloatArray  # (T, V, 2) base closed, liquidatable part
    target: FloatArray  # (T, V, 2) base standing after the step
    price: FloatArray  # (T, V) last close in bins, NaN before the first

    def __len__(self) -> int:
        return len(self.price)


class Before(Protocol):
    """What was known before the first bar, each (V,) and NaN if nothing was."""

    close: FloatArray  # USD
    open_interest: FloatArray  # base
    acted_ms: FloatArray  # of the last step in which the venue acted
    end_ms: int
    habit: Habit


@dataclass(frozen=True, slots=True)
class _Flow:
    acts: BoolArray  # (T, V)
    cold: BoolArray
    closing: FloatArray  # (T, V, 2)
    target: FloatArray  # (T, V, 2)


@dataclass(frozen=True, slots=True)
class _Range:
    low: FloatArray  # (T, V)
    high: FloatArray
    close: FloatArray


def lay_out(
    bars: Bars, before: Before, terms: Terms, parameters: Parameters
) -> tuple[Steps, Habit]:
    """Steps of checked bars, and the habit of price after them."""
    flow = _flow(bars, before, terms, parameters)
    last, trigger, resting = _ranges(bars, before.close)
    lean, habit = lean_of(
        resting, np.log(before.close) / GRID_STEP, bars.end_ms, before.end_ms, before.habit
    )
    acting = flow.acts[..., None]
    steps = Steps(
        lean=lean,
        acts=flow.acts,
        cold=flow.cold,
        entry=_entries(last, flow, resting, parameters),
        sweep=np.where(acting, mirrored(trigger.low, trigger.high), UNREACHED),
        spared=_spared(trigger),
        bound=np.where(acting, mirrored(trigger.close, trigger.close), UNREACHED),
        closing=flow.closing,
        target=flow.target,
        price=resting,
    )
    return steps, habit


def mirrored(low: FloatArray, high: FloatArray) -> IntArray:
    """Levels (…, 2) reached by prices from ``low`` to ``high``, in bins."""
    return np.stack([np.floor(low), -1.0 - np.floor(high)], axis=-1).astype(np.int64)


def _spared(trigger: _Range) -> FloatArray:
    """Share of each extreme's bin that lies on the near side of it, never quite nothing."""
    low, high = trigger.low - np.floor(trigger.low), trigger.high - np.floor(trigger.high)
    return np.maximum(np.stack([low, 1.0 - high], axis=-1), LEAST_SPARED)


def _flow(bars: Bars, before: Before, terms: Terms, parameters: Parameters) -> _Flow:
    live = np.isfinite(bars.close.T)
    reported = np.where(live, bars.open_interest.T, np.nan)
    known = carried(np.concatenate([before.open_interest[None], reported]))
    was, after = known[:-1], known[1:]
    acts = live & np.isfinite(after)
    cold = acts & ~np.isfinite(was)
    warm = acts & ~cold
    change = np.where(warm, after - was, 0.0)
    log_range = np.where(warm, np.log(bars.high / bars.low).T, 0.0)
    log_return = np.where(warm, np.log(bars.close / bars.open).T, 0.0)
    taker, volume = bars.taker_delta.T, bars.volume.T
    guess = estimated_volume(taker, change, log_range, np.where(warm, after, 0.0))
    volume = np.where(warm, np.where(np.isnan(volume), guess, volume), 0.0)
    aimed = estimated_taker_delta(volume, log_return, log_range)
    taker = np.where(np.isnan(taker), aimed, taker)
    _, closing = gross_flow(
        volume, taker, change, turnover=parameters.turnover, taker_pull=parameters.taker_pull
    )
    span_ms = np.where(warm, bars.end_ms[:, None] - acted(acts, bars, before.acted_ms)[:-1], 0.0)
    idle = outlasted(span_ms, parameters.idle_half_life_h) * np.where(warm, was, 0.0)
    keep = terms.liquidatable
    return _Flow(
        acts=acts,
        cold=cold,
        closing=(closing + idle[..., None]) * keep,
        target=np.nan_to_num(after)[..., None] * keep,
    )


def acted(acts: BoolArray, bars: Bars, before_ms: FloatArray) -> FloatArray:
    """When each venue last acted, (T + 1, V): before the first bar, and after each."""
    instants = np.where(acts, bars.end_ms[:, None], np.nan)
    return carried(np.concatenate([before_ms[None], instants]))


def carried(values: FloatArray) -> FloatArray:
    """The last finite value so far, down the first axis; NaN before the first."""
    rows = np.where(np.isfinite(values), np.arange(len(values))[:, None], 0)
    return np.take_along_axis(values, np.maximum.accumulate(rows, axis=0), axis=0)


def _ranges(bars: Bars, close: FloatArray) -> tuple[_Range, _Range, FloatArray]:
    """Ranges of the last and of the trigger price, and the resting price, in bins.

    The trigger price is the mark, or the last price where there is none. The resting price, the
    last close known or NaN, stands in where a bar is missing.
    """
    low, high, closed, mark_low, mark_high = (
        np.log(values.T) / GRID_STEP
        for values in (bars.low, bars.high, bars.close, bars.mark_low, bars.mark_high)
    )
    marked = np.isfinite(mark_low)
    trigger_low, trigger_high = np.where(marked, mark_low, low), np.where(marked, mark_high, high)
    resting = carried(np.concatenate([np.log(close)[None] / GRID_STEP, closed]))[1:]
    missing, rest = ~np.isfinite(closed), np.nan_to_num(resting)

    def filled(values: FloatArray) -> FloatArray:
        return np.where(missing, rest, values)

    last = _Range(filled(low), filled(high), filled(closed))
    settled = np.clip(closed, trigger_low, trigger_high)
    return last, _Range(filled(trigger_low), filled(trigger_high), filled(settled)), resting


def _entries(last: _Range, flow: _Flow, resting: FloatArray, parameters: Parameters) -> FloatArray:
    cold_bins = parameters.cold_log_range / GRID_STEP
    low = np.where(flow.cold, resting - cold_bins, last.low)
    high = np.where(flow.cold, resting + cold_bins, last.high)
    return _at_least_one_bin(low, high)


def _at_least_one_bin(low: FloatArray, high: FloatArray) -> FloatArray:
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 0.5)
    return np.stack([middle - half, middle + half], axis=-1)
