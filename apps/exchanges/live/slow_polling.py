"""What changes slowly or weighs much: order books, long/short ratios, margin tiers.

Instruments are asked one after the other, with a breath between two, so that candles never wait
long behind them.
"""

import asyncio
from collections.abc import Awaitable, Callable

from apps.exchanges.depth import depth_of
from apps.exchanges.live.coins import Traded
from apps.exchanges.live.link import Link
from apps.exchanges.live.polling import repeat
from apps.exchanges.readings import Mark
from apps.exchanges.records import Row

BOOKS_EVERY_S = 30.0
RATIOS_EVERY_S = 300.0
TIERS_EVERY_S = 6 * 3600.0
BREATH_S = 0.5
MARKS_FIRST_S = 1.0  # until the first price is there, by which some tiers are counted

type AskRows = Callable[[Traded], Awaitable[list[Row]]]


async def poll_slowly(link: Link) -> None:
    """Ask a listed venue until it bars us."""

    async def ratios(traded: Traded) -> list[Row]:
        told = await link.questions.ratios(link.rest, traded.instrument)
        return list({row.kind: row for row in told}.values())

    asks: list[tuple[str, AskRows, float]] = [("depth", lambda t: _depth(link, t), BOOKS_EVERY_S)]
    if link.questions.ratios:
        asks.append(("ratios", ratios, RATIOS_EVERY_S))
    if link.questions.margin_tiers:
        asks.append(("margin tiers", lambda t: _tiers(link, t), TIERS_EVERY_S))
    async with asyncio.TaskGroup() as tasks:
        for kind, ask, every_s in asks:
            tasks.create_task(_asking(link, kind, ask, every_s))


async def _asking(link: Link, kind: str, ask_one: AskRows, every_s: float) -> None:
    stream = link.around.streams.expect(link.venue, kind, every_s)

    async def ask() -> None:
        for traded in list(link.traded.values()):
            if rows := await ask_one(traded):
                await link.around.tell(rows)
            await link.around.sleep(BREATH_S)

    await repeat(link, ask, every_s, stream)


async def _depth(link: Link, traded: Traded) -> list[Row]:
    """A book by distance, unless its middle cannot be the price."""
    books = await link.questions.book(link.rest, traded.instrument)
    rows = [row for book in books if (row := depth_of(book, coins_in_one=traded.heap))]
    for row in rows:
        link.believe_mark(traded, Mark(row.instrument, row.ts_ms, mark_price=row.mid))
    return list(rows)


async def _tiers(link: Link, traded: Traded) -> list[Row]:
    """The margin tiers of an instrument, as soon as its price is known."""
    while (price := link.around.prices.last(traded.coin, link.venue)) is None:
        await link.around.sleep(MARKS_FIRST_S)
    told = await link.questions.margin_tiers(
        link.rest, traded.instrument, mark_price=price * traded.heap, as_of_ms=link.now_ms()
    )
    return list(told)
