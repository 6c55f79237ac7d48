"""What of a walk to show, and where: the choice, the instants of columns, candles, prices."""

from dataclasses import dataclass

import numpy as np

from apps.engine.leverage import BRACKETS, bracket_of
from apps.engine.records import BoolArray, FloatArray, IntArray
from apps.engine.tape import Tape

AgeWindow = tuple[int, int | None]

HOUR_MS = 3_600_000
AGES: tuple[AgeWindow, ...] = (
    (0, 4 * HOUR_MS),
    (4 * HOUR_MS, 24 * HOUR_MS),
    (24 * HOUR_MS, 72 * HOUR_MS),
    (72 * HOUR_MS, 168 * HOUR_MS),
    (168 * HOUR_MS, None),
)


@dataclass(frozen=True, slots=True)
class View:
    """A picture's settings; ``None`` means all of them.

    * ``venues``: slugs; ``brackets``: indices of the five leverage brackets; ``sides``: 0 long,
      1 short; ``ages``: windows of age in ms, ``(from, to)``, ``to`` None for no end.
    * ``bin_width``: None for log bins chosen to fit, or ``("usd", width)``.
    * ``span``: lowest and highest price shown, USD; None: the candles and 10 % around them.
    * ``reference``: slug of the venue on whose price venues are put; None: the first.
    """

    window_ms: int
    cadence_ms: int
    venues: tuple[str, ...] | None = None
    brackets: tuple[int, ...] | None = None
    ages: tuple[AgeWindow, ...] | None = None
    sides: tuple[int, ...] = (0, 1)
    bin_width: tuple[str, float] | None = None
    span: tuple[float, float] | None = None
    reference: str | None = None

    def __post_init__(self) -> None:
        if self.cadence_ms <= 0 or self.window_ms < self.cadence_ms:
            raise ValueError("a picture needs a window of at least one cadence")
        if not set(self.sides) <= {0, 1}:
            raise ValueError(f"sides are 0 (long) and 1 (short), not {self.sides}")
        if not set(self.brackets or ()) <= set(range(BRACKETS)):
            raise ValueError(f"leverage brackets are 0 to {BRACKETS - 1}, not {self.brackets}")
        for since, to in self.ages or ():
            if since < 0 or (to is not None and to <= since):
                raise ValueError(f"an age window must have a length, not ({since}, {to})")

    def drawn_rows(self, venues: tuple[str, ...], leverages: FloatArray) -> BoolArray:
        """Which venues, sides and leverages are drawn, (V, 2, L). ``ValueError`` for a stranger."""
        wanted = venues if self.venues is None else self.venues
        strangers = set(wanted) - set(venues)
        if strangers:
            raise ValueError(f"there is no venue {sorted(strangers)[0]!r} in this market")
        brackets = range(BRACKETS) if self.brackets is None else self.brackets
        by_venue = np.isin(np.array(venues), np.array(wanted))
        by_side = np.isin(np.arange(2), np.array(self.sides))
        by_leverage = np.isin(bracket_of(leverages), np.array(brackets))
        return by_venue[:, None, None] & by_side[:, None] & by_leverage

    def age_spans(self) -> tuple[AgeWindow, ...]:
        """The age windows in order, with those that touch or overlap made one."""
        spans: list[AgeWindow] = []
        for since, to in sorted(self.ages or ((0, None),), key=lambda window: window[0]):
            if spans and (spans[-1][1] is None or since <= spans[-1][1]):
                start, end = spans.pop()
                since, to = start, None if end is None or to is None else max(end, to)
            spans.append((since, to))
        return tuple(spans)

    def reference_of(self, venues: tuple[str, ...]) -> int:
        """Index of the reference venue."""
        if self.reference is None:
            return 0
        if self.reference not in venues:
            raise ValueError(f"there is no venue {self.reference!r} in this market")
        return venues.index(self.reference)

    def column_instants(self, end_ms: int) -> IntArray:
        """Ends of the columns, (C,): multiples of the cadence, the last not before ``end_ms``."""
        last = -(-end_ms // self.cadence_ms) * self.cadence_ms
        count = self.window_ms // self.cadence_ms
        return last - self.cadence_ms * np.arange(count - 1, -1, -1)


def column_prices(tape: Tape, read_ms: IntArray, reference: int) -> tuple[FloatArray, FloatArray]:
    """Last closes in bins when columns are read: the reference's (C,), and each venue's (C, V).

    Before the reference venue's first close another's stands in; NaN before any.
    """
    bars = np.searchsorted(tape.end_ms, read_ms, side="right") - 1
    prices = np.where(bars[:, None] >= 0, tape.price[np.maximum(bars, 0)], np.nan)
    any_price = np.take_along_axis(prices, np.isfinite(prices).argmax(axis=1)[:, None], axis=1)
    own = prices[:, reference]
    return np.where(np.isfinite(own), own, any_price[:, 0]), prices


def candles_of(tape: Tape, columns_ms: IntArray, cadence_ms: int, reference: int) -> FloatArray:
    """Open, high, low and close of a venue over each column, (C, 4) USD; NaN in a gap."""
    bars = tape.candles[:, reference]
    known = np.flatnonzero(np.isfinite(bars[:, 3]))
    ends = np.searchsorted(tape.end_ms[known], columns_ms, side="right")
    starts = np.searchsorted(tape.end_ms[known], columns_ms - cadence_ms, side="right")
    candles = np.full((len(columns_ms), 4), np.nan)
    full = ends > starts
    if not np.any(full):
        return candles
    bars = bars[known][: ends[-1]]
    starts, ends = starts[full], ends[full]
    highs = np.maximum.reduceat(bars[:, 1], starts)
    lows = np.minimum.reduceat(bars[:, 2], starts)
    candles[full] = np.stack([bars[starts, 0], highs, lows, bars[ends - 1, 3]], axis=-1)
    return candles
