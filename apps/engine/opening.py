"""Where positions opened in each step will die, worked out for many steps at once.

Most entries fill a bar's range evenly in log price, some lie at its close, so a bar needs only
one short profile over entry bins; the liquidation prices of one leverage and side are that
profile moved by a constant and blurred by the kernel::

    footprint[v, side·L + l, n] = Σ_j taps[v, side·L + l, j] · profile[v, n − j]
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from apps.engine.records import BoolArray, FloatArray, IntArray
from apps.engine.terms import Terms

_HOPELESS = 1e-9  # where less of an opening outlives its step, nothing is opened


class Entries(Protocol):
    """What of steps, or of a tape of them, says how positions were opened."""

    cold: BoolArray  # (S, V)
    lean: FloatArray  # (S, V)
    price: FloatArray  # (S, V)
    entry: FloatArray  # (S, V, 2)
    bound: IntArray  # (S, V, 2)


@dataclass(frozen=True, slots=True)
class Openings:
    """Openings of S steps; R = 2·L rows by side and leverage, J taps.

    Per unit of mass that lasts, ``gross`` is laid down by its footprint and ``lasting`` of it
    outlives the step: where nothing can die both are the opening weights, leant as price does.
    """

    first: IntArray  # (S, V) entry bin of the first profile cell
    cells: list[int]  # (S,) cells a footprint of the step needs
    windows: FloatArray  # (S, V, J, widest footprint): the profile, moved by each tap
    front: IntArray  # (S, V, 2) first mirrored bin beyond every footprint
    bounded: BoolArray  # (S,) steps that something opened does not outlive
    gross: FloatArray  # (S, V, 2, L)
    lasting: FloatArray  # (S, V, 2, L)


def openings_of(steps: Entries, terms: Terms) -> Openings:
    """Openings of these steps; model note §4."""
    spreads = _spreads(steps, terms)
    low, high = steps.entry[..., 0], steps.entry[..., 1]
    first, last = np.floor(low), np.floor(high)
    taps = terms.taps.shape[-1]
    cells = (last - first).astype(np.int64).max(axis=1) + taps
    whole = first.astype(np.int64)
    front = np.stack([last, -1.0 - first], axis=-1).astype(np.int64) + terms.nearest
    is_bounded = (steps.bound < front).any(axis=(1, 2)) | steps.cold.any(axis=1)
    gross = lasting = leant(steps.lean, terms)
    if is_bounded.any():
        lasting = gross.copy()
        shares = _bounded(steps, is_bounded, gross[is_bounded], spreads, terms)
        gross[is_bounded], lasting[is_bounded] = shares
    return Openings(
        first=whole,
        cells=cells.tolist(),
        windows=_windows(first, spreads, int(cells.max()), taps),
        front=front,
        bounded=is_bounded,
        gross=gross,
        lasting=lasting,
    )


def leant(lean: FloatArray, terms: Terms) -> FloatArray:
    """Shares of leverages in what is opened at leans (S, V): (S, V, 2, L); model note §3.2."""
    weights = np.exp(lean[..., None, None] * terms.tilt)
    weights *= terms.opening[:, None]
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights


@dataclass(frozen=True, slots=True)
class Spread:
    """A share of the entries, even in log price between two prices in bins; each (S, V)."""

    share: FloatArray
    low: FloatArray
    high: FloatArray


def _spreads(steps: Entries, terms: Terms) -> tuple[Spread, Spread]:
    """Entries over the whole range, and those within a bin of the close; a cold book has none."""
    low, high = steps.entry[..., 0], steps.entry[..., 1]
    at_close = np.where(steps.cold, 0.0, terms.at_close)
    close = np.nan_to_num(steps.price)
    near = np.clip(close - 1.0, low, high - 1.0), np.clip(close + 1.0, low + 1.0, high)
    return Spread(1.0 - at_close, low, high), Spread(at_close, *near)


def profile(first: FloatArray, spreads: tuple[Spread, ...], cells: int) -> FloatArray:
    """Shares of entries by bin from ``first``, (…, cells); they sum to 1."""
    edges = first[..., None] + np.arange(cells + 1)
    shares = np.zeros((*first.shape, cells))
    for spread in spreads:
        filled = np.minimum(np.maximum(edges, spread.low[..., None]), spread.high[..., None])
        shares += np.diff(filled, axis=-1) * (spread.share / (spread.high - spread.low))[..., None]
    return shares


def _windows(first: FloatArray, spreads: tuple[Spread, ...], cells: int, taps: int) -> FloatArray:
    padded = np.zeros((*first.shape, cells + taps - 1))
    padded[..., taps - 1 :] = profile(first, spreads, cells)
    moved = sliding_window_view(padded, cells, axis=-1)
    return np.ascontiguousarray(moved[..., ::-1, :])


def _bounded(
    steps: Entries,
    chosen: BoolArray,
    opening: FloatArray,
    spreads: tuple[Spread, ...],
    terms: Terms,
) -> tuple[FloatArray, FloatArray]:
    """Gross and lasting shares of the chosen steps, (n, V, 2, L)."""
    parts = tuple(Spread(s.share[chosen], s.low[chosen], s.high[chosen]) for s in spreads)
    share = share_below(parts, steps.bound[chosen], terms)
    cold = steps.cold[chosen][..., None, None]
    weights = np.where(cold, terms.standing[:, None], opening)
    lasting = weights * share
    lasts = lasting.sum(axis=-1, keepdims=True)
    unit = np.divide(1.0, lasts, out=np.zeros_like(lasts), where=lasts > _HOPELESS)
    return weights * unit, lasting * unit


def share_below(spreads: tuple[Spread, ...], bound: IntArray, terms: Terms) -> FloatArray:
    """Share of each leverage's footprint below mirrored levels ``bound`` (n, V, 2): (n, V, 2, L).

    A piece that a tap moves by whole bins lies below as far as the moved entries do.
    """
    share = np.zeros((*bound.shape, terms.shift.shape[-1]))
    taps = terms.taps.reshape(*terms.shift.shape, -1)
    for spread in spreads:
        low, high = spread.low[..., None], spread.high[..., None]
        part = spread.share[..., None] / (high - low)
        for tap in range(taps.shape[-1]):
            move = terms.shift + tap
            long = np.clip(bound[..., 0, None] - move[:, 0] - low, 0.0, high - low) * part
            short = np.clip(bound[..., 1, None] + move[:, 1] + high, 0.0, high - low) * part
            share += np.stack([long, short], axis=-2) * taps[..., tap]
    return share
