"""A firing in words: a title and a line, for the inbox, a push, an e-mail and a webhook.

Amounts are printed in the reader's currency, and "est." stands beside every modelled one.
"""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import Preferences
from apps.alerts.models import Firing
from apps.heatmaps.templatetags.amounts import NBSP, notional, percent, price
from apps.markets.coverage import VENUE_NAMES

ICONS = {
    "near": "near", "formed": "formed", "grew": "grew", "swept": "swept", "shrank": "gone",
    "cascade": "grew", "asymmetry": "levels", "realised": "swept",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """How a firing reads."""

    title: str
    body: str


def words_of(firing: Firing, currency: str = "") -> Words:
    """A firing in the active language."""
    currency = currency or currency_of(firing)
    title = TITLES[firing.kind](firing)
    return Words(title, " · ".join(part for part in _line(firing, currency) if part))


def currency_of(firing: Firing) -> str:
    """The currency its owner reads."""
    try:
        return firing.user.preferences.currency if firing.user else settings.CURRENCY
    except Preferences.DoesNotExist:
        return settings.CURRENCY


def page_of(firing: Firing) -> str:
    """Where a tap leads: the market at that moment and level, below the site's root."""
    if firing.market is None:
        return reverse("alerts")
    page = reverse("heatmap", args=[firing.market.slug])
    if firing.kind in ("stale", "silent"):
        return page
    level = f"&price={firing.peak:.10g}" if firing.peak else ""
    return f"{page}?view=historical&at={firing.at_ms}{level}"


def icon_of(firing: Firing) -> str:
    """The name of its symbol in the sprite."""
    return ICONS.get(firing.kind, "info")


def venue_names(slugs: list[str]) -> str:
    """Venues as they write themselves."""
    return ", ".join(VENUE_NAMES.get(slug, slug) for slug in slugs)


def _side(firing: Firing) -> str:
    return {"long": _("long"), "short": _("short")}.get(firing.side, "")


def _away(firing: Firing) -> float:
    return firing.peak / firing.price - 1 if firing.price and firing.peak else 0.0


def _signed(fraction: float) -> str:
    return ("+" if fraction >= 0 else "−") + percent(abs(fraction))


def _near(firing: Firing) -> str:
    words = _("Price %(away)s from a %(side)s cluster")
    return words % {"away": percent(abs(_away(firing))), "side": _side(firing)}


def _formed(firing: Firing) -> str:
    words = _("New %(side)s cluster at %(away)s")
    return words % {"side": _side(firing), "away": _signed(_away(firing))}


def _grew(firing: Firing) -> str:
    before = firing.detail.get("before_usd", 0.0)
    if not before or firing.usd <= before:
        return _("%(side)s cluster is bright") % {"side": _side(firing).capitalize()}
    words = _("%(side)s cluster grew %(by)s")
    return words % {
        "side": _side(firing).capitalize(),
        "by": percent(firing.usd / before - 1, 0),
    }


def _shrank(firing: Firing) -> str:
    before = firing.detail.get("before_usd", 0.0)
    words = _("%(side)s cluster faded, %(by)s less")
    lost = max(1 - firing.usd / before, 0.0) if before else 0.0
    if lost < 0.005:
        return _("%(side)s cluster gone") % {"side": _side(firing).capitalize()}
    return words % {"side": _side(firing).capitalize(), "by": percent(lost, 0)}


def _swept(firing: Firing) -> str:
    return _("Swept: %(side)s cluster") % {"side": _side(firing)}


def _cascade(firing: Firing) -> str:
    words = _("Cascade: %(count)d %(side)s clusters within 2 %%")
    return words % {"count": firing.detail.get("number", 0), "side": _side(firing)}


def _asymmetry(firing: Firing) -> str:
    number = min(firing.detail.get("number", 0.0) or 99.0, 99.0)
    ratio = f"{number:.1f}{NBSP}:{NBSP}1"
    side = _("longs") if firing.side == "long" else _("shorts")
    return _("%(side)s outweigh %(ratio)s") % {"side": side.capitalize(), "ratio": ratio}


def _realised(firing: Firing) -> str:
    minutes = int(firing.detail.get("number", 60))
    if not firing.side:
        return _("Real liquidations in %(minutes)d min") % {"minutes": minutes}
    words = _("Real %(side)s liquidations in %(minutes)d min")
    return words % {"side": _side(firing), "minutes": minutes}


def _stale(firing: Firing) -> str:
    return _("%(venue)s is silent") % {"venue": venue_names([firing.detail.get("venue", "")])}


def _silent(firing: Firing) -> str:
    return _("Data are stale, alerts wait")


def _digest(firing: Firing) -> str:
    if firing.detail.get("part") == "morning":
        return _("Magnets this morning")
    return _("Magnets this evening")


def _test(firing: Firing) -> str:
    return _("Test from Embermap")


def _canary(firing: Firing) -> str:
    return "canary"


def _line(firing: Firing, currency: str) -> list[str]:
    """What stands below the title, in parts."""
    detail = firing.detail
    if firing.kind == "test":
        return [_("Pushes reach this device.")]
    if firing.kind == "digest":
        return [str(line) for line in detail.get("lines", ())]
    parts = [firing.market.base if firing.market else ""]
    if firing.kind == "silent":
        return [*parts, venue_names(detail.get("venues", []))]
    if firing.kind == "stale":
        return [*parts, _("alerts wait for it")]
    if firing.peak:
        parts.append(price(firing.peak, currency))
    if firing.usd:
        amount = notional(firing.usd, currency)
        before = detail.get("before_usd", 0.0)
        if firing.kind in ("grew", "shrank") and before:
            amount = f"{notional(before, currency)} → {amount}"
        parts.append(amount if firing.kind == "realised" else _("%s est.") % amount)
    if others := detail.get("others", 0):
        parts.append(_("%d more") % others)
    return parts


TITLES = {
    "near": _near, "formed": _formed, "grew": _grew, "shrank": _shrank, "swept": _swept,
    "cascade": _cascade, "asymmetry": _asymmetry, "realised": _realised, "stale": _stale,
    "silent": _silent, "digest": _digest, "test": _test, "canary": _canary,
}  # fmt: skip
