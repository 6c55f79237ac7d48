"""A candle, the open interest, the mark and the takers of one minute become one bar.

A closed bar is told once and never again. A candle counts as closed when the venue says so or
tells a later one in the same breath; until then, however long nobody trades, its bar is open.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from apps.exchanges.live.flow import TakerFlow
from apps.exchanges.readings import MINUTE_MS, Mark, OpenInterest
from apps.exchanges.records import BarRow

SETTLING_MS = 5_000  # for the last trades and readings of a minute to arrive
READING_LIFE_MS = 2 * MINUTE_MS  # an older one says nothing about the end of a bar
LONGEST_MARK_GAP_MS = 15_000  # between readings; a minute with a longer one has unknown extremes
MOST_READINGS = 400


class Assembly:
    """The bars of one instrument after ``after_ms``."""

    def __init__(self, after_ms: int, *, says_closed: bool = False) -> None:
        self.told_ms = after_ms // MINUTE_MS * MINUTE_MS  # the end of the last closed bar told
        self.flow = TakerFlow()
        self._says_closed = says_closed
        self._interest: deque[OpenInterest] = deque(maxlen=MOST_READINGS)
        self._marks: deque[tuple[int, float]] = deque(maxlen=MOST_READINGS)
        self._funding_rate: float | None = None

    def note(self, reading: OpenInterest | Mark) -> None:
        """Keep a reading for the bars that it belongs to; readings may come in any order."""
        if isinstance(reading, OpenInterest):
            self._interest.append(reading)
            return
        if reading.mark_price is not None:
            self._marks.append((reading.ts_ms, reading.mark_price))
        if reading.funding_rate is not None:
            self._funding_rate = reading.funding_rate

    def bars(self, candles: Iterable[BarRow], *, now_ms: int) -> list[BarRow]:
        """The bars that the candles of one reply add, rising; ``now_ms`` is the venue's clock."""
        rising = sorted(candles, key=lambda candle: candle.end_ms)
        newest_ms = rising[-1].end_ms if rising else 0
        told: dict[int, BarRow] = {}
        for candle in rising:
            if candle.end_ms <= self.told_ms or candle.end_ms - MINUTE_MS > now_ms + MINUTE_MS:
                continue
            is_closed = self._is_closed(candle, newest_ms, now_ms)
            told[candle.end_ms] = self._bar(candle, closed=is_closed, now_ms=now_ms)
        closed = [end_ms for end_ms, bar in told.items() if bar.closed]
        if closed:
            self.told_ms = max(closed)
        return [bar for end_ms, bar in told.items() if bar.closed or end_ms > self.told_ms]

    def _is_closed(self, candle: BarRow, newest_ms: int, now_ms: int) -> bool:
        if not candle.closed or now_ms < candle.end_ms + SETTLING_MS:
            return False
        return self._says_closed or newest_ms > candle.end_ms

    def _bar(self, candle: BarRow, *, closed: bool, now_ms: int) -> BarRow:
        first_ms, end_ms = candle.end_ms - candle.span_ms, candle.end_ms
        prices = self._marks_in(first_ms, min(end_ms, now_ms))
        delta = candle.taker_delta
        return replace(
            candle,
            closed=closed,
            taker_delta=self.flow.delta(end_ms, candle.volume) if delta is None else delta,
            open_interest=self._interest_at(end_ms),
            mark_low=min(prices) if prices else None,
            mark_high=max(prices) if prices else None,
            mark_close=prices[-1] if prices else None,
            funding_rate=self._funding_rate,
        )

    def _marks_in(self, first_ms: int, last_ms: int) -> list[float]:
        """Mark prices of a span in the order of time, unless too much of it was not watched."""
        marks = sorted((ts, price) for ts, price in self._marks if first_ms < ts <= last_ms)
        instants = [first_ms, *(ts for ts, _ in marks), last_ms]
        longest_ms = max(after - before for before, after in pairwise(instants))
        return [price for _, price in marks] if longest_ms <= LONGEST_MARK_GAP_MS else []

    def _interest_at(self, end_ms: int) -> float | None:
        known = [r for r in self._interest if end_ms - READING_LIFE_MS < r.ts_ms <= end_ms]
        return max(known, key=lambda r: r.ts_ms).open_interest if known else None
