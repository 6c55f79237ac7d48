"""The walk itself: every step sweeps, closes and opens (model note §4).

Everything that depends on prices alone is worked out before the loop over time. Inside it, rows
are the pairs (venue, side), 2·V of them, and a step is some twenty operations on small arrays.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apps.engine.fronts import fronts_before
from apps.engine.grid import GUARD
from apps.engine.opening import Openings, openings_of
from apps.engine.path import Steps
from apps.engine.records import FloatArray, IntArray
from apps.engine.standing import (
    NOTHING,
    Standing,
    Stretched,
    fold,
    lay_down_wide,
    move_grid,
    row_starts,
)
from apps.engine.sweeping import (
    NARROW,
    Stretch,
    Sweeps,
    stretches_of,
    sweep,
    sweep_narrow,
    sweeps_of,
    within,
)
from apps.engine.terms import Terms

_ALMOST_ALL = 1.0 - 1e-12  # the most of a side that one step closes
_FOLD_EVERY = 64  # steps, or after a step that closes this share of a side:
_DRASTIC = 0.9

Reader = Callable[[int, Standing], None]


@dataclass(frozen=True, slots=True)
class Events:
    """What happened in each of S steps, (S, V, 2) in base coin.

    Each leverage kept ``gain · exp(−theta · rate)`` of what it held after the sweep.
    """

    stood: FloatArray  # opened and outlived the step
    died: FloatArray  # opened and died within the step
    swept: FloatArray  # stood before the step and died
    closed: FloatArray  # closed voluntarily
    theta: FloatArray
    gain: FloatArray


@dataclass(frozen=True, slots=True)
class _Plan:
    """What prices alone decide about the steps."""

    openings: Openings
    last_front: IntArray  # (V, 2)
    sweeps: Sweeps
    trims: dict[int, list[Stretch]]  # by step, what was just laid down and cannot last
    moves: list[bool]
    folds: list[bool]
    starts: IntArray  # (S, V·2·L) places in memory at which footprints begin, if not wide


def live_through(
    standing: Standing, steps: Steps, bases: IntArray, terms: Terms, read: Reader | None = None
) -> Events:
    """Change ``standing`` by the steps and report what happened.

    ``bases`` (S, V) are the grid's during each step; ``read(bar, standing)`` is called as a bar
    ends.

    Closing (model note §3.1): of each side's closing flow, what was swept counts first; the rest
    is spread over leverages by hazard, survivors ∝ exp(−θ·rate) with θ to first order, and one
    common gain per side makes the total exact. Opening fills each side up to its target, so both
    sides change by ΔOI.
    """
    plan = _plan(standing, steps, bases, terms)
    openings, events = plan.openings, _blank_events(steps)
    count, pairs, leverages = len(steps), standing.front.size, terms.offset.shape[-1]
    by_pair = (count, pairs, 1)
    target = np.where(steps.acts[..., None], steps.target, -np.inf).reshape(by_pair)
    closing, swept = steps.closing.reshape(by_pair), events.swept.reshape(by_pair)
    closed, stood = events.closed.reshape(by_pair), events.stood.reshape(by_pair)
    theta, gain = events.theta.reshape(by_pair), events.gain.reshape(by_pair)
    gross = openings.gross.reshape(-1, pairs, leverages)
    lasting = openings.lasting.reshape(-1, pairs, leverages)
    held, scale = (a.reshape(pairs, leverages) for a in (standing.held, standing.scale))
    flat = standing.mass.reshape(-1)
    ones, rates, hazard = np.ones((leverages, 1)), terms.rates[:, None], -terms.rates[None]
    # Products with these rows and columns spread a pair's number over its leverages: a dot costs
    # a third of a broadcast on arrays this small.
    spread, zero, nearly_all = ones.T, np.zeros((pairs, 1)), np.full((pairs, 1), _ALMOST_ALL)
    survivors, amounts = np.empty_like(held), np.empty_like(held)
    stored = amounts.reshape(len(terms.taps), -1, 1)
    laid = np.empty_like(terms.taps)
    memory = Stretched(flat)
    runs = memory[NARROW]
    bounded, cells_of = openings.bounded.tolist(), openings.cells
    narrow, wide = plan.sweeps.narrow, plan.sweeps.wide
    total = held.dot(ones)
    for step in range(count):
        if plan.moves[step]:
            move_grid(standing, bases[step])
        wanted = closing[step]
        span = narrow.spans[step]
        if span[0] < span[1]:
            sweep_narrow(runs, held, scale, narrow, span, swept[step])
        for stretch in wide.get(step, ()):
            died = sweep(standing, stretch)
            events.swept[step, stretch.venue, stretch.side] = died
        if span[0] < span[1] or step in wide:
            wanted = np.maximum(wanted - swept[step], zero)
            total = np.maximum(total - swept[step], NOTHING)

        leaving = np.minimum(wanted, total * nearly_all, out=closed[step])
        remaining = total - leaving
        urgency = np.divide(leaving, held.dot(rates), out=theta[step])
        np.exp(urgency.dot(hazard), out=survivors)
        np.multiply(held, survivors, out=held)
        common = np.divide(remaining, held.dot(ones), out=gain[step]).dot(spread)
        np.multiply(held, common, out=held)
        np.multiply(scale, survivors, out=scale)
        np.multiply(scale, common, out=scale)

        opened = np.maximum(target[step] - remaining, zero)
        np.multiply(opened.dot(spread), gross[step], out=amounts)
        if bounded[step]:
            outlived = opened.dot(spread) * lasting[step]
            opened = outlived.dot(ones)
            events.died[step] = (amounts.dot(ones) - opened).reshape(-1, 2)
            np.add(held, outlived, out=held)
        else:
            np.add(held, amounts, out=held)
        stood[step] = opened
        total = remaining + opened
        np.divide(amounts, scale, out=amounts)
        trims = plan.trims.get(step, ())
        before = [within(standing, stretch).copy() for stretch in trims]
        cells = cells_of[step]
        np.multiply(terms.taps, stored, out=laid)
        added = laid @ openings.windows[step, ..., :cells]
        if cells <= GUARD:
            memory[cells][plan.starts[step]] += added.reshape(-1, cells)
        else:
            start = openings.first[step] - bases[step]
            lay_down_wide(standing.mass, added, _begin(start, terms)[..., None])
        for stretch, stood_there in zip(trims, before, strict=True):
            within(standing, stretch)[...] = stood_there
        if plan.folds[step]:
            fold(standing)
        if read is not None:
            read(step, standing)
    standing.front[...] = plan.last_front
    return events


def _plan(standing: Standing, steps: Steps, bases: IntArray, terms: Terms) -> _Plan:
    openings = openings_of(steps, terms)
    front, last_front = fronts_before(standing.front, steps, openings.front)
    begins = _begin(openings.first - bases, terms)
    bins = standing.mass.shape[-1]
    room = bins - np.array(openings.cells)
    inside = np.clip(begins, 0, np.maximum(room, 0)[:, None, None])
    drastic = steps.closing > _DRASTIC * (np.maximum(steps.target, 0.0) + steps.closing)
    regular = np.arange(len(steps)) % _FOLD_EVERY == _FOLD_EVERY - 1
    moves = np.diff(bases, axis=0, prepend=standing.base[None]) != 0
    return _Plan(
        openings=openings,
        last_front=last_front,
        sweeps=sweeps_of(steps.sweep, front, steps.spared, bases, standing.mass),
        trims=stretches_of(steps.bound, openings.front, bases, bins),
        moves=moves.any(axis=1).tolist(),
        folds=(drastic.any(axis=(1, 2)) | regular).tolist(),
        starts=(inside + row_starts(standing.mass)[..., 0]).reshape(len(steps), -1),
    )


def _begin(first: IntArray, terms: Terms) -> IntArray:
    """Bins (…, V, 2·L) at which footprints begin, from those (…, V) of their entries."""
    return first[..., None] + terms.shift.reshape(len(terms.shift), -1)


def _blank_events(steps: Steps) -> Events:
    shape = steps.sweep.shape
    return Events(*(np.zeros(shape) for _ in range(6)))
