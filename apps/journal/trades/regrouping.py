"""Fills of a position become its trades again, whenever fills were added.

A trade is known by the fill that opened it. What a person wrote on it stays with it; where an
earlier fill arrives late and two trades turn out to be one, what was written moves along.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.journal.trades.models import LONGEST_NOTE, Fill, Trade
from apps.journal.trades.rates import Rates, usd_rates
from apps.journal.trades.rounds import Execution, Round, rounds_of

FIGURES = (
    "base", "quote", "symbol", "venue", "side", "opened_ms", "closed_ms", "entry", "exit", "size",
    "gross", "fees", "funding", "has_other_fees", "usd_rate",
)  # fmt: skip
WRITTEN = ("leverage", "stop", "target", "setup", "tags", "read_id")


class Position(NamedTuple):
    """What one row of rounds is made from: a market at a venue."""

    venue: str
    symbol: str


@dataclass(slots=True)
class Change:
    """What regrouping would do, before anybody does it."""

    made: list[Trade]
    changed: list[Trade]
    vanished: list[Trade]


def positions_of(fills: Iterable[Fill]) -> set[Position]:
    """The positions that fills belong to."""
    return {Position(fill.venue, fill.symbol) for fill in fills}


def regrouped(user: User, fresh: Iterable[Fill], positions: Iterable[Position]) -> Change:
    """What these positions' trades become with the fills that are here and fresh ones; writes
    nothing."""
    change, rates = Change([], [], []), usd_rates()
    by_position: dict[Position, list[Fill]] = defaultdict(list)
    for fill in fresh:
        by_position[Position(fill.venue, fill.symbol)].append(fill)
    for position in sorted(positions):
        fills = [*_fills_at(user, position), *by_position[position]]
        _regroup(change, user, position, fills, rates)
    return change


def apply(change: Change) -> None:
    """Write what ``regrouped`` found."""
    Trade.objects.filter(pk__in=[trade.pk for trade in change.vanished]).delete()
    Trade.objects.bulk_update(change.changed, [*FIGURES, *_fields(WRITTEN), "note"], batch_size=500)
    Trade.objects.bulk_create(change.made, batch_size=500)


def _regroup(
    change: Change, user: User, position: Position, fills: list[Fill], rates: Rates
) -> None:
    here = {fill.key: fill for fill in fills}
    trades = Trade.objects.filter(user=user, venue=position.venue, symbol=position.symbol)
    known = {trade.key: trade for trade in trades.exclude(key="") if trade.key in here}
    rounds = rounds_of(map(_execution, here.values()))
    current: dict[str, Trade] = {}
    for one in rounds:
        trade = known.get(one.key) or Trade(user=user, key=one.key)
        is_new = trade.pk is None
        if _write(trade, one, here[one.key], rates):
            (change.made if is_new else change.changed).append(trade)
        current |= dict.fromkeys(one.members, trade)
    vanished = [trade for key, trade in known.items() if key not in {one.key for one in rounds}]
    for trade in vanished:
        heir = current.get(trade.key)
        if heir is not None and _inherit(heir, trade) and heir.pk and heir not in change.changed:
            change.changed.append(heir)
    change.vanished += vanished


def _fills_at(user: User, position: Position) -> QuerySet[Fill]:
    return Fill.objects.filter(user=user, **position._asdict())


def _execution(fill: Fill) -> Execution:
    return Execution(*(getattr(fill, name) for name in Execution._fields))


def _write(trade: Trade, one: Round, first: Fill, rates: Rates) -> bool:
    """Put a round's figures into a trade; whether any of them is another one now."""
    told = {name: getattr(one, name) for name in FIGURES if hasattr(one, name)}
    told |= {name: getattr(first, name) for name in ("base", "quote", "symbol", "venue")}
    told["usd_rate"] = rates(first.quote, one.closed_ms or one.opened_ms) or trade.usd_rate
    is_other = any(getattr(trade, name) != value for name, value in told.items())
    for name, value in told.items():
        setattr(trade, name, value)
    return is_other


def _inherit(heir: Trade, trade: Trade) -> bool:
    """Let a trade keep what was written on one that turned out to be part of it."""
    gained = {
        name: getattr(trade, name)
        for name in WRITTEN
        if getattr(trade, name) and not getattr(heir, name)
    }
    if trade.note and trade.note not in heir.note:
        gained["note"] = f"{heir.note}\n{trade.note}".strip()[:LONGEST_NOTE]
    for name, value in gained.items():
        setattr(heir, name, value)
    return bool(gained)


def _fields(names: Iterable[str]) -> list[str]:
    return [name.removesuffix("_id") for name in names]
