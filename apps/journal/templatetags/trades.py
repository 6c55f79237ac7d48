"""Trades as their pages print them: signed results in three units, exact money, prices."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from apps.heatmaps.templatetags.amounts import MINUS, NBSP, UNITS, distance
from apps.journal.templatetags.reads import in_r
from apps.journal.trades.closed import Closed, closed_one
from apps.journal.trades.models import Trade
from apps.markets.currency import SYMBOLS, rate_to

register = template.Library()

SHORT_FROM = 100_000
MANY_DIGITS = 8
MOST_FACTOR = 999


@register.filter
def gain(usd: Decimal | None, currency: str) -> str:
    """Dollars won or lost, in the reader's currency: +S$1,234 or −S$56.78."""
    if usd is None:
        return "–"
    value = float(usd) * rate_to(currency).per_usd
    return _signed(value, SYMBOLS[currency] + _amount(abs(value)))


@register.filter
def native(amount: Decimal | None, currency: str) -> str:
    """An amount in the currency in which it was made, not converted: +12.5 USDT."""
    if amount is None:
        return "–"
    return _signed(float(amount), f"{money(amount)}{NBSP}{currency}")


@register.filter
def signed(amount: Decimal) -> str:
    """The same where its currency stands beside it."""
    return _signed(float(amount), money(amount))


@register.filter
def money(amount: Decimal) -> str:
    """An amount without its sign: cents where there is one whole unit, else all that matters."""
    return f"{abs(amount):,.2f}" if abs(amount) >= 1 else plain(abs(amount))


@register.filter
def plain(number: Decimal | None) -> str:
    """A price or a size with its separators and at most eight decimals: 81,054.5."""
    if number is None:
        return "–"
    decimals = 2 if abs(number) >= 1000 else MANY_DIGITS
    text = f"{number:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", MINUS)


@register.simple_tag
def result(value: Decimal | None, unit: str, currency: str) -> str:
    """A result in the unit that the page shows."""
    if value is None:
        return "–"
    if unit == "money":
        return gain(value, currency)
    return in_r(float(value)) if unit == "r" else distance(float(value), 2)


@register.simple_tag
def small_result(value: Decimal | None, unit: str, currency: str) -> str:
    """A result where there is little room: without its unit, which stands elsewhere."""
    if value is None:
        return "–"
    if unit == "money":
        told = float(value) * rate_to(currency).per_usd
        return _signed(told, _amount(abs(told), short_from=1000, decimals=0))
    number = float(value) * (100 if unit == "percent" else 1)
    return _signed(number, f"{abs(number):.{1 if unit == 'percent' else 2}f}")


@register.filter
def unsigned(text: str) -> str:
    """A printed result without its sign."""
    return text.lstrip(f"+{MINUS}")


@register.filter
def counted(trade: Trade) -> Closed | None:
    """A trade as it is counted; None while it is open."""
    return closed_one(trade)


@register.filter
def tag_list(trade: Trade) -> list[str]:
    """Its tags, one by one."""
    return trade.tags.split(", ") if trade.tags else []


@register.filter
def in_unit(closed: Closed | None, unit: str) -> Decimal | None:
    """What it came to in that unit."""
    return closed.result(unit) if closed else None


@register.filter
def unit_name(unit: str, currency: str) -> str:
    """What the switch calls a unit."""
    return {"money": SYMBOLS[currency].strip(), "percent": "%", "r": "R"}[unit]


@register.filter
def streak(count: int) -> str:
    """A row of results: 3 won, 2 lost."""
    if not count:
        return "–"
    return (_("%d won") if count > 0 else _("%d lost")) % abs(count)


@register.filter
def factor(number: Decimal | None) -> str:
    """A profit factor; without a loss there is none."""
    if number is None:
        return _("no loss yet")
    return f"{number:.2f}" if number < MOST_FACTOR else f">{NBSP}{MOST_FACTOR}"


def _signed(value: float, text: str) -> str:
    return f"{MINUS if value < 0 else '+' if value > 0 else ''}{text}"


def _amount(value: float, *, short_from: float = SHORT_FROM, decimals: int = 2) -> str:
    if value >= short_from:
        size, unit = next((size, unit) for size, unit in UNITS if value >= size * 0.9995)
        scaled = value / size
        places = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
        return f"{scaled:.{min(places, decimals + 1)}f}{unit}"
    return f"{value:,.{0 if value >= 1000 else decimals}f}"
