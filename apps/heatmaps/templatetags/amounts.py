"""Filters that print prices, amounts, distances and ages, so that no template rounds anything.

Dollars come in as US dollars; the second argument names the currency to print. Numbers keep their
unit in one word: a no-break space stands before ``%``, a proper minus before losses.
"""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from apps.accounts.zones import reader_zone, zone_label
from apps.markets.currency import SYMBOLS, rate_to

register = template.Library()

UNITS = ((1e9, "B"), (1e6, "M"), (1e3, "K"))
NBSP = "\u00a0"
MINUS = "\u2212"
ROUNDS_UP = 0.9995  # of a unit: 999.5M is printed as 1.00B


def in_currency(usd: float, currency: str) -> float:
    """US dollars in the given currency, at the site's rate."""
    return usd * rate_to(currency).per_usd


@register.filter
def in_first(usd: float, currency: str) -> str:
    """A price in the given currency as a script reads it: all its digits, no separators."""
    return repr(in_currency(usd, currency))


@register.filter
def plain_price(usd: float, currency: str) -> str:
    """A price without its symbol: 81,054 or 89.64 or 0.1234."""
    value = in_currency(usd, currency)
    decimals = 0 if value >= 1000 else 2 if value >= 1 else 4
    return f"{value:,.{decimals}f}"


@register.filter
def price(usd: float, currency: str) -> str:
    """A price with its symbol: S$81,054."""
    return SYMBOLS[currency] + plain_price(usd, currency)


@register.filter
def notional(usd: float, currency: str) -> str:
    """An amount in two or three digits: S$241M, US$1.74B, S$9.8M."""
    value = in_currency(usd, currency)
    for size, unit in UNITS:
        if value >= size * ROUNDS_UP:
            scaled = value / size
            return f"{SYMBOLS[currency]}{scaled:.{2 if scaled < 9.995 else 0}f}{unit}"
    return f"{SYMBOLS[currency]}{value:.0f}"


@register.filter
def absolute(amount: float) -> float:
    """An amount without its sign."""
    return abs(amount)


@register.filter
def coins(base: float) -> str:
    """A size in coins, three digits that matter: 0.191, 12.5, 1,230."""
    if base >= 1000:
        return f"{float(f'{base:.3g}'):,.0f}"
    return f"{base:.3g}" if base >= 0.001 else f"{base:.2g}"


@register.filter
def times(leverage: float) -> str:
    """A leverage: 10× or 12.5×."""
    return f"{leverage:.3g}×"


@register.filter
def percent(fraction: float, decimals: int = 1) -> str:
    """An unsigned share: 41 %."""
    return f"{fraction * 100:.{decimals}f}{NBSP}%"


@register.filter
def distance(fraction: float, decimals: int = 1) -> str:
    """A signed distance from the price: +4.0 % or −3.3 %."""
    sign = MINUS if fraction < 0 else "+"
    return sign + percent(abs(fraction), decimals)


@register.filter
def change(fraction: float | None) -> str:
    """A price change: an arrow and a number, never a colour."""
    if fraction is None:
        return ""
    return f"{'▼' if fraction < 0 else '▲'}{NBSP}{percent(abs(fraction), 2)}"


@register.filter
def ratio(longs_to_shorts: float | None) -> str:
    """Asymmetry in words: 1.6 : 1 longs."""
    if longs_to_shorts is None:
        return _("longs only")
    if longs_to_shorts <= 0:
        return _("shorts only")
    larger = max(longs_to_shorts, 1 / longs_to_shorts)
    amount = f"{min(larger, 99):.1f}{NBSP}:{NBSP}1"
    return (_("%(ratio)s longs") if longs_to_shorts >= 1 else _("%(ratio)s shorts")) % {
        "ratio": amount
    }


@register.filter
def part_of(amount: float, whole: float) -> str:
    """A bar's length for an SVG ``width``, in percent of its box and never too thin to see."""
    return f"{max(2.0, min(100.0, 100 * amount / whole)) if whole > 0 else 0:.1f}"


@register.filter
def part_of_both(longs: float, shorts: float) -> str:
    """Where the longs end on a split bar, in percent; the smaller side stays visible."""
    both = longs + shorts
    return f"{min(98.0, max(2.0, 100 * longs / both)) if both > 0 else 50:.1f}"


@register.filter
def is_lopsided(longs: float, shorts: float) -> bool:
    """Whether one side of a split bar is too short to hold its own amount."""
    return min(longs, shorts) < 0.36 * (longs + shorts)


@register.filter
def ago(seconds: float | None) -> str:
    """The age of something: 2 s, 3 min, 5 h."""
    if seconds is None:
        return _("never")
    for size, unit in ((86_400, _("d")), (3600, _("h")), (60, _("min"))):
        if seconds >= size:
            return f"{seconds / size:.0f}{NBSP}{unit}"
    return f"{seconds:.0f}{NBSP}{_('s')}"


@register.filter
def clock(epoch_ms: float) -> str:
    """An instant as its reader's clock shows it: 19 Jun 04:45 SGT."""
    moment = datetime.fromtimestamp(epoch_ms / 1000, reader_zone())
    return f"{moment.day} {moment:%b %H:%M} {zone_label(moment)}"
