"""Executions become round trips. Pure: the same executions, in any order, the same trades.

::

    position   ╭──╮                       a round begins when the position leaves zero
            ╭──╯  ╰─╮        ╭───╮       and ends when it is back there
    ────────╯       ╰──╮  ╭──╯   ╰──
                       ╰──╯              an execution that crosses zero closes one round and
                                         opens the next; its fee is divided by size

Where a venue keeps a long and a short book beside each other, each is a position of its own, and
what would close more than stands there closed something from before the file: it is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import NamedTuple

from apps.journal.trades.decimals import AVERAGE, EXACT, average

ZERO = Decimal(0)


class Execution(NamedTuple):
    """What of a fill matters here; the names are those of its fields."""

    key: str
    at_ms: int
    order: str
    book: str
    is_buy: bool
    price: Decimal
    size: Decimal
    fee: Decimal
    fee_currency: str
    funding: Decimal
    quote: str


@dataclass(slots=True)
class Round:
    """One round trip. ``exit`` and ``closed_ms`` of an open one say what was closed so far."""

    key: str
    side: str
    opened_ms: int
    members: list[str] = field(default_factory=list)
    last_ms: int = 0
    opened: Decimal = ZERO
    opened_value: Decimal = ZERO
    closed: Decimal = ZERO
    closed_value: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    has_other_fees: bool = False

    @property
    def is_closed(self) -> bool:
        return self.opened == self.closed

    @property
    def closed_ms(self) -> int | None:
        return self.last_ms if self.is_closed else None

    @property
    def size(self) -> Decimal:
        return self.opened

    @property
    def entry(self) -> Decimal:
        return average(self.opened_value, self.opened)

    @property
    def exit(self) -> Decimal | None:
        return average(self.closed_value, self.closed) if self.closed else None

    @property
    def gross(self) -> Decimal | None:
        """Profit before costs, exactly; none while something still stands."""
        if not self.is_closed:
            return None
        gained = EXACT.subtract(self.closed_value, self.opened_value)
        return gained if self.side == "long" else EXACT.minus(gained)


def rounds_of(executions: Iterable[Execution]) -> list[Round]:
    """The round trips of one market at one venue, in the order in which they opened."""
    rounds: list[Round] = []
    standing: dict[str, Round] = {}
    with localcontext(EXACT):
        for one in sorted(executions, key=_order):
            if one.size:
                rounds += _trade(standing, one)
            else:
                _fund(standing, one)
    return rounds


def _order(one: Execution) -> tuple[int, int, str, str]:
    """By time; within an instant by the venue's own number, which counts upwards."""
    number = int(one.order) if one.order.isascii() and one.order.isdigit() else -1
    return one.at_ms, number, one.order, one.key


def _fund(standing: dict[str, Round], one: Execution) -> None:
    """Funding goes to what stands then: in its own book, or where it names none the oldest."""
    oldest = min(standing.values(), key=lambda each: (each.opened_ms, each.key), default=None)
    current = standing.get(one.book) if one.book else oldest
    if current:
        current.funding += one.funding
        _pay(current, one, one.fee)


def _trade(standing: dict[str, Round], one: Execution) -> list[Round]:
    """Close what stands against it, open with the rest; the round that it opened, if it did."""
    current = standing.get(one.book)
    side = "long" if one.is_buy else "short"
    closing = fee = ZERO
    if current and current.side != side:
        closing = min(current.opened - current.closed, one.size)
        fee = _part(one.fee, closing, one.size)
        current.closed += closing
        current.closed_value += closing * one.price
        _pay(current, one, fee)
        if current.is_closed:
            del standing[one.book]
    opening = one.size - closing
    if not opening or (one.book and side != one.book):
        return []
    is_new = one.book not in standing
    current = standing.setdefault(one.book, Round(one.key, side, one.at_ms))
    current.opened += opening
    current.opened_value += opening * one.price
    _pay(current, one, one.fee - fee)
    return [current] if is_new else []


def _part(fee: Decimal, size: Decimal, whole: Decimal) -> Decimal:
    """The share of a fee that falls on a part; the rest falls on the other, so none is lost."""
    return fee if size == whole else (fee * size / whole).quantize(AVERAGE)


def _pay(current: Round, one: Execution, fee: Decimal) -> None:
    if one.fee_currency in ("", one.quote):
        current.fees += fee
    else:
        current.has_other_fees |= bool(fee)
    current.last_ms = one.at_ms
    current.members.append(one.key)
