"""A venue's lines become fills, and every line that cannot be one is named with its reason."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.journal.trades import cells
from apps.journal.trades.decimals import EXACT, written
from apps.journal.trades.delimited import Line, Sheet
from apps.journal.trades.models import Fill
from apps.journal.trades.presets import Preset

CONTRACTS = {"cont", "conts", "contract", "contracts", "张"}
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a file is read: ``places`` says in which column each of our fields stands.

    ``zone`` is for times that name none; ``mark`` stands before decimals; ``contracts`` are coins
    per contract by symbol; ``quote`` is for symbols that do not say what they are priced in.
    """

    venue: str
    places: Mapping[str, int]
    zone: tzinfo = UTC
    mark: str = "."
    day_first: bool = True
    fees_are_negative: bool = False
    in_contracts: bool = False
    contracts: Mapping[str, Decimal] = field(default_factory=dict)
    quote: str = ""
    preset: Preset | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that is no fill, and why."""

    line: int
    sentence: str


@dataclass(slots=True)
class Told:
    """What a file says. ``aside`` counts lines that are something else, such as transfers."""

    fills: list[Fill] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    aside: int = 0
    uncounted_fees: int = 0  # in another coin than the trade's


class BadLine(ValueError):
    """A line that is no fill; the message is one sentence."""


def fills_in(sheet: Sheet, wishes: Wishes) -> Told:
    """Every line of a file, read as wished. Fills are not saved and belong to nobody yet."""
    told, seen, first = Told(), Counter(), {}
    for line in sheet.lines:
        try:
            fill = _fill(line, wishes)
            if fill:
                fill.key = _key(fill, seen)
                _check_number(fill, first.setdefault(fill.key, fill))
        except BadLine as error:
            told.problems.append(Problem(line.number, str(error)))
            continue
        if fill is None:
            told.aside += 1
            continue
        told.uncounted_fees += bool(fill.fee) and fill.fee_currency not in ("", fill.quote)
        told.fills.append(fill)
    return told


def mark_in(sheet: Sheet, places: Mapping[str, int]) -> str:
    """What stands before the decimals of this file."""
    columns = [places[name] for name in ("price", "size", "fee") if name in places]
    told = (line.at(column) for line in sheet.lines[:500] for column in columns)
    return cells.decimal_mark(told, sheet.separator)


def _fill(line: Line, wishes: Wishes) -> Fill | None:
    text = {name: line.at(column) for name, column in wishes.places.items()}
    is_funding = _is_funding(text, wishes.preset)
    if is_funding is None:
        return None
    symbol = text["symbol"][:48].upper()
    base, quote = _pair(text, wishes)
    fill = Fill(
        venue=wishes.venue, symbol=symbol, base=base, quote=quote,
        at_ms=_moment(text["time"], wishes), order=text.get("trade_id", "")[:64],
    )  # fmt: skip
    if is_funding:
        fill.price = fill.size = fill.fee = NONE
        fill.funding = _number(text, "funding", wishes) or NONE
        return fill if fill.funding else None
    fill.funding = NONE
    fill.is_buy, fill.book = _side(text["side"])
    fill.price = _positive(text, "price", wishes)
    fill.size = EXACT.multiply(_positive(text, "size", wishes), _contract(text, wishes, base))
    fee = _number(text, "fee", wishes) or NONE
    fill.fee = EXACT.minus(fee) if wishes.fees_are_negative else fee
    named = text.get("fee_currency", "").upper() or cells.unit(text.get("fee", ""))
    fill.fee_currency = "" if named == quote else named[:12]
    return fill


def _is_funding(text: Mapping[str, str], preset: Preset | None) -> bool | None:
    """Whether a line pays funding; None where it is neither that nor an execution."""
    if text.get("side", "").lower().startswith("funding"):
        return True
    if preset is None or "kind" not in text:
        return False
    kind = text["kind"].lower()
    if kind in preset.settlements:
        return True
    return False if kind in preset.trades else None


def _pair(text: Mapping[str, str], wishes: Wishes) -> tuple[str, str]:
    asked = text.get("currency", "").upper() or wishes.quote
    try:
        base, quote = cells.pair(text["symbol"], asked)
    except ValueError as error:
        raise BadLine(_("The symbol “%s” does not say what it is priced in.")
                      % text["symbol"][:48]) from error  # fmt: skip
    fee_in = text.get("fee_currency", "") if quote == "USD" else ""
    if base in (text.get("settled_in", "").upper(), fee_in.upper()):
        raise BadLine(_("Contracts that settle in the coin itself are not taken."))
    return base, quote


def _moment(told: str, wishes: Wishes) -> int:
    try:
        return cells.moment(told, wishes.zone, day_first=wishes.day_first)
    except (ValueError, OverflowError) as error:
        raise BadLine(_("“%s” is no time.") % told[:40]) from error


def _side(told: str) -> tuple[bool, str]:
    try:
        return cells.is_buy(told)
    except ValueError as error:
        raise BadLine(_("“%s” is neither a purchase nor a sale.") % told[:40]) from error


def _number(text: Mapping[str, str], name: str, wishes: Wishes) -> Decimal | None:
    told = text.get(name, "")
    try:
        return cells.number(told, wishes.mark)
    except ValueError as error:
        raise BadLine(_("“%s” is no number.") % told[:40]) from error


def _positive(text: Mapping[str, str], name: str, wishes: Wishes) -> Decimal:
    found = _number(text, name, wishes)
    if found is None or found == 0:
        raise BadLine(_("There is no price.") if name == "price" else _("There is no size."))
    if name == "price" and found < 0:
        raise BadLine(_("The price is negative."))
    return EXACT.abs(found)


def _contract(text: Mapping[str, str], wishes: Wishes, base: str) -> Decimal:
    """Coins per unit of size: 1 unless the file counts contracts."""
    told = text.get("unit", "").lower()
    if not wishes.in_contracts and told not in CONTRACTS:
        if told and told != base.lower():
            raise BadLine(_("The size is in %s, neither in coins nor in contracts.") % told[:12])
        return Decimal(1)
    symbol = text["symbol"].upper()
    if symbol not in wishes.contracts:
        raise BadLine(_("How many coins one contract of %s is worth is not known; say it below.")
                      % symbol[:48])  # fmt: skip
    return wishes.contracts[symbol]


def _check_number(fill: Fill, first: Fill) -> None:
    """Refuse a second execution under the first one's number: that is an order's number then."""
    same = ("at_ms", "price", "size", "fee", "funding")
    if any(getattr(fill, name) != getattr(first, name) for name in same):
        raise BadLine(_("Another execution has the number “%s”: name another column, or none, as "
                        "the number of the execution.") % fill.order)  # fmt: skip


def _key(fill: Fill, seen: Counter[str]) -> str:
    """What tells a fill from others: the venue's own number, or all that it says.

    Two executions that say the same are the first and the second of their kind, in every file that
    holds both.
    """
    place = (fill.venue, fill.symbol, fill.book, str(fill.is_buy), str(bool(fill.size)))
    if fill.order:
        told = (*place, fill.order)
    else:
        told = (*place, str(fill.at_ms), *map(written, (fill.price, fill.size, fill.fee,
                                                      fill.funding)))  # fmt: skip
    key = hashlib.sha256("\x1f".join(told).encode()).hexdigest()
    if fill.order:
        return key
    seen[key] += 1
    return hashlib.sha256(f"{key} {seen[key]}".encode()).hexdigest() if seen[key] > 1 else key
