"""One simulated hour, kept small: its bars and paths, without its traders."""

from dataclasses import dataclass

import numpy as np

from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.records import BarRow, LiquidationRow
from apps.exchanges.simulated.bars import (
    HourBars,
    flows_of,
    last_path,
    mark_path,
    open_interest,
    publish,
)
from apps.exchanges.simulated.hours import FIELDS, HOUR_MS, liquidations_of
from apps.exchanges.simulated.market import VERTICES, Block
from apps.exchanges.simulated.tables import FloatArray


@dataclass(frozen=True, slots=True)
class KeptHour:
    """T minutes of I instruments; paths have ``VERTICES`` a minute."""

    first_ms: int
    bars: HourBars
    last: FloatArray  # (T, I, VERTICES) USD
    mark: FloatArray  # (T, I, VERTICES) USD
    index: FloatArray  # (T, I, VERTICES) USD, common to all venues
    oi_before: FloatArray  # (I,) base coin, at the start of the hour
    long_share: FloatArray  # (T, I) of traders' positions, at the end of each minute
    liquidations: tuple[LiquidationRow, ...]  # by time
    dead: dict[str, list[LiquidationRow]]  # the same by slug

    @property
    def end_ms(self) -> int:
        """When it is over."""
        return self.first_ms + HOUR_MS

    def minute(self, at_ms: int) -> tuple[int, float]:
        """Which minute an instant lies in, and how much of it has passed."""
        t, into_ms = divmod(at_ms - self.first_ms, MINUTE_MS)
        return t, into_ms / MINUTE_MS

    def closed_bar(self, slug: str, i: int, t: int) -> BarRow:
        """The bar of minute ``t`` when it is over."""
        values = {name: float(getattr(self.bars, name)[t, i]) for name in FIELDS}
        return BarRow(slug, self.first_ms + (t + 1) * MINUTE_MS, MINUTE_MS, **values)

    def open_bar(self, slug: str, i: int, t: int, share: float) -> BarRow:
        """The bar of minute ``t`` as it stands when that share of it has passed."""
        last, mark = _until(self.last[t, i], share), _until(self.mark[t, i], share)
        return BarRow(
            slug,
            self.first_ms + (t + 1) * MINUTE_MS,
            MINUTE_MS,
            open=last[0],
            high=max(last),
            low=min(last),
            close=last[-1],
            volume=share * float(self.bars.volume[t, i]),
            taker_delta=share * float(self.bars.taker_delta[t, i]),
            open_interest=self.open_interest(i, t, share),
            mark_low=min(mark),
            mark_high=max(mark),
            mark_close=mark[-1],
            funding_rate=float(self.bars.funding_rate[t, i]),
            closed=False,
        )

    def open_interest(self, i: int, t: int, share: float) -> float:
        """Base coin, one side."""
        before = self.bars.open_interest[t - 1, i] if t else self.oi_before[i]
        return float(before + share * (self.bars.open_interest[t, i] - before))

    def price(self, path: FloatArray, i: int, t: int, share: float) -> float:
        """Where ``path`` is when that share of minute ``t`` has passed."""
        return _until(path[t, i], share)[-1]


def kept(block: Block) -> KeptHour:
    """What has to be remembered of an hour."""
    universe, flows = block.start.universe, flows_of(block)
    liquidations, dead = tuple(liquidations_of(block)), {}
    for row in liquidations:
        dead.setdefault(row.instrument, []).append(row)
    longs, shorts = flows.standing[:, 0::2], flows.standing[:, 1::2]
    return KeptHour(
        first_ms=block.start.first_ms + block.start.minute * MINUTE_MS,
        bars=publish(block),
        last=last_path(block),
        mark=mark_path(block),
        index=np.exp(universe.per_venue(block.path)),
        oi_before=open_interest(flows.before, universe),
        long_share=longs / (longs + shorts),
        liquidations=liquidations,
        dead=dead,
    )


def _until(path: FloatArray, share: float) -> list[float]:
    """The vertices of a minute's path passed by then, and where it has come to."""
    way = share * (VERTICES - 1)
    vertex = min(int(way), VERTICES - 2)
    here = path[vertex] + (way - vertex) * (path[vertex + 1] - path[vertex])
    return [*path[: vertex + 1].tolist(), float(here)]
