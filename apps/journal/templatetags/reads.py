"""Reads as their pages print them."""

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.zones import zone_label
from apps.heatmaps.readings import Reading
from apps.heatmaps.templatetags.amounts import MINUS, NBSP, percent, plain_price
from apps.journal.models import Read
from apps.journal.patterns import SIDEWAYS

register = template.Library()

MINUTE_MS = 60_000


@register.filter
def moment(epoch_ms: int) -> str:
    """An instant on the reader's clock: Thu 18 Jun 21:30."""
    local = timezone.localtime(datetime.fromtimestamp(epoch_ms / 1000, UTC))
    return date_format(local, "D j M H:i")


@register.filter
def zone_name(epoch_ms: int) -> str:
    """What the reader calls the clock of an instant: SGT."""
    return zone_label(timezone.localtime(datetime.fromtimestamp(epoch_ms / 1000, UTC)))


@register.filter
def feed_name(kind: str) -> str:
    """A feed as pages call it; what is not live stands in capitals."""
    names = {"live": _("Live"), "replay": _("REPLAY"), "simulated": _("SIMULATED")}
    return names.get(kind, kind.upper())


@register.filter
def lasting(ms: int) -> str:
    """How long something took: 45 min, 1 h 45, 3 d 4 h."""
    minutes = max(round(ms / MINUTE_MS), 0)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}{NBSP}{_('d')}" + (f" {hours}{NBSP}{_('h')}" if hours else "")
    if hours:
        return f"{hours}{NBSP}{_('h')}" + (f"{NBSP}{minutes:02}" if minutes else "")
    return f"{minutes}{NBSP}{_('min')}"


@register.filter
def took(read: Read) -> str:
    """How long it took until the zone was reached; empty where only the hand says so."""
    return lasting(read.reached_ms - read.at_ms) if read.reached_ms else ""


@register.filter
def title(read: Read, currency: str) -> str:
    """What, which side, where: BTC longs 80,500–81,400."""
    side = f"{read.base} {read.get_side_display()}"
    low, high = plain_price(read.low, currency), plain_price(read.high, currency)
    return f"{side} {low}" if low == high else f"{side} {low}–{high}"


@register.filter
def less(number: float, other: float) -> float:
    """A difference."""
    return number - other


@register.filter
def in_r(result: float | None) -> str:
    """A result in units of its risk: +1.9 R, −1.0 R."""
    if result is None:
        return "–"
    return f"{MINUS if result < 0 else '+'}{abs(result):.2f}{NBSP}R"


@register.filter
def away(read: Read, readings: dict[str, Reading]) -> str:
    """How far the price now is from an open read's zone; empty where nobody knows."""
    reading = readings.get(read.market)
    if reading is None or reading.market != read.market:
        return ""
    if read.low <= reading.price <= read.high:
        return percent(0)
    return percent(abs(read.near / reading.price - 1))


@register.filter
def iso(epoch_ms: int) -> str:
    """An instant as machines read it."""
    return datetime.fromtimestamp(epoch_ms / 1000, UTC).isoformat()


@register.filter
def raw(number: float) -> str:
    """A number with all its digits, for an address."""
    return repr(float(number))


@register.filter
def between(bounds: tuple[float, float]) -> str:
    """Two shares: 45–74 %."""
    return f"{bounds[0] * 100:.0f}–{percent(bounds[1], 0)}"


@register.filter
def hundred(share: float) -> str:
    """A share as an SVG length of 100."""
    return f"{share * 100:.1f}"


@register.filter
def quarter(number: str) -> int:
    """So many quarters of 100."""
    return int(number) * 25


@register.filter
def of(key: int, table: dict[int, Any]) -> Any:
    """What a table holds under a key."""
    return table.get(key)


@register.filter
def restless(unrest: float) -> str:
    """How a day moved against the week before it: 1.4× the week before."""
    return _("%s the week before") % f"{unrest:.1f}×"


@register.filter
def trending(trend: float) -> str:
    """Where that day went: sideways, up or down, in usual days' moves."""
    if abs(trend) < SIDEWAYS:
        return _("sideways")
    return (_("up, %s usual days") if trend > 0 else _("down, %s usual days")) % f"{abs(trend):.1f}"
