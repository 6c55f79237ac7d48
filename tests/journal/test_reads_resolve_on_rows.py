"""Reads on stored rows resolve as a slow judge says of exactly those rows, however they come.

More than 500 reads on the simulated market and as many on recorded ones, through the task's own
service: judged again at every stage, across holes, late bars, late liquidations, a feed that
stalls, runs that are cut off, and the night in which Europe's clocks change.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import pytest

from apps.accounts.models import User
from apps.exchanges.records import BarRow, InstrumentInfo, LiquidationRow
from apps.exchanges.simulated.feed import SimulatedFeed
from apps.exchanges.simulated.hours import time_of
from apps.journal import resolving
from apps.journal.models import Read
from apps.journal.outcome import Outcome
from apps.markets import services
from apps.markets.models import Feed
from apps.markets.source import source_of
from tests.journal.generated import make_dead, make_terms
from tests.journal.reference import HOUR_MS, Bar, judge
from tests.journal.telling import Stage, as_bar, as_dead, tell
from tests.journal.test_recorded_reads import recorded_bars

PER_VENUE = 170
EUROPE_CHANGES_MS = 1_774_746_000_000  # Sunday 29 March 2026, 01:00 UTC
FIELDS = tuple(Outcome.__dataclass_fields__)

type Rows = tuple[dict[str, list[BarRow]], list[LiquidationRow]]


@pytest.fixture
def simulated(db: None) -> Rows:
    """Twenty hours of BTC on three venues around a night when clocks change."""
    feed = SimulatedFeed(seed=5)
    begin_ms = EUROPE_CHANGES_MS - 6 * HOUR_MS
    services.ensure_instruments(feed.instruments())
    bars: dict[str, list[BarRow]] = {}
    dead: list[LiquidationRow] = []
    slugs = {info.slug: info.venue for info in feed.instruments() if info.base == "BTC"}
    for batch in feed.history(begin_ms + 20 * HOUR_MS, begin_ms):
        for row in batch:
            if isinstance(row, BarRow) and row.instrument in slugs:
                bars.setdefault(slugs[row.instrument], []).append(row)
            elif isinstance(row, LiquidationRow) and row.instrument in slugs:
                assert time_of(row) == row.ts_ms
                dead.append(row)
    return bars, dead


@pytest.fixture(params=["june-2026-two-venues", "btc-2026-spring", "majors-2024-summer"])
def recorded(db: None, recordings, request) -> Rows:
    """A stretch of a recording, and liquidations made up near its prices."""
    rng = np.random.default_rng(9)
    bars: dict[str, list[BarRow]] = {}
    dead: list[LiquidationRow] = []
    venues = recorded_bars(recordings / request.param)
    begin_ms = max(told[0].end_ms for told in venues)
    until_ms = begin_ms + 500 * max(told[0].end_ms - told[0].begin_ms for told in venues)
    for number, told in enumerate(venues):
        info = InstrumentInfo(f"venue{number}", "BTCUSDT", "BTC", "USDT")
        services.ensure_instruments([info])
        stretch = [within(bar) for bar in told if begin_ms < bar.end_ms <= until_ms]
        bars[info.venue] = [row_of_bar(info.slug, bar) for bar in stretch]
        dead += [
            LiquidationRow(info.slug, one.ts_ms, one.side, one.usd / one.price, one.usd,
                           one.price, "full", str(at))
            for at, one in enumerate(make_dead(rng, stretch))
        ]  # fmt: skip
    return bars, dead


def within(bar: Bar) -> Bar:
    """The bar with its close, which may be another price than its extremes, between them."""
    return replace(bar, close=min(max(bar.close, bar.low), bar.high))


def row_of_bar(slug: str, bar: Bar) -> BarRow:
    mark = (bar.low, bar.high, bar.close) if bar.is_mark else (None, None, None)
    return BarRow(slug, bar.end_ms, bar.end_ms - bar.begin_ms, bar.close, bar.high, bar.low,
                  bar.close, mark_low=mark[0], mark_high=mark[1], mark_close=mark[2])  # fmt: skip


def test_reads_on_the_simulated_market_resolve_as_a_slow_judge_says(simulated, user, monkeypatch):
    counts = live_through(simulated, user, monkeypatch, per_venue=PER_VENUE)
    assert counts["reads"] >= 500
    assert (
        min(
            counts[name]
            for name in ("late", "late deaths", "stalled", "cut off", "never", "open bars")
        )
        > 0
    )
    assert min(counts[state] for state in ("reached", "missed", "gapped")) > 20
    assert counts["healed"] > 20


def test_reads_on_recorded_markets_resolve_as_a_slow_judge_says(recorded, user, monkeypatch):
    counts = live_through(recorded, user, monkeypatch, per_venue=510 // len(recorded[0]))
    assert counts["reads"] >= 500
    assert min(counts[name] for name in ("late", "late deaths", "stalled", "cut off")) > 0
    assert min(counts["reached"], counts["missed"]) > 20


def live_through(rows: Rows, user: User, monkeypatch, *, per_venue: int) -> Counter:
    """Tell the rows in stages; after each of them every read says what the slow judge says."""
    rng = np.random.default_rng(3)
    by_venue, dead = rows
    bars = [bar for told in by_venue.values() for bar in told]
    feed = Feed.objects.create(kind="live", label="told", source="told", state="running",
                               anchor_data_ms=0, anchor_wall_ms=0)  # fmt: skip
    waiting = list(make_reads(rng, by_venue, user, feed, per_venue))
    stages, counts = tell(rng, bars, dead)
    known = {venue: [] for venue in by_venue}
    died, finals, holed = [], {}, set()
    venue_of = {bar.instrument: venue for venue, told in by_venue.items() for bar in told}
    for stage in stages:
        monkeypatch.setattr(resolving, "wall_now_ms", lambda now_ms=stage.now_ms: now_ms)
        services.store_rows([*stage.bars, *stage.open_bars, *stage.dead])
        counts["open bars"] += len(stage.open_bars)
        died += map(as_dead, stage.dead)
        for bar in stage.bars:
            known[venue_of[bar.instrument]].append(as_bar(bar))
        Read.objects.bulk_create([read for read in waiting if read.at_ms <= stage.now_ms])
        waiting = [read for read in waiting if read.at_ms > stage.now_ms]
        counts["cut off"] += run_cut_off(rng, monkeypatch)
        resolving.resolve_reads()
        check(stage, known, died, finals, holed, counts)
        assert resolving.resolve_reads() == 0
    counts["reads"] = Read.objects.count()
    counts.update(Read.objects.values_list("state", flat=True))
    return counts


def make_reads(rng, by_venue: dict, user: User, feed: Feed, count: int) -> Iterator[Read]:
    """Reads on each venue's own prices, within the first third of what it tells."""
    for venue, rows in by_venue.items():
        bars = [as_bar(row) for row in rows]
        for _number in range(count):
            terms = make_terms(rng, bars)
            yield Read(user=user, market="btc", base="BTC", venue=venue, source=source_of(feed),
                       kind="magnet", covered_ms=terms.at_ms,
                       plan_state="" if terms.entry is None else "waiting",
                       **asdict(terms))  # fmt: skip


def run_cut_off(rng, monkeypatch) -> bool:
    """A run of the task that dies among the reads, as a killed worker does."""
    left = int(rng.integers(1, 200))

    def dying(*told):
        nonlocal left
        left -= 1
        if left == 0:
            raise SystemExit
        return true_resolve(*told)

    true_resolve = resolving.resolve
    with monkeypatch.context() as patched:
        patched.setattr(resolving, "resolve", dying)
        try:
            resolving.resolve_reads()
        except SystemExit:
            return True
    return False


def check(stage: Stage, known: dict, died: list, finals: dict, holed: set, counts) -> None:
    for told in known.values():
        told.sort(key=lambda bar: bar.end_ms)
    for read in Read.objects.defer("frozen", "note"):
        said = {name: getattr(read, name) for name in FIELDS}
        if read.pk in finals:
            assert said == finals[read.pk], read
            continue
        expected = judge(read, known[read.venue], died)
        if expected["liquidated_usd"] is not None:
            expected["liquidated_usd"] = pytest.approx(expected["liquidated_usd"], rel=1e-9)
        assert said == expected, (stage.now_ms, read.pk)
        if read.is_gapped:
            counts["gapped"] += read.pk not in holed
            holed.add(read.pk)
        if read.is_final:
            finals[read.pk] = said
            counts["healed"] += read.pk in holed
