"""Each venue's other answers, through its own address, are the canonical records."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.fake.server import FakeExchange
from apps.exchanges.live.probing import new_budgets
from apps.exchanges.live.questions import Questions
from apps.exchanges.live.transport import Rest
from apps.exchanges.live.venues import QUESTIONS
from apps.exchanges.readings import MINUTE_MS, Instrument, Mark, OpenInterest

NOW_MS = 1_790_003_400_000
MARKET = FakeMarket(first_ms=NOW_MS - 130 * MINUTE_MS, markets=3)


@pytest.fixture(params=list(QUESTIONS))
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Questions, Rest]]:
    venue = request.param
    async with (
        FakeExchange(MARKET, lambda: NOW_MS, push_every_s=None) as exchange,
        aiohttp.ClientSession() as session,
    ):
        loop = asyncio.get_running_loop()
        budget = new_budgets(loop.time)[venue]
        root = f"http://127.0.0.1:{exchange.port}"
        yield QUESTIONS[venue], Rest(venue, session, budget, clock=loop.time, root=root)
        assert exchange.unknown == []


async def listed(questions: Questions, rest: Rest) -> Instrument:
    return next(i for i in await questions.instruments(rest) if i.base == "BTC")


async def test_instruments_are_listed_with_their_units(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    told = {i.slug: i for i in await questions.instruments(rest)}
    for true in MARKET.instruments(questions.venue):
        instrument = told[true.slug]
        assert (instrument.base, instrument.contract_size) == (true.base, true.contract_size)
        assert questions.usual(true.base) == true.symbol
        if questions.venue != "hyperliquid":
            assert questions.usual_quote == true.quote


async def test_the_venues_clock_is_told(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    if questions.server_time_ms:
        assert await questions.server_time_ms(rest) == pytest.approx(NOW_MS, abs=1000)
    else:
        assert questions.probe_body


async def test_a_page_of_candles_holds_what_was_asked(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    instrument = await listed(questions, rest)
    first_ms, last_ms = NOW_MS - 100 * MINUTE_MS, NOW_MS - 40 * MINUTE_MS
    rows = await questions.candles(rest, instrument, first_ms, last_ms, now_ms=NOW_MS)
    true = MARKET.bars(instrument, first_ms, last_ms - 1, NOW_MS)
    assert [row.end_ms for row in rows] == [bar.end_ms for bar in true]
    assert [row.volume for row in rows] == pytest.approx([bar.volume for bar in true])


async def test_a_full_page_of_candles_holds_the_first_too(
    asked: tuple[Questions, Rest], monkeypatch: pytest.MonkeyPatch
) -> None:
    questions, rest = asked
    monkeypatch.setattr("apps.exchanges.bitget.fetch.CANDLES_PER_CALL", 100)
    instrument, most = await listed(questions, rest), min(questions.candles_per_call, 100)
    last_ms = NOW_MS // MINUTE_MS * MINUTE_MS - 5 * MINUTE_MS
    first_ms = last_ms - most * MINUTE_MS
    rows = await questions.candles(rest, instrument, first_ms, last_ms, now_ms=NOW_MS)
    assert [row.end_ms for row in rows] == [first_ms + (n + 1) * MINUTE_MS for n in range(most)]


async def test_open_interest_and_mark_are_one_sided_coins_and_usd(
    asked: tuple[Questions, Rest],
) -> None:
    questions, rest = asked
    instrument = await listed(questions, rest)
    told = await questions.readings(rest, {instrument.symbol: instrument}, now_ms=NOW_MS)
    (interest,) = [row for row in told if isinstance(row, OpenInterest)]
    (mark,) = [row for row in told if isinstance(row, Mark)]
    true = MARKET.open_interest(instrument, NOW_MS)
    assert interest.open_interest == pytest.approx(true.open_interest)
    assert mark.mark_price == pytest.approx(MARKET.mark(instrument, NOW_MS).mark_price, rel=1e-3)


async def test_funding_is_told_per_interval(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    instrument = await listed(questions, rest)
    known = {instrument.symbol: instrument}
    ask = questions.funding or questions.readings
    told = [r for r in await ask(rest, known, now_ms=NOW_MS) if isinstance(r, Mark)]
    true = MARKET.mark(instrument, NOW_MS)
    assert told[-1].funding_rate == pytest.approx(true.funding_rate)
    assert told[-1].funding_interval_ms == true.funding_interval_ms


async def test_open_interest_history_counts_one_side(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    if questions.open_interest_history is None:
        assert questions.venue in ("bitget", "hyperliquid")
        return
    instrument = await listed(questions, rest)
    first_ms, last_ms = NOW_MS - 120 * MINUTE_MS, NOW_MS
    rows = await questions.open_interest_history(rest, instrument, first_ms, last_ms)
    assert rows
    for row in rows:
        true = MARKET.open_interest(instrument, row.ts_ms)
        assert row.open_interest == pytest.approx(true.open_interest)
        assert first_ms <= row.ts_ms <= last_ms


async def test_liquidations_are_the_true_ones(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    if questions.liquidations is None:
        assert questions.venue in ("binance", "bybit", "hyperliquid")
        return
    known = {i.symbol: i for i in await questions.instruments(rest)}
    first_ms, last_ms = NOW_MS - 59 * MINUTE_MS, NOW_MS
    told = await questions.liquidations(rest, known, first_ms, last_ms)
    dead = MARKET.liquidations(questions.venue, None, first_ms, last_ms)
    true = {(r.instrument, r.side, round(r.size_base, 6)) for r in dead}
    assert {(r.instrument, r.side, round(r.size_base, 6)) for r in told} <= true
    if questions.venue in ("gate", "htx"):
        assert len(told) == len(dead)


async def test_the_book_has_two_sides_in_coins(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    instrument = await listed(questions, rest)
    (book,) = await questions.book(rest, instrument)
    true = MARKET.book(instrument, NOW_MS)
    assert book.bids[0] == pytest.approx(true.bids[0], rel=1e-6)
    assert book.asks[0] == pytest.approx(true.asks[0], rel=1e-6)
    assert book.bids[0][0] < book.asks[0][0]


async def test_ratios_are_the_share_that_is_long(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    if questions.ratios is None:
        assert questions.venue in ("dydx", "hyperliquid", "bitget")  # one a second is no 80 %
        return
    instrument = await listed(questions, rest)
    told = await questions.ratios(rest, instrument)
    assert {row.instrument for row in told} == {instrument.slug}
    for row in told:
        if row.kind != "taker":
            true = MARKET.long_share(instrument, row.ts_ms)
            assert row.long_share == pytest.approx(true, rel=1e-6)


async def test_margin_tiers_rise_to_the_true_ones(asked: tuple[Questions, Rest]) -> None:
    questions, rest = asked
    if questions.margin_tiers is None:
        assert questions.venue == "binance"
        return
    instrument = replace(await listed(questions, rest))
    price = MARKET.mark(instrument, NOW_MS).mark_price
    assert price is not None
    tiers = await questions.margin_tiers(rest, instrument, mark_price=price, as_of_ms=NOW_MS)
    true = MARKET.margin_tiers(instrument, NOW_MS)
    if questions.venue not in ("dydx", "htx"):  # one tier for all, or one stack per leverage
        assert [t.maintenance_margin_rate for t in tiers] == pytest.approx(
            [t.maintenance_margin_rate for t in true]
        )
    assert tiers[0].maintenance_margin_rate == pytest.approx(
        true[0].maintenance_margin_rate, rel=0.5
    )
