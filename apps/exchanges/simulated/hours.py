"""An hour of the simulated market as rows, and what was true in it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from apps.exchanges.records import BarRow, LiquidationRow, Row
from apps.exchanges.simulated.bars import (
    HourBars,
    flows_of,
    last_path,
    mark_path,
    open_interest,
    publish,
)
from apps.exchanges.simulated.books import depth_rows
from apps.exchanges.simulated.market import VERTICES, Block, simulate
from apps.exchanges.simulated.prices import MINUTES
from apps.exchanges.simulated.tables import USUAL, FloatArray, IntArray, Universe

MINUTE_MS = 60_000
HOUR_MS = MINUTES * MINUTE_MS
FIELDS = tuple(field.name for field in fields(HourBars))


@dataclass(frozen=True, slots=True)
class Truth:
    """Traders' positions (N,) that stood at one instant: what a heatmap tries to guess."""

    instrument: NDArray[np.str_]  # slugs
    side: IntArray  # 0 long, 1 short
    size_base: FloatArray
    entry_price: FloatArray
    leverage: FloatArray
    liquidation_price: FloatArray  # of the mark
    opened_ms: IntArray


@dataclass(frozen=True, slots=True)
class ToldHour:
    """Everything that will be told of one hour."""

    block: Block
    bars: HourBars
    closed: tuple[BarRow, ...]  # by minute, then by instrument
    liquidations: tuple[LiquidationRow, ...]  # by time

    @property
    def first_ms(self) -> int:
        """When the hour begins."""
        return _ms(self.block, self.block.start.minute)

    @property
    def last_ms(self) -> int:
        """When it ends."""
        return self.first_ms + HOUR_MS

    def rows_between(self, after_ms: int, until_ms: int) -> list[Row]:
        """Closed bars and liquidations of ``(after_ms, until_ms]``, by time."""
        rows: list[Row] = [r for r in self.liquidations if after_ms < r.ts_ms <= until_ms]
        rows += [r for r in self.closed if after_ms < r.end_ms <= until_ms]
        return sorted(rows, key=time_of)

    def depth_between(self, after_ms: int, until_ms: int) -> list[Row]:
        """Order books at the ends of the minutes in ``(after_ms, until_ms]``."""
        first = max(0, (after_ms - self.first_ms) // MINUTE_MS)
        last = min(MINUTES, (until_ms - self.first_ms) // MINUTE_MS)
        if first >= last:
            return []
        return list(depth_rows(self.block, self.bars.close, range(first, last)))

    def open_bars(self, now_ms: int) -> list[Row]:
        """The minute under way, as far as it has come; none at the very start of a minute."""
        t, into_ms = divmod(now_ms - self.first_ms, MINUTE_MS)
        if not 0 <= t < MINUTES or into_ms == 0:
            return []
        share = into_ms / MINUTE_MS
        last = _path_until(last_path(self.block)[t], share)
        mark = _path_until(mark_path(self.block)[t], share)
        flows = flows_of(self.block)
        before = open_interest(
            flows.standing[t - 1] if t else flows.before, self.block.start.universe
        )
        columns = {
            "open": last[:, 0],
            "high": last.max(axis=1),
            "low": last.min(axis=1),
            "close": last[:, -1],
            "volume": share * self.bars.volume[t],
            "taker_delta": share * self.bars.taker_delta[t],
            "open_interest": before + share * (self.bars.open_interest[t] - before),
            "mark_low": mark.min(axis=1),
            "mark_high": mark.max(axis=1),
            "mark_close": mark[:, -1],
            "funding_rate": self.bars.funding_rate[t],
        }
        end_ms = self.first_ms + (t + 1) * MINUTE_MS
        return list(
            _bar_rows(
                self.block.start.universe.slugs,
                [columns[name] for name in FIELDS],
                end_ms,
                is_closed=False,
            )
        )


def tell(seed: int, first_ms: int, universe: Universe = USUAL) -> Iterator[ToldHour]:
    """Hour after hour for ever, the same for the same arguments; ``first_ms`` is a whole minute."""
    for block in simulate(seed, first_ms, universe):
        bars = publish(block)
        columns = [getattr(bars, name) for name in FIELDS]
        closed = (
            row
            for t in range(MINUTES)
            for row in _bar_rows(
                universe.slugs,
                [column[t] for column in columns],
                _ms(block, block.start.minute + t + 1),
                is_closed=True,
            )
        )
        yield ToldHour(block, bars, tuple(closed), tuple(liquidations_of(block)))


def truth(block: Block, at_ms: int) -> Truth:
    """The positions that stood at an instant of an hour."""
    lived, at = block.positions, (at_ms - block.start.first_ms) / MINUTE_MS
    stood = lived.take((lived.opened <= at) & (lived.leaves > at) & (lived.died > at))
    universe = block.start.universe
    sign = universe.sign[stood.book]
    return Truth(
        instrument=np.array(universe.slugs)[stood.book // 2],
        side=stood.book % 2,
        size_base=stood.size,
        entry_price=np.exp(stood.entry),
        leverage=stood.leverage,
        liquidation_price=np.exp(sign * stood.trigger),
        opened_ms=block.start.first_ms + (stood.opened * MINUTE_MS).astype(np.int64),
    )


def liquidations_of(block: Block) -> Iterator[LiquidationRow]:
    """Who died in an hour, by time."""
    universe = block.start.universe
    died = block.positions.died
    dead = np.flatnonzero(np.isfinite(died))
    for i in dead[np.argsort(died[dead], kind="stable")].tolist():
        book, size = int(block.positions.book[i]), float(block.positions.size[i])
        price = float(np.exp(universe.sign[book] * block.positions.trigger[i]))
        yield LiquidationRow(
            instrument=universe.slugs[book // 2],
            ts_ms=block.start.first_ms + int(died[i] * MINUTE_MS) + 1,
            side="short" if book % 2 else "long",
            size_base=size,
            usd=size * price,
            price=price,
            completeness="full",
            native_id=f"{block.start.minute}-{i}",
        )


def _bar_rows(
    slugs: tuple[str, ...], columns: list[FloatArray], end_ms: int, *, is_closed: bool
) -> Iterator[BarRow]:
    """One row per instrument from columns (I,) in the order of ``FIELDS``."""
    values = zip(*(column.tolist() for column in columns), strict=True)
    for slug, told in zip(slugs, values, strict=True):
        yield BarRow(
            slug, end_ms, MINUTE_MS, **dict(zip(FIELDS, told, strict=True)), closed=is_closed
        )


def _path_until(path: FloatArray, share: float) -> FloatArray:
    """Vertices (I, 1 + passed + 1) of a minute's path up to a share of the minute."""
    way = share * (VERTICES - 1)
    vertex = min(int(way), VERTICES - 2)
    here = path[:, vertex] + (way - vertex) * (path[:, vertex + 1] - path[:, vertex])
    return np.concatenate([path[:, : vertex + 1], here[:, None]], axis=1)


def _ms(block: Block, minute: int) -> int:
    return block.start.first_ms + minute * MINUTE_MS


def time_of(row: Row) -> int:
    """When a row is true: the end of a bar, the instant of anything else."""
    return row.end_ms if isinstance(row, BarRow) else row.ts_ms
