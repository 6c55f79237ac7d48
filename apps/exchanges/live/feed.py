"""The live feed: every venue in a task of its own, all of them telling into one stream."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import cached_property

import aiohttp

from apps.exchanges.live import venues
from apps.exchanges.live.apart import Apart
from apps.exchanges.live.backfill import Span, backfill, whole_bars
from apps.exchanges.live.backoff import Backoff
from apps.exchanges.live.connections import sessions
from apps.exchanges.live.link import Link, Surroundings
from apps.exchanges.live.listening import LIFE_S, listen
from apps.exchanges.live.listing import ByCoin, Listing, list_venues, usual
from apps.exchanges.live.plausible import Prices
from apps.exchanges.live.polling import poll, until_listed
from apps.exchanges.live.probing import Probed
from apps.exchanges.live.slow_polling import poll_slowly
from apps.exchanges.live.streams import Streams, StreamState
from apps.exchanges.live.transport import TIMEOUT_S, Rest
from apps.exchanges.live.troubles import Barred
from apps.exchanges.live.unheard import Unheard
from apps.exchanges.readings import MINUTE_MS
from apps.exchanges.records import (
    BarRow,
    Clock,
    FeedInfo,
    InstrumentInfo,
    Row,
    Sleep,
)

log = logging.getLogger(__name__)

DAY_MS = 86_400_000
HISTORY_BAR_MS = 5 * MINUTE_MS  # as often as venues tell their open interest
REPAIRED_MS = DAY_MS  # of an earlier run, minute by minute
HISTORY_S = 120.0
STILL_ASKING_S = 0.25  # nobody who wants to stop waits longer than that
HISTORY_AGAIN_S = 60.0
BATCH_ROWS = 2_000
MOST_WAITING = 1_000


class LiveFeed:
    """Bars and liquidations of the venues; what they trade is asked when it is first needed."""

    def __init__(
        self,
        probed: Probed,
        *,
        markets: int = 3,
        info: FeedInfo | None = None,
        history_days: float = 8.0,
        history_bar_ms: int = HISTORY_BAR_MS,
        root: str | None = None,
        seconds: Callable[[], float] = time.monotonic,
        timeout_s: float = TIMEOUT_S,
        life_s: float = LIFE_S,
    ) -> None:
        self.info = info or FeedInfo("live", "live venues", reason=probed.reason)
        self.markets, self.root = markets, root
        self.history_days, self.history_bar_ms = history_days, history_bar_ms
        self.budgets = probed.budgets
        self.links: dict[str, Link] = {}
        self._answered = probed.answered
        self._known_ms: dict[str, int] = {}  # by slug, the end of the last bar of the history
        self._first_ms: int | None = None  # where the history of an earlier run began
        self._is_whole: set[str] = set()  # venues that have told their history
        self._seconds, self._timeout_s, self._life_s = seconds, timeout_s, life_s
        self._streams, self._prices = Streams(seconds), Prices()

    @cached_property
    def listing(self) -> Listing:
        """The coins that are drawn and what venues call them; asked once, in a few seconds."""
        return list_venues(self._answered, self.budgets, markets=self.markets, root=self.root)

    @cached_property
    def announced(self) -> dict[str, ByCoin]:
        """What each venue trades of the coins drawn; of silent ones what they usually trade."""
        return {
            venue: self.listing.traded.get(venue) or usual(questions, self.listing.coins)
            for venue, questions in venues.QUESTIONS.items()
        }

    def instruments(self) -> tuple[InstrumentInfo, ...]:
        """Everything that rows will name."""
        return tuple(t.info for traded in self.announced.values() for t in traded.values())

    def start_ms(self, wall_ms: int) -> int:
        """It happens now."""
        return wall_ms

    def streams(self) -> tuple[StreamState, ...]:
        """What was heard from every venue and when."""
        return self._streams.now()

    def unheard(self) -> tuple[Unheard, ...]:
        """What was pushed while nobody heard it, as far as it is remembered."""
        return tuple(self._streams.unheard)

    def skews_ms(self) -> dict[str, int]:
        """How far each venue's clock is ahead of ours."""
        return {venue: link.skew_ms for venue, link in self.links.items()}

    def used_shares(self) -> dict[str, float]:
        """Which share of its documented limit each venue was asked at most."""
        return {venue: budget.peak_share for venue, budget in self.budgets.items()}

    def history(self, until_ms: int, first_ms: int | None = None) -> Iterator[list[Row]]:
        """Closed bars of the days before, as far back as venues tell within two minutes.

        They are of five minutes each, because open interest is told that often; the last day
        of an earlier run is asked minute by minute, to repair what it missed.
        """
        found: list[Row] = []
        asking = Apart(lambda: self.ask_history(found, until_ms, first_ms), most_s=HISTORY_S)
        try:
            while not asking.is_over(within_s=STILL_ASKING_S):
                yield []
        finally:
            asking.stop()
        yield from _batches(found)

    async def ask_history(
        self, found: list[Row], until_ms: int, first_ms: int | None = None
    ) -> None:
        """Put what has been into ``found`` while it arrives, in any order."""
        self._first_ms = first_ms
        around = Surroundings(
            lambda: until_ms, asyncio.sleep, self._seconds, self._streams, self._prices, _ignore
        )

        async def of_one(link: Link) -> None:
            link.trade(self.listing.traded[link.venue], until_ms)
            await self._ask_history_of(link, found, until_ms)

        await asyncio.to_thread(self.instruments)
        async with sessions(self.listing.traded) as opened:
            links = [self._link(venue, opened[venue], around) for venue in opened]
            try:
                await asyncio.gather(*(of_one(link) for link in links))
            finally:
                self._note_known(tuple(found))

    async def _ask_history_of(self, link: Link, found: list[Row], until_ms: int) -> None:
        try:
            for span in self._spans(until_ms):
                if not await backfill(link, span, found):
                    return
        except Exception:
            log.exception("The history of %s is not whole.", link.venue)
        else:
            self._is_whole.add(link.venue)

    def _spans(self, until_ms: int) -> tuple[Span, Span]:
        """What is asked of the past: the last part minute by minute, what is older in longer."""
        began_ms = until_ms - round(self.history_days * DAY_MS)
        begin_ms = max(began_ms, self._first_ms or 0)
        fine_ms = max(begin_ms, until_ms - REPAIRED_MS) if self._first_ms else until_ms
        fine_ms = fine_ms // self.history_bar_ms * self.history_bar_ms
        return (
            whole_bars(fine_ms, until_ms, MINUTE_MS),
            whole_bars(begin_ms, fine_ms, self.history_bar_ms),
        )

    async def _tell_late_history(self, link: Link, until_ms: int) -> None:
        """The past of a venue that was silent when the others told theirs."""
        while link.venue not in self._is_whole:
            found: list[Row] = []
            await self._ask_history_of(link, found, until_ms)
            for batch in _batches(found):
                await link.around.tell(batch)
            if link.venue not in self._is_whole:
                await link.around.sleep(HISTORY_AGAIN_S)

    def _note_known(self, rows: tuple[Row, ...]) -> None:
        for row in rows:
            if isinstance(row, BarRow):
                known_ms = self._known_ms.get(row.instrument, 0)
                self._known_ms[row.instrument] = max(known_ms, row.end_ms)

    async def stream(self, after_ms: int, clock: Clock, sleep: Sleep) -> AsyncIterator[list[Row]]:
        """Whatever any venue tells; ends when every venue has barred us.

        Bars begin where the history of their instrument ended, which may be a minute or two before
        ``after_ms``: the last bar of a history is left out until another follows it.
        """
        slugs = {info.slug for info in await asyncio.to_thread(self.instruments)}
        waiting: asyncio.Queue[list[Row] | None] = asyncio.Queue(MOST_WAITING)
        around = Surroundings(clock, sleep, self._seconds, self._streams, self._prices, waiting.put)
        async with sessions(venues.QUESTIONS) as opened:
            self.links = {venue: self._link(venue, opened[venue], around) for venue in opened}
            running = [
                asyncio.create_task(self._run(link, after_ms, opened[venue]), name=venue)
                for venue, link in self.links.items()
            ]
            ending = asyncio.create_task(_when_done(running, waiting))
            try:
                while (rows := await waiting.get()) is not None:
                    if known := [row for row in rows if row.instrument in slugs]:
                        yield known
            finally:
                for task in (ending, *running):
                    task.cancel()
                await asyncio.gather(ending, *running, return_exceptions=True)

    def _link(self, venue: str, session: aiohttp.ClientSession, around: Surroundings) -> Link:
        budget = self.budgets[venue]
        rest = Rest(
            venue,
            session,
            budget,
            clock=self._seconds,
            root=self.root,
            timeout_s=self._timeout_s,
        )
        return Link(venues.QUESTIONS[venue], rest, around, self.listing.coins)

    async def _run(self, link: Link, after_ms: int, session: aiohttp.ClientSession) -> None:
        """One venue, until it bars us; whatever else happens to it, it is begun again."""
        if traded := self.listing.traded.get(link.venue):
            link.trade(traded, after_ms, self._known_ms)
        backoff = Backoff()
        while True:
            try:
                await self._ask_and_listen(link, after_ms, session)
            except Exception as failures:
                failure = _first(failures)
                if isinstance(failure, Barred):
                    self._bar(link, str(failure))
                    return
                log.exception("%s had to be begun again.", link.venue)
            await link.around.sleep(backoff.wait_s())

    async def _ask_and_listen(
        self, link: Link, after_ms: int, session: aiohttp.ClientSession
    ) -> None:
        pushes = venues.PUSHES[link.venue]
        await until_listed(link, after_ms)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(poll(link, after_ms))
            tasks.create_task(poll_slowly(link))
            tasks.create_task(self._tell_late_history(link, after_ms))
            tasks.create_task(listen(link, pushes, session, root=self.root, life_s=self._life_s))

    def _bar(self, link: Link, trouble: str) -> None:
        log.warning("%s %s.", link.venue, trouble)
        for stream in self._streams.of(link.venue):
            stream.is_barred, stream.trouble = True, trouble


async def _when_done(
    running: list[asyncio.Task[None]], waiting: "asyncio.Queue[list[Row] | None]"
) -> None:
    await asyncio.gather(*running, return_exceptions=True)
    await waiting.put(None)


def _first(failure: BaseException) -> BaseException:
    """The first failure in a group of groups, or itself."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


async def _ignore(rows: list[Row]) -> None:
    pass


def _batches(found: Iterable[Row]) -> Iterator[list[Row]]:
    rising = sorted(tuple(found), key=_when)
    for begin in range(0, len(rising), BATCH_ROWS):
        yield rising[begin : begin + BATCH_ROWS]


def _when(row: Row) -> int:
    return row.end_ms if isinstance(row, BarRow) else row.ts_ms
