"""Where positions opened in each step will die, worked out for many steps at once.

Entries fill a step's range evenly in log price, so a step needs only one short profile over
entry bins; the liquidation prices of one leverage and side are that profile moved by a constant
and blurred by the kernel::

    footprint[v, side·L + l, n] = Σ_j taps[v, side·L + l, j] · profile[v, n − j]
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from apps.engine.path import UNREACHED
from apps.engine.records import BoolArray, FloatArray, IntArray
from apps.engine.terms import Terms

_HOPELESS = 1e-9  # where less of an opening outlives its step, nothing is opened


class Entries(Protocol):
    """What of steps, or of a tape of them, says how positions were opened."""

    cold: BoolArray  # (S, V)
    entry: FloatArray  # (S, V, 2)
    bound: IntArray  # (S, V, 2)


@dataclass(frozen=True, slots=True)
class Openings:
    """Openings of S steps; R = 2·L rows by side and leverage, J taps.

    Per unit of mass that lasts, ``gross`` is laid down by its footprint and ``lasting`` of it
    outlives the step: where nothing can die both are the opening weights.
    """

    first: IntArray  # (S, V) entry bin of the first profile cell
    cells: list[int]  # (S,) cells a footprint of the step needs
    windows: FloatArray  # (S, V, J, widest footprint): the profile, moved by each tap
    front: IntArray  # (S, V, 2) first mirrored bin beyond every footprint
    bounded: IntArray  # (S,) row of ``gross`` and ``lasting``; 0: the plain opening weights
    gross: FloatArray  # (1 + bounded steps, V, 2, L)
    lasting: FloatArray  # (1 + bounded steps, V, 2, L)


def openings_of(steps: Entries, terms: Terms) -> Openings:
    """Openings of these steps; model note §4."""
    low, high = steps.entry[..., 0], steps.entry[..., 1]
    first, last = np.floor(low), np.floor(high)
    taps = terms.taps.shape[-1]
    cells = (last - first).astype(np.int64).max(axis=1) + taps
    whole = first.astype(np.int64)
    front = np.stack([last, -1.0 - first], axis=-1).astype(np.int64) + terms.nearest
    is_bounded = (steps.bound < UNREACHED).any(axis=(1, 2))
    gross = lasting = np.broadcast_to(terms.opening[None, :, None], (1, *terms.offset.shape))
    if is_bounded.any():
        shares = _bounded(steps, is_bounded, terms)
        gross, lasting = (np.concatenate([gross, part]) for part in shares)
    return Openings(
        first=whole,
        cells=cells.tolist(),
        windows=_windows(first, low, high, int(cells.max()), taps),
        front=front,
        bounded=np.cumsum(is_bounded) * is_bounded,
        gross=gross,
        lasting=lasting,
    )


def profile(first: FloatArray, low: FloatArray, high: FloatArray, cells: int) -> FloatArray:
    """Even shares of entries between ``low`` and ``high`` by bin from ``first``, (…, cells)."""
    edges = first[..., None] + np.arange(cells + 1)
    filled = np.minimum(np.maximum(edges, low[..., None]), high[..., None])
    return np.diff(filled, axis=-1) / (high - low)[..., None]


def _windows(
    first: FloatArray, low: FloatArray, high: FloatArray, cells: int, taps: int
) -> FloatArray:
    padded = np.zeros((*first.shape, cells + taps - 1))
    padded[..., taps - 1 :] = profile(first, low, high, cells)
    moved = sliding_window_view(padded, cells, axis=-1)
    return np.ascontiguousarray(moved[..., ::-1, :])


def _bounded(
    steps: Entries, chosen: BoolArray, terms: Terms
) -> tuple[FloatArray, FloatArray]:
    """Gross and lasting shares of the chosen steps, (n, V, 2, L)."""
    share = share_below(steps.entry[chosen], steps.bound[chosen], terms)
    cold = steps.cold[chosen][..., None]
    weights = np.where(cold, terms.standing, terms.opening)[:, :, None]
    lasting = weights * share
    lasts = lasting.sum(axis=-1, keepdims=True)
    unit = np.divide(1.0, lasts, out=np.zeros_like(lasts), where=lasts > _HOPELESS)
    return weights * unit, lasting * unit


def share_below(entry: FloatArray, bound: IntArray, terms: Terms) -> FloatArray:
    """Share of each leverage's footprint below a mirrored level: (n, V, 2, L).

    ``entry`` is (n, V, 2), lowest and highest; ``bound`` (n, V, 2), by side.
    """
    low, high = entry[..., 0, None], entry[..., 1, None]
    width = high - low
    share = np.zeros((*bound.shape, terms.shift.shape[-1]))
    taps = terms.taps.reshape(*terms.shift.shape, -1)
    for tap in range(taps.shape[-1]):
        move = terms.shift + tap
        below_long = np.clip((bound[..., 0, None] - move[:, 0] - low) / width, 0.0, 1.0)
        below_short = np.clip((bound[..., 1, None] + move[:, 1] + high) / width, 0.0, 1.0)
        share += np.stack([below_long, below_short], axis=-2) * taps[..., tap]
    return share
