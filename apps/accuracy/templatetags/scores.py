"""Scores as the page prints them, and places on a scale as SVG wants them."""

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from apps.heatmaps.templatetags.amounts import MINUS, NBSP
from apps.markets.coverage import VENUE_NAMES

register = template.Library()

DASH = "–"


def _signed(value: float, decimals: int) -> str:
    text = f"{abs(value):.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text) else text


@register.filter
def score(told: dict[str, float] | None, decimals: int = 2) -> str:
    """The value: 0.71."""
    return DASH if told is None else _signed(told["value"], decimals)


@register.filter
def score_range(told: dict[str, float] | None, decimals: int = 2) -> str:
    """Its interval: 0.65–0.77, with words where a bound is negative."""
    if told is None:
        return ""
    low, high = (_signed(told[name], decimals) for name in ("low", "high"))
    return f"{low}…{high}" if MINUS in low + high else f"{low}–{high}"


@register.filter
def share(told: dict[str, float] | None) -> str:
    """A share: 31 %."""
    return DASH if told is None else f"{100 * told['value']:.0f}{NBSP}%"


@register.filter
def share_range(told: dict[str, float] | None) -> str:
    """Its interval: 27–36 %."""
    return "" if told is None else f"{100 * told['low']:.0f}–{100 * told['high']:.0f}{NBSP}%"


@register.filter
def spaced(hours: str) -> str:
    """A span as a reader reads it: 24 h."""
    return f"{hours.removesuffix('h')}{NBSP}h"


@register.filter
def day(epoch_ms: int) -> str:
    """A day on the reader's calendar: 18 Jun."""
    return date_format(timezone.localtime(datetime.fromtimestamp(epoch_ms / 1000, UTC)), "j M")


@register.filter
def venue(slug: str) -> str:
    """A venue as it writes itself."""
    return VENUE_NAMES.get(slug, slug)


@register.filter
def named(mapping: dict, key: str) -> object:
    """An entry of a mapping, None where there is none."""
    return mapping.get(key) if mapping else None
