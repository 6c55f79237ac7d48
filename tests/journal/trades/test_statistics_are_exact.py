"""Every figure of a journal is what a slow reference says, to fifty digits."""

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.rates import wilson
from apps.journal.trades.breakdowns import breakdowns_of, weeks_of
from apps.journal.trades.closed import UNITS, results_in, totals
from apps.journal.trades.statistics import equity, figures_of
from tests.journal.trades import reference
from tests.journal.trades.generated import closed, journal_of, trades

CLOSE = Decimal(10) ** -40
RESULTS = {"money": reference.in_usd, "percent": reference.share, "r": reference.in_r}
JOURNALS, PER_EXAMPLE = 1000, 10
numbers = st.decimals(-100, 100, places=3)
journals = st.lists(trades, max_size=12)
D = Decimal


def same(ours: Decimal | int | None, theirs: Decimal | int | None) -> bool:
    """Equal, but for the digits behind the fiftieth."""
    if ours is None or theirs is None:
        return ours is theirs
    return abs(D(ours) - D(theirs)) <= CLOSE * max(1, abs(D(theirs)))


@settings(max_examples=JOURNALS // PER_EXAMPLE)
@given(seed=st.integers(0, 1 << 40))
def test_a_thousand_journals_have_the_figures_of_the_slow_reference(seed: int):
    for number in range(PER_EXAMPLE):
        agrees_with_the_reference(journal_of(f"{seed} {number}"))


@settings(max_examples=100)
@given(journal=journals)
def test_journals_at_the_edges_have_them_too(journal: list[dict]):
    agrees_with_the_reference(journal)


def agrees_with_the_reference(journal: list[dict]) -> None:
    rows = [closed(one) for one in journal]
    for unit in UNITS:
        expected = [r for r in map(RESULTS[unit], journal) if r is not None]
        ours = figures_of(results_in(unit, rows))
        for name, value in reference.figures(expected).items():
            assert same(getattr(ours, name), value), (unit, name)
        assert ours.bounds == wilson(ours.wins, ours.count)


@settings(max_examples=200)
@given(results=st.lists(numbers, max_size=30))
def test_sums_and_falls_are_exact_and_not_nearly_so(results: list[Decimal]):
    theirs, ours = reference.figures(results), figures_of(results)
    for name in ("total", "won", "lost", "drawdown", "streak", "best_streak", "worst_streak"):
        assert getattr(ours, name) == theirs[name]
    assert equity(results)[-1:] == ([theirs["total"]] if results else [])


@settings(max_examples=100)
@given(journal=journals)
def test_currencies_are_added_up_each_for_itself(journal: list[dict]):
    for one in totals([closed(told) for told in journal]):
        theirs = [told for told in journal if told["quote"] == one.currency]
        assert one.count == len(theirs)
        assert one.net == sum(map(reference.net, theirs))
        assert one.fees == sum(told["fees"] for told in theirs)
        assert one.funding == sum(told["funding"] for told in theirs)


@settings(max_examples=100)
@given(journal=journals, zone=st.sampled_from(["UTC", "Asia/Singapore", "America/New_York"]))
def test_every_way_to_divide_a_journal_divides_all_of_it(journal: list[dict], zone: str):
    rows = [closed(one) for one in journal]
    whole = figures_of(results_in("percent", rows))
    for one in breakdowns_of(rows, "percent", ZoneInfo(zone)):
        if one.title == "By tag":
            continue
        assert sum(group.count for group in one.groups) == whole.count
        assert sum(group.total for group in one.groups) == pytest.approx(whole.total)
        assert sum(group.wins for group in one.groups) == whole.wins


@settings(max_examples=60)
@given(journal=journals, zone=st.sampled_from(["UTC", "Asia/Singapore", "America/New_York"]))
def test_a_calendar_holds_every_trade_on_the_day_it_closed_for_its_reader(journal, zone):
    rows, tz = [closed(one) for one in journal], ZoneInfo(zone)
    expected = defaultdict(int)
    for row in rows:
        expected[datetime.fromtimestamp(row.closed_ms / 1000, tz).date()] += 1
    for month in {(day.year, day.month) for day in expected}:
        told = {
            day.day: day.count
            for week in weeks_of(rows, "percent", date(*month, 1), tz)
            for day in week
            if day.is_inside
        }
        assert {d: n for d, n in told.items() if n} == {
            d: n for d, n in expected.items() if (d.year, d.month) == month
        }


def test_figures_worked_by_hand():
    figures = figures_of([D(2), D(-1), D(0), D(-1), D(-2), D(3)])
    assert (figures.total, round(figures.expectancy, 6)) == (D(1), D("0.166667"))
    assert (figures.wins, figures.losses, figures.count) == (2, 3, 6)
    assert figures.profit_factor == D("1.25")
    assert figures.drawdown == 4
    assert (figures.best_streak, figures.worst_streak, figures.streak) == (1, 2, 1)


def test_nothing_has_defined_figures():
    figures = figures_of([])
    assert (figures.count, figures.total, figures.drawdown, figures.streak) == (0, 0, 0, 0)
    assert figures.expectancy is figures.profit_factor is figures.mean_win is None
    assert figures.bounds == (0.0, 1.0)


def test_an_hour_is_the_readers_hour():
    row = closed({
        "opened_ms": 1_767_225_600_000, "lasted_ms": 0, "side": "long", "base": "BTC", "venue": "",
        "quote": "USDT", "entry": D(1), "exit": D(2), "size": D(1), "fees": D(0), "funding": D(0),
        "stop": None, "usd_rate": None, "tags": "", "setup": "", "kind": None,
    })  # fmt: skip
    labels = {
        one.title: one.groups[0].label
        for zone in (ZoneInfo("Asia/Singapore"),)
        for one in breakdowns_of([row], "percent", zone)
        if one.groups
    }
    assert labels["By hour it was opened"] == "08\u00a0h"
    assert labels["By weekday it was opened"] == "Thu"
    assert datetime.fromtimestamp(row.opened_ms / 1000, UTC).hour == 0
