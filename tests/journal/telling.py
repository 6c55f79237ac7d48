"""A market's rows told as life tells them: in pieces, late, with holes, and a feed that stalls."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from apps.exchanges.records import BarRow, LiquidationRow
from tests.journal.reference import MINUTE_MS, Bar, Dead

STAGES = 11
LATEST_DEATH_MS = 4 * MINUTE_MS  # later ones the journal does not wait for


@dataclass
class Stage:
    """What is told up to an instant that was not told before."""

    now_ms: int
    bars: list[BarRow]
    dead: list[LiquidationRow]
    open_bars: list[BarRow]


def tell(
    rng: np.random.Generator, bars: list[BarRow], dead: list[LiquidationRow]
) -> tuple[list[Stage], Counter]:
    """The stages, and how many bars came late, never, or after the feed had stood still."""
    begin_ms, end_ms = min(bar.end_ms for bar in bars), max(bar.end_ms for bar in bars)
    stage_ms = (end_ms - begin_ms) // STAGES + 17_000
    stall = range(begin_ms + stage_ms * 4, begin_ms + stage_ms * 5)
    counts: Counter = Counter()
    told = [(_bar_told(rng, bar, stall, counts), bar) for bar in bars]
    died = [(one.ts_ms + int(rng.integers(0, LATEST_DEATH_MS)), one) for one in dead]
    counts["late deaths"] = sum(at_ms // MINUTE_MS != one.ts_ms // MINUTE_MS for at_ms, one in died)
    return list(
        _stages(told, died, [*range(begin_ms + stage_ms, end_ms, stage_ms), end_ms + 3 * stage_ms])
    ), counts


def _stages(told: list, died: list, instants: list[int]) -> Iterator[Stage]:
    before_ms = -1
    for now_ms in instants:
        yield Stage(
            now_ms,
            [bar for at_ms, bar in told if before_ms < at_ms <= now_ms],
            [one for at_ms, one in died if before_ms < at_ms <= now_ms],
            list(_open_at(now_ms, told)),
        )
        before_ms = now_ms


def _open_at(now_ms: int, told: list) -> Iterator[BarRow]:
    """The bars that go on at an instant, so wild that whoever believes them is wrong."""
    for _at_ms, bar in told:
        if bar.end_ms - bar.span_ms <= now_ms < bar.end_ms:
            low, high = bar.low * 0.8, bar.high * 1.2
            yield replace(bar, low=low, high=high, mark_low=None, mark_high=None, mark_close=None,
                          closed=False)  # fmt: skip


def _bar_told(rng: np.random.Generator, bar: BarRow, stall: range, counts: Counter) -> int:
    """When a bar is told; never is after the end of time."""
    if bar.end_ms in stall:
        counts["stalled"] += 1
        return stall.stop + len(stall) // 2
    luck = rng.random()
    if luck < 0.0005:
        counts["never"] += 1
        return 1 << 62
    if luck < 0.02:
        counts["late"] += 1
        return bar.end_ms + int(rng.integers(1, 120)) * MINUTE_MS
    return bar.end_ms


def as_bar(row: BarRow) -> Bar:
    """A row as the slow judge reads it."""
    is_mark = None not in (row.mark_low, row.mark_high, row.mark_close)
    told = (row.mark_low, row.mark_high, row.mark_close)
    low, high, close = told if is_mark else (row.low, row.high, row.close)
    return Bar(row.end_ms - row.span_ms, row.end_ms, low, high, close, is_mark)


def as_dead(row: LiquidationRow) -> Dead:
    price = row.price or row.usd / row.size_base
    return Dead(row.ts_ms, row.side, price, row.usd)
