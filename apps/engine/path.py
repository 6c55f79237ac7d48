"""Bars laid out as steps: what price did, in the order the walk lives through it.

Most bars are one step: entries fill the range, and where the range could kill what was opened in
it, only what the bar's extreme spares lasts. A wide bar is walked in three legs along the
likeliest path, each with its share of the flow by length::

    close ≥ open:  open → low → high → close          close < open:  open → high → low → close

The first bar with open interest is one cold step: the whole standing book is entered around the
close. Venues are independent: where one has three legs and another one step, the latter rests
during the first two.

Levels are *mirrored bins*, so that one comparison serves both sides: bin b for longs, −1−b for
shorts. Whatever stands has a mirrored bin below the price's, and dies at ``m ≥ level``.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.flow import estimated_taker_delta, estimated_volume, gross_flow
from apps.engine.parameters import Parameters
from apps.engine.records import GRID_STEP, Bars, BoolArray, FloatArray, IntArray
from apps.engine.terms import Terms

UNREACHED = 1 << 30  # a level no price reaches
_LEGS = 3


@dataclass(frozen=True, slots=True)
class Steps:
    """S steps of V venues; levels are mirrored bins, entries are log prices in bins."""

    bar: IntArray  # (S,) which bar a step belongs to
    closes_bar: BoolArray  # (S,) the last step of its bar
    acts: BoolArray  # (S, V) the venue opens and closes positions in this step
    cold: BoolArray  # (S, V) the venue's first open interest
    entry: FloatArray  # (S, V, 2) lowest and highest entry, at least one bin apart
    sweep: IntArray  # (S, V, 2) what the step kills
    reach: IntArray  # (S, V, 2) at the first of three legs: what the whole bar will kill
    in_leg: BoolArray  # (S, V) the step is a leg of a wide bar
    bound: IntArray  # (S, V, 2) what is opened at or beyond this does not outlive the step
    closing: FloatArray  # (S, V, 2) base closed, liquidatable part
    target: FloatArray  # (S, V, 2) base standing after the step
    price: FloatArray  # (T, V) last close in bins, of each bar; NaN before the first

    def __len__(self) -> int:
        return len(self.bar)


@dataclass(frozen=True, slots=True)
class _Flow:
    acts: BoolArray  # (T, V)
    cold: BoolArray
    closing: FloatArray  # (T, V, 2)
    before: FloatArray  # (T, V, 2) target before the bar
    target: FloatArray  # (T, V, 2)


def lay_out(
    bars: Bars, close: FloatArray, open_interest: FloatArray, terms: Terms, parameters: Parameters
) -> Steps:
    """Steps of checked bars, given each venue's last close and open interest (V,), NaN if none."""
    flow = _flow(bars, open_interest, terms, parameters)
    nodes, trigger, resting = _nodes(bars, close)
    low, high = _extremes(nodes)
    trigger_low, trigger_high = _extremes(trigger)
    span = np.maximum(high, trigger_high) - np.minimum(low, trigger_low)
    warm = flow.acts & ~flow.cold
    wide = warm & (span > parameters.leg_log_range / GRID_STEP)
    deadly = warm & (span > terms.narrow)
    sweep = np.where(flow.acts[..., None], mirrored(trigger_low, trigger_high), UNREACHED)
    settled = mirrored(trigger[..., -1], trigger[..., -1])
    bound = np.where(flow.cold[..., None], settled, UNREACHED)
    steps = Steps(
        bar=np.arange(len(bars)),
        closes_bar=np.ones(len(bars), dtype=bool),
        acts=flow.acts,
        cold=flow.cold,
        entry=_entries(nodes, flow, resting, parameters),
        sweep=sweep,
        reach=np.full(sweep.shape, UNREACHED),
        bound=np.where(deadly[..., None], sweep, bound),
        in_leg=wide,
        closing=flow.closing,
        target=flow.target,
        price=resting,
    )
    if not np.any(wide):
        return steps
    return _in_legs(steps, wide, nodes, trigger, flow.before)


def mirrored(low: FloatArray, high: FloatArray) -> IntArray:
    """Levels (…, 2) reached by prices from ``low`` to ``high``, in bins."""
    return np.stack([np.floor(low), -1.0 - np.floor(high)], axis=-1).astype(np.int64)


def _flow(bars: Bars, open_interest: FloatArray, terms: Terms, parameters: Parameters) -> _Flow:
    live = np.isfinite(bars.close.T)
    reported = np.where(live, bars.open_interest.T, np.nan)
    known = carried(np.concatenate([open_interest[None], reported]))
    before, after = known[:-1], known[1:]
    acts = live & np.isfinite(after)
    cold = acts & ~np.isfinite(before)
    warm = acts & ~cold
    change = np.where(warm, after - before, 0.0)
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
    keep = terms.liquidatable
    return _Flow(
        acts=acts,
        cold=cold,
        closing=closing * keep,
        before=np.nan_to_num(before)[..., None] * keep,
        target=np.nan_to_num(after)[..., None] * keep,
    )


def carried(values: FloatArray) -> FloatArray:
    """The last finite value so far, down the first axis; NaN before the first."""
    rows = np.where(np.isfinite(values), np.arange(len(values))[:, None], 0)
    return np.take_along_axis(values, np.maximum.accumulate(rows, axis=0), axis=0)


def _nodes(bars: Bars, close: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Corners (T, V, 4) of the path in bins of last and of trigger price; a resting price (T, V).

    The trigger price is the mark; its first and last corners are taken from the last price,
    kept within the mark's range. The resting price, the last close known or NaN, stands in where
    a bar is missing.
    """
    opened, high, low, closed = (
        np.log(values.T) / GRID_STEP for values in (bars.open, bars.high, bars.low, bars.close)
    )
    marked = np.isfinite(bars.mark_low.T)
    mark_low = np.where(marked, np.log(bars.mark_low.T) / GRID_STEP, low)
    mark_high = np.where(marked, np.log(bars.mark_high.T) / GRID_STEP, high)
    rising = closed >= opened
    nodes = np.stack(
        [opened, np.where(rising, low, high), np.where(rising, high, low), closed], axis=-1
    )
    trigger = np.stack(
        [
            np.clip(opened, mark_low, mark_high),
            np.where(rising, mark_low, mark_high),
            np.where(rising, mark_high, mark_low),
            np.clip(closed, mark_low, mark_high),
        ],
        axis=-1,
    )
    resting = carried(np.concatenate([np.log(close)[None] / GRID_STEP, closed]))[1:]
    missing = ~np.isfinite(closed)[..., None]
    fill = np.nan_to_num(resting)[..., None]
    return np.where(missing, fill, nodes), np.where(missing, fill, trigger), resting


def _extremes(nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
    return nodes.min(axis=-1), nodes.max(axis=-1)


def _entries(
    nodes: FloatArray, flow: _Flow, resting: FloatArray, parameters: Parameters
) -> FloatArray:
    low, high = _extremes(nodes)
    cold_bins = parameters.cold_log_range / GRID_STEP
    low = np.where(flow.cold, resting - cold_bins, low)
    high = np.where(flow.cold, resting + cold_bins, high)
    return _at_least_one_bin(low, high)


def _at_least_one_bin(low: FloatArray, high: FloatArray) -> FloatArray:
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 0.5)
    return np.stack([middle - half, middle + half], axis=-1)


def _in_legs(
    steps: Steps, wide: BoolArray, nodes: FloatArray, trigger: FloatArray, before: FloatArray
) -> Steps:
    """The same steps with wide bars walked in three legs and the other venues resting twice."""
    count = np.where(wide.any(axis=1), _LEGS, 1)
    bar = np.repeat(steps.bar, count)
    first = np.repeat(np.cumsum(count) - count, count)
    leg = np.arange(len(bar)) - first
    closes_bar = leg == count[bar] - 1
    in_leg = wide[bar]
    rests = ~in_leg & ~closes_bar[:, None]
    leg_start, leg_end = _leg(nodes[bar], leg)
    trigger_start, trigger_end = _leg(trigger[bar], leg)
    share, done = _shares(nodes, bar, leg)
    share, done = share[..., None], done[..., None]
    both, idle = in_leg[..., None], rests[..., None]
    low, high = np.minimum(leg_start, leg_end), np.maximum(leg_start, leg_end)
    swept = mirrored(np.minimum(trigger_start, trigger_end), np.maximum(trigger_start, trigger_end))
    part = before[bar] + done * (steps.target[bar] - before[bar])
    begins = both & (leg == 0)[:, None, None]
    return Steps(
        bar=bar,
        closes_bar=closes_bar,
        acts=steps.acts[bar] & ~rests,
        cold=steps.cold[bar] & ~rests,
        entry=np.where(both, _at_least_one_bin(low, high), steps.entry[bar]),
        sweep=np.where(both, swept, np.where(idle, UNREACHED, steps.sweep[bar])),
        reach=np.where(begins, steps.sweep[bar], UNREACHED),
        in_leg=in_leg,
        bound=np.where(
            both, mirrored(trigger_end, trigger_end), np.where(idle, UNREACHED, steps.bound[bar])
        ),
        closing=np.where(both, share, np.where(idle, 0.0, 1.0)) * steps.closing[bar],
        target=np.where(both, part, np.where(idle, before[bar], steps.target[bar])),
        price=steps.price,
    )


def _leg(nodes: FloatArray, leg: IntArray) -> tuple[FloatArray, FloatArray]:
    rows = np.arange(len(leg))
    return nodes[rows, :, leg], nodes[rows, :, leg + 1]


def _shares(nodes: FloatArray, bar: IntArray, leg: IntArray) -> tuple[FloatArray, FloatArray]:
    """Share of the path's length in each step's leg, and in all legs up to it, (S, V)."""
    length = np.abs(np.diff(nodes, axis=-1))
    total = length.sum(axis=-1, keepdims=True)
    share = np.where(total > 0, length / np.where(total > 0, total, 1.0), 1.0 / _LEGS)
    done = share.cumsum(axis=-1)
    done[..., -1] = 1.0
    return share[bar, :, leg], done[bar, :, leg]
