"""One venue while the feed runs: what it trades, what its clock shows, what it told last."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from apps.exchanges.live.assembly import Assembly
from apps.exchanges.live.budget import Seconds
from apps.exchanges.live.clocks import LARGEST_SKEW_MS, Clocks
from apps.exchanges.live.coins import Traded, per_coin
from apps.exchanges.live.plausible import Prices
from apps.exchanges.live.questions import Questions
from apps.exchanges.live.streams import Streams
from apps.exchanges.live.transport import Rest
from apps.exchanges.numbers import BadPayload
from apps.exchanges.readings import (
    MINUTE_MS,
    Instrument,
    Liquidation,
    Mark,
    OpenInterest,
    Trade,
)
from apps.exchanges.records import BarRow, Clock, LiquidationRow, Row, Sleep

log = logging.getLogger(__name__)

MOST_REMEMBERED = 20_000
LONGEST_ROUND_MS = 2_000
OLDEST_READING_MS = 60_000  # when it comes
PUSHED_EVERY_MS = 1_000
UNSURE_MS = 2 * MINUTE_MS  # the end of a history whose last bars nothing follows yet

type Tell = Callable[[list[Row]], Awaitable[None]]
type Told = BarRow | OpenInterest | Mark | Trade | Liquidation


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the venues of a feed share."""

    clock: Clock
    sleep: Sleep
    seconds: Seconds
    streams: Streams
    prices: Prices
    tell: Tell
    clocks: Clocks = field(default_factory=Clocks)


class Link:
    """Takes what one venue told and tells it on in single coins, once, if it can be true."""

    def __init__(
        self, questions: Questions, rest: Rest, around: Surroundings, coins: Iterable[str]
    ) -> None:
        self.questions, self.rest, self.around = questions, rest, around
        self.coins = frozenset(coins)
        self.traded: dict[str, Traded] = {}  # by symbol
        self.assemblies: dict[str, Assembly] = {}  # by slug
        self.skew_ms = 0
        self.refused = 0  # rows and replies that could not be true
        self._pushed_ms: dict[str, int] = {}
        self._seen: OrderedDict[tuple[object, ...], None] = OrderedDict()

    @property
    def venue(self) -> str:
        """Its name."""
        return self.questions.venue

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """By the venue's own symbol, as the parsers want them."""
        return {symbol: traded.instrument for symbol, traded in self.traded.items()}

    def now_ms(self) -> int:
        """What the venue's clock shows."""
        return self.around.clock() + self.around.clocks.believed_ms(self.venue)

    def latest_ms(self) -> int:
        """The later of the venue's time and ours: what is said to begin has begun by then."""
        return max(self.around.clock(), self.now_ms())

    def earliest_ms(self) -> int:
        """The earlier of the two: what is said to be over is over by then."""
        return min(self.around.clock(), self.now_ms())

    def trade(
        self, chosen: Mapping[str, Traded], after_ms: int, known_ms: Mapping[str, int] | None = None
    ) -> None:
        """Begin with the instruments of the coins we draw, each after its last known closed bar.

        ``known_ms`` is by slug; others begin a little before ``after_ms``.
        """
        known_ms = known_ms or {}
        self.traded = {t.instrument.symbol: t for coin, t in chosen.items() if coin in self.coins}
        self.assemblies = {
            t.instrument.slug: Assembly(
                known_ms.get(t.instrument.slug, after_ms - UNSURE_MS),
                says_closed=self.questions.says_closed,
            )
            for t in self.traded.values()
        }

    def measured(self, server_ms: int, asked_ms: int, answered_ms: int) -> None:
        """Set the venue's clock by its answer, unless that was too long on its way."""
        if answered_ms - asked_ms > LONGEST_ROUND_MS:
            return
        self.skew_ms = server_ms - (asked_ms + answered_ms) // 2
        self.around.clocks.skew_ms[self.venue] = self.skew_ms
        if abs(self.skew_ms) > LARGEST_SKEW_MS:
            log.warning("The clock of %s is %.1f s from ours.", self.venue, self.skew_ms / 1000)

    async def candles(self, rows: list[BarRow], *, are_final: bool = True) -> None:
        """Bars from candles of one instrument; any that cannot be true spoils all of them.

        Candles that were pushed are not ``are_final``: the reply to a question closes a bar.
        """
        if not rows:
            return
        traded = self._traded_as(rows[0].instrument)
        if not are_final and not self._is_due(traded.instrument.slug):
            return
        own = [per_coin(row, traded.heap) for row in rows]
        for row in own:
            self._believe(traded, row)
        if not are_final:
            own = [replace(row, closed=False) for row in own]
        bars = self.assemblies[own[0].instrument].bars(own, now_ms=self.now_ms())
        if bars:
            await self.around.tell(list(bars))

    def _is_due(self, slug: str) -> bool:
        """Whether the last pushed candle was told a second ago or longer."""
        now_ms = self.around.clock()
        is_due = now_ms - self._pushed_ms.get(slug, 0) >= PUSHED_EVERY_MS
        if is_due:
            self._pushed_ms[slug] = now_ms
        return is_due

    def note(self, readings: Iterable[OpenInterest | Mark]) -> None:
        """Keep readings for the bars; those that cannot be true are left out and counted."""
        for reading in readings:
            traded = self._traded_as(reading.instrument)
            own = per_coin(reading, traded.heap)
            try:
                self._is_of_now(own)
                if isinstance(own, Mark):
                    self._believe(traded, own)
            except BadPayload as refusal:
                self._say_seldom(refusal)
                continue
            self.assemblies[own.instrument].note(own)

    def _is_of_now(self, reading: OpenInterest | Mark) -> None:
        """Refuse a reading of another time: the clock that dated it is wrong."""
        now_ms = self.latest_ms()
        if not now_ms - OLDEST_READING_MS <= reading.ts_ms <= now_ms + LARGEST_SKEW_MS:
            self.refused += 1
            raise BadPayload(f"{self.venue}: a reading is of {reading.ts_ms}, heard at {now_ms}.")

    def count(self, trades: Iterable[Trade]) -> None:
        """Add trades to what takers did."""
        for trade in trades:
            traded = self._traded_as(trade.instrument)
            self.assemblies[trade.instrument].flow.add(per_coin(trade, traded.heap))

    async def liquidations(self, rows: Iterable[Liquidation]) -> None:
        """Tell liquidations that were not told yet and can be true."""
        news: list[Row] = []
        for row in rows:
            traded = self._traded_as(row.instrument)
            own = per_coin(row, traded.heap)
            try:
                self._believe(traded, own)
            except BadPayload as refusal:
                self._say_seldom(refusal)
                continue
            if self._is_new(own):
                news.append(own)
        if news:
            await self.around.tell(news)

    def believed(self, traded: Traded, row: BarRow) -> BarRow:
        """The same bar, in single coins. Raises ``BadPayload`` if it cannot be true."""
        self._believe(traded, row)
        return row

    def believe_mark(self, traded: Traded, mark: Mark) -> None:
        """Take a price for true. Raises ``BadPayload`` if it cannot be."""
        self._believe(traded, mark)

    def _say_seldom(self, refusal: BadPayload) -> None:
        """Log the first refusal, the second, the fourth, the eighth …"""
        if self.refused & (self.refused - 1) == 0:
            log.warning("%s (%d times so far)", refusal, self.refused)

    def _believe(self, traded: Traded, row: BarRow | Mark | LiquidationRow) -> None:
        try:
            self.around.prices.believe(traded.coin, self.venue, row)
        except BadPayload:
            self.refused += 1
            raise

    def _traded_as(self, slug: str) -> Traded:
        for traded in self.traded.values():
            if traded.instrument.slug == slug:
                return traded
        raise BadPayload(f"{self.venue}: nobody asked about {slug}.")

    def _is_new(self, row: LiquidationRow) -> bool:
        key = (row.instrument, row.ts_ms, row.side, f"{row.size_base:.9g}", row.native_id)
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return True


def next_minute_ms(now_ms: int) -> int:
    """The end of the minute under way."""
    return now_ms // MINUTE_MS * MINUTE_MS + MINUTE_MS
