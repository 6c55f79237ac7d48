"""What has been: candles from the newest page back, and the open interest beside them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from apps.exchanges.live.backoff import Backoff
from apps.exchanges.live.coins import Traded, per_coin
from apps.exchanges.live.link import Link
from apps.exchanges.live.troubles import Barred, Paused, Unreachable
from apps.exchanges.numbers import BadPayload
from apps.exchanges.records import BarRow, Row

log = logging.getLogger(__name__)

TRIES = 3
LONGEST_PAUSE_S = 30.0
EMPTY_PAGES = 2  # in a row: the venue knows no more


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in bars of what length."""

    first_ms: int
    until_ms: int
    bar_ms: int

    def pages(self, step_ms: int, count: int) -> Iterator[tuple[int, int]]:
        """Ranges of at most ``count`` steps, the newest first."""
        last_ms = self.until_ms
        while last_ms > self.first_ms:
            begin_ms = max(last_ms - count * step_ms, self.first_ms)
            yield begin_ms, last_ms
            last_ms = begin_ms


def whole_bars(first_ms: int, until_ms: int, bar_ms: int) -> Span:
    """The bars that lie between two instants."""
    return Span(-(-first_ms // bar_ms) * bar_ms, until_ms // bar_ms * bar_ms, bar_ms)


async def backfill(link: Link, span: Span, found: list[Row]) -> bool:
    """Put the closed bars of a span, of all instruments, into ``found`` as they arrive.

    Whether that was everything the venue still tells.
    """
    asked = (_of_one(link, traded, span, found) for traded in link.traded.values())
    return all(await asyncio.gather(*asked))


async def _of_one(link: Link, traded: Traded, span: Span, found: list[Row]) -> bool:
    interest = await _open_interest(link, traded, span)
    empty = 0
    for first_ms, last_ms in span.pages(span.bar_ms, link.questions.candles_per_call - 1):
        ask = partial(
            link.questions.candles,
            link.rest,
            traded.instrument,
            first_ms,
            last_ms + span.bar_ms,  # one more shows that the last one is over
            now_ms=link.now_ms(),
            span_ms=span.bar_ms,
        )
        rows = await _patiently(link, ask)
        empty = 0 if rows else empty + 1
        if rows is None:
            return False
        if empty == EMPTY_PAGES:
            return True
        found += _bars(link, traded, rows, interest, last_ms)
    return True


def _bars(
    link: Link, traded: Traded, rows: list[BarRow], interest: dict[int, float], last_ms: int
) -> list[Row]:
    """Closed bars with their open interest; a price that cannot be spoils the page."""
    sure_ms = last_ms
    if rows and not link.questions.says_closed:
        sure_ms = min(last_ms, rows[-1].end_ms - rows[-1].span_ms)
    closed = [row for row in rows if row.closed and row.end_ms <= sure_ms]
    try:
        return [
            link.believed(
                traded,
                per_coin(replace(row, open_interest=interest.get(row.end_ms)), traded.heap),
            )
            for row in closed
        ]
    except BadPayload as refusal:
        log.warning("%d bars are left out: %s", len(closed), refusal)
        return []


async def _open_interest(link: Link, traded: Traded, span: Span) -> dict[int, float]:
    """Readings by the instant at which they were true."""
    ask, known = link.questions.open_interest_history, dict[int, float]()
    if ask is None:
        return known
    oldest_ms = link.now_ms() - (link.questions.open_interest_back_ms or link.now_ms())
    pages = span.pages(
        link.questions.open_interest_period_ms, link.questions.open_interest_per_call
    )
    for first_ms, last_ms in pages:
        if last_ms <= oldest_ms:
            break
        begin_ms = max(first_ms, oldest_ms)
        rows = await _patiently(link, partial(ask, link.rest, traded.instrument, begin_ms, last_ms))
        if not rows:
            break
        known |= {row.ts_ms: row.open_interest for row in rows}
    return known


async def _patiently[T](link: Link, ask: Callable[[], Awaitable[list[T]]]) -> list[T] | None:
    """The answer after up to three tries, or None."""
    backoff = Backoff()
    for _ in range(TRIES):
        try:
            return await ask()
        except Barred as failure:
            log.info("The history of %s: it %s.", link.venue, failure)
            return None
        except (Unreachable, Paused, BadPayload) as failure:
            log.info("The history of %s: %s", link.venue, failure)
            wait_s = backoff.wait_s()
            if isinstance(failure, Paused):
                wait_s = max(failure.until_s - link.around.seconds(), 0.1)
        if wait_s > LONGEST_PAUSE_S:
            return None
        await link.around.sleep(wait_s)
    return None
