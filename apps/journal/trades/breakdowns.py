"""Which trades work: the same figures for every way to divide them, and by the days of a month."""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from apps.journal.models import Read
from apps.journal.trades.closed import Closed, results_in
from apps.journal.trades.statistics import Figures, figures_of, total

MOST_GROUPS = 30


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the trades, and how they did."""

    label: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One way to divide the trades."""

    title: str
    groups: tuple[Group, ...]
    left: int = 0  # groups that are not shown


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month; ``result`` None where nothing closed."""

    day: date
    count: int
    result: Decimal | None
    is_inside: bool


type Labels = Callable[[Closed], Iterable[object]]


def breakdowns_of(trades: list[Closed], unit: str, zone: tzinfo = UTC) -> list[Breakdown]:
    """Every way to divide them; a trade with two tags counts under both."""
    opened = {trade.opened_ms: datetime.fromtimestamp(trade.opened_ms / 1000, zone)
              for trade in trades}  # fmt: skip
    kinds = dict(Read.Kind.choices)

    def at(trade: Closed) -> datetime:
        return opened[trade.opened_ms]

    return [
        _breakdown(_("By side"), trades, unit, lambda t: [t.side.capitalize()]),
        _breakdown(_("By read"), trades, unit, lambda t: [kinds.get(t.kind, _("without a read"))]),
        _breakdown(_("By setup"), trades, unit, lambda t: [t.setup or _("none")]),
        _breakdown(_("By tag"), trades, unit, lambda t: t.tags.split(", ") if t.tags else []),
        _breakdown(_("By market"), trades, unit, lambda t: [t.base]),
        _breakdown(_("By venue"), trades, unit, lambda t: [t.venue or _("none")]),
        _breakdown(_("By hour it was opened"), trades, unit, lambda t: [at(t).hour],
                   name=lambda hour: f"{hour:02}\u00a0h"),
        _breakdown(_("By weekday it was opened"), trades, unit, lambda t: [at(t).weekday()],
                   name=lambda number: str(WEEKDAYS_ABBR[number])),
    ]  # fmt: skip


def weeks_of(
    trades: Iterable[Closed], unit: str, month: date, zone: tzinfo = UTC
) -> list[list[Day]]:
    """The weeks of a month, from Monday on, with what closed on each day of it."""
    by_day: dict[date, list[Closed]] = {}
    for trade in trades:
        day = datetime.fromtimestamp(trade.closed_ms / 1000, zone).date()
        if (day.year, day.month) == (month.year, month.month):
            by_day.setdefault(day, []).append(trade)
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [[_day(day, by_day.get(day, []), unit, month) for day in week] for week in weeks]


def _day(day: date, trades: list[Closed], unit: str, month: date) -> Day:
    results = results_in(unit, trades)
    return Day(day, len(trades), total(results) if results else None, day.month == month.month)


def _breakdown(
    title: str, trades: list[Closed], unit: str, labels: Labels,
    name: Callable[[object], str] | None = None,
) -> Breakdown:  # fmt: skip
    results: dict[object, list[Decimal]] = {}
    for trade in trades:
        result = trade.result(unit)
        if result is not None:
            for label in labels(trade):
                results.setdefault(label, []).append(result)
    if name:
        ordered = sorted(results)
    else:
        ordered = sorted(results, key=lambda label: (-len(results[label]), str(label)))
    groups = [
        Group(name(label) if name else str(label), figures_of(results[label]))
        for label in ordered[:MOST_GROUPS]
    ]
    return Breakdown(title, tuple(groups), max(len(ordered) - MOST_GROUPS, 0))
