"""Closed trades as they are counted: one plain row each, in three units."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from apps.journal.trades.decimals import EXACT
from apps.journal.trades.models import Trade
from apps.journal.trades.statistics import quotient, total

UNITS = ("money", "percent", "r")
FIELDS = (
    "opened_ms", "closed_ms", "side", "base", "venue", "quote", "entry", "size", "stop",
    "gross", "fees", "funding", "usd_rate", "tags", "setup", "read__kind",
)  # fmt: skip


class Closed(NamedTuple):
    """One closed trade. ``net`` is in ``quote``; ``value`` is what was traded, ``risk`` what the
    stop would have cost, none without a stop."""

    opened_ms: int
    closed_ms: int
    side: str
    base: str
    venue: str
    quote: str
    tags: str
    setup: str
    kind: str | None
    net: Decimal
    fees: Decimal
    funding: Decimal
    usd_rate: Decimal | None
    value: Decimal
    risk: Decimal | None

    @property
    def usd(self) -> Decimal | None:
        """What it came to in dollars; None where no rate is known."""
        return None if self.usd_rate is None else EXACT.multiply(self.net, self.usd_rate)

    @property
    def r(self) -> Decimal | None:
        """The same in units of what was risked."""
        return quotient(self.net, self.risk) if self.risk else None

    @property
    def share(self) -> Decimal | None:
        """The same as a share of what was traded."""
        return quotient(self.net, self.value)

    def result(self, unit: str) -> Decimal | None:
        """What it came to in that unit; None where that is not known."""
        if unit == "money":
            return self.usd
        return self.r if unit == "r" else self.share


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """What trades in one currency came to, in that currency."""

    currency: str
    count: int
    net: Decimal
    fees: Decimal
    funding: Decimal


def closed_of(trades: QuerySet[Trade]) -> list[Closed]:
    """Those that are over and count, in the order in which they closed; 10,000 take about 0.1 s."""
    rows = trades.filter(closed_ms__isnull=False, is_left_out=False)
    return [
        row_of_closed(*told)
        for told in rows.order_by("closed_ms", "opened_ms", "pk").values_list(*FIELDS)
    ]


def closed_one(trade: Trade) -> Closed | None:
    """That trade as it is counted; None while it is open."""
    if trade.is_open or trade.gross is None:
        return None
    kind = trade.read.kind if trade.read else None
    return row_of_closed(*(getattr(trade, name) for name in FIELDS[:-1]), kind)


def results_in(unit: str, trades: Iterable[Closed]) -> list[Decimal]:
    """The known results in that unit."""
    results = (trade.result(unit) for trade in trades)
    return [result for result in results if result is not None]


def totals(trades: Iterable[Closed]) -> list[CurrencyTotal]:
    """What they came to per currency, most trades first; nothing is converted."""
    by_quote: dict[str, list[Closed]] = {}
    for trade in trades:
        by_quote.setdefault(trade.quote, []).append(trade)
    found = [
        CurrencyTotal(quote, len(them), total(t.net for t in them), total(t.fees for t in them),
                      total(t.funding for t in them))
        for quote, them in by_quote.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.count, one.currency))


def mean_held_ms(trades: Sequence[Closed]) -> float:
    """How long a trade stood on average; 0 of none."""
    held = [trade.closed_ms - trade.opened_ms for trade in trades]
    return sum(held) / len(held) if held else 0.0


def risk_of(entry: Decimal, stop: Decimal | None, size: Decimal) -> Decimal | None:
    """What a stop would have cost; None without one."""
    if stop is None or stop == entry:
        return None
    return EXACT.multiply(EXACT.abs(EXACT.subtract(entry, stop)), size)


def row_of_closed(
    opened_ms: int, closed_ms: int, side: str, base: str, venue: str, quote: str,
    entry: Decimal, size: Decimal, stop: Decimal | None, gross: Decimal, fees: Decimal,
    funding: Decimal, usd_rate: Decimal | None, tags: str, setup: str, kind: str | None,
) -> Closed:  # fmt: skip
    return Closed(
        opened_ms, closed_ms, side, base, venue, quote, tags, setup, kind,
        EXACT.add(EXACT.subtract(gross, fees), funding), fees, funding, usd_rate,
        EXACT.multiply(entry, size), risk_of(entry, stop, size),
    )  # fmt: skip
