"""Bars are inspected at the door; inside the walk nothing is checked again."""

import numpy as np

from apps.engine.records import BadBars, Bars, BoolArray, FloatArray

_LAST = ("open", "high", "low", "close")
_MARK = ("mark_low", "mark_high")
_AMOUNTS = ("volume", "open_interest")
_OPTIONAL = ("volume", "taker_delta", "open_interest", *_MARK)


def check_bars(bars: Bars, *, after_ms: int | None = None) -> None:
    """Raise ``BadBars`` with one sentence naming venue and row unless the bars can be walked.

    Last prices are given together or not at all; every price is positive; low ≤ open, close ≤
    high; amounts are not negative; ``end_ms`` rises strictly, and lies after ``after_ms``.
    """
    if len(set(bars.venues)) != len(bars.venues) or not bars.venues:
        raise BadBars("bars need at least one venue, and each venue once")
    _check_shapes(bars)
    _check_time(bars, after_ms)
    if not _is_sound(bars):
        _blame(bars)


def _is_sound(bars: Bars) -> bool:
    """Whether nothing is wrong: the same rules as ``_blame``, all at once."""
    prices = np.stack([bars.low, bars.open, bars.close, bars.high])
    known = np.isfinite(prices)
    marks = np.stack([bars.mark_low, bars.mark_high])
    some = np.stack([bars.volume, bars.open_interest, bars.taker_delta, *marks])
    in_order = (prices[0] <= prices[1:3]) & (prices[1:3] <= prices[3]) & (prices[0] > 0)
    marked = (marks[0] > 0) & (marks[1] >= marks[0])
    return bool(
        np.all(np.where(known.any(axis=0), known.all(axis=0) & in_order.all(axis=0), True))
        and not np.isinf(prices).any()
        and not np.isinf(some).any()
        and not (some[:2] < 0).any()
        and np.all(marked | np.isnan(marks).all(axis=0))
    )


def _blame(bars: Bars) -> None:
    """Raise ``BadBars`` for the first thing that is wrong."""
    known = np.isfinite(bars.close)
    for name in _LAST:
        values = getattr(bars, name)
        _refuse(bars, known & ~np.isfinite(values), f"{name} is missing or not finite")
        _refuse(bars, ~known & ~np.isnan(values), "close is missing or not finite")
        _refuse(bars, known & (values <= 0), f"{name} is not a positive price")
    for name in _OPTIONAL:
        _refuse(bars, np.isinf(getattr(bars, name)), f"{name} is infinite")
    for name in _AMOUNTS:
        _refuse(bars, getattr(bars, name) < 0, f"{name} is negative")
    _refuse(bars, bars.high < bars.low, "high is below low")
    for name in ("open", "close"):
        values = getattr(bars, name)
        _refuse(bars, (values > bars.high) | (values < bars.low), f"{name} is outside low to high")
    _check_marks(bars)


def _check_shapes(bars: Bars) -> None:
    expected = (len(bars.venues), len(bars.end_ms))
    for name in (*_LAST, *_OPTIONAL):
        shape = np.shape(getattr(bars, name))
        if shape != expected:
            raise BadBars(f"{name} has shape {shape} where venues and rows make {expected}")


def _check_time(bars: Bars, after_ms: int | None) -> None:
    late = np.flatnonzero(np.diff(bars.end_ms) <= 0)
    if late.size:
        raise BadBars(f"row {late[0] + 1} of {_all(bars)}: end_ms does not rise")
    if after_ms is not None and len(bars) and bars.end_ms[0] <= after_ms:
        raise BadBars(f"row 0 of {_all(bars)}: end_ms is not after the {after_ms} already walked")


def _check_marks(bars: Bars) -> None:
    low, high = bars.mark_low, bars.mark_high
    _refuse(bars, np.isnan(low) != np.isnan(high), "one of mark_low and mark_high is missing")
    _refuse(bars, low <= 0, "mark_low is not a positive price")
    _refuse(bars, high < low, "mark_high is below mark_low")


def _refuse(bars: Bars, wrong: BoolArray | FloatArray, reason: str) -> None:
    if np.any(wrong):
        row, venue = np.argwhere(wrong.T)[0]
        raise BadBars(f"row {row} of {bars.venues[venue]}: {reason}")


def _all(bars: Bars) -> str:
    return ", ".join(bars.venues)
