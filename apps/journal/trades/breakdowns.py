"""Which trades work: the same figures for every way to divide them, and by the days of a month."""

import calendar
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from apps.engine.rates import wilson
from apps.journal.models import Read
from apps.journal.trades.closed import Closed, results_in
from apps.journal.trades.statistics import quotient, total

MOST_GROUPS = 30


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the trades, and how they did."""

    label: str
    count: int
    wins: int
    total: Decimal

    @property
    def win_rate(self) -> float:
        return self.wins / self.count

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the win rate."""
        return wilson(self.wins, self.count)

    @property
    def expectancy(self) -> Decimal | None:
        """The mean result of a trade."""
        return quotient(self.total, Decimal(self.count))


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
type Known = list[tuple[Closed, Decimal]]


def breakdowns_of(trades: Iterable[Closed], unit: str, zone: tzinfo = UTC) -> list[Breakdown]:
    """Every way to divide them; a trade with two tags counts under both."""
    known = [(trade, result) for trade in trades if (result := trade.result(unit)) is not None]
    kinds, unread, none = dict(Read.Kind.choices), _("without a read"), _("none")
    opened = {trade.opened_ms: datetime.fromtimestamp(trade.opened_ms / 1000, zone)
              for trade, _result in known}  # fmt: skip
    return [
        _breakdown(_("By side"), known, lambda t: (t.side.capitalize(),)),
        _breakdown(_("By read"), known, lambda t: (kinds.get(t.kind, unread),)),
        _breakdown(_("By setup"), known, lambda t: (t.setup or none,)),
        _breakdown(_("By tag"), known, lambda t: t.tags.split(", ") if t.tags else ()),
        _breakdown(_("By market"), known, lambda t: (t.base,)),
        _breakdown(_("By venue"), known, lambda t: (t.venue or none,)),
        _breakdown(_("By hour it was opened"), known, lambda t: (opened[t.opened_ms].hour,),
                   name=lambda hour: f"{hour:02}\u00a0h"),
        _breakdown(_("By weekday it was opened"), known,
                   lambda t: (opened[t.opened_ms].weekday(),),
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
    title: str, known: Known, labels: Labels, name: Callable[[object], str] | None = None
) -> Breakdown:
    """Groups with a ``name`` stand in their own order, others by how many they are."""
    results: dict[object, list[Decimal]] = defaultdict(list)
    for trade, result in known:
        for label in labels(trade):
            results[label].append(result)
    if name:
        ordered = sorted(results)
    else:
        ordered = sorted(results, key=lambda label: (-len(results[label]), str(label)))
    groups = [
        _group(name(label) if name else str(label), results[label])
        for label in ordered[:MOST_GROUPS]
    ]
    return Breakdown(title, tuple(groups), max(len(ordered) - MOST_GROUPS, 0))


def _group(label: str, results: list[Decimal]) -> Group:
    return Group(label, len(results), sum(result > 0 for result in results), total(results))
