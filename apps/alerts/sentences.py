"""A rule in one sentence, as its list shows it."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from apps.alerts.models import AlertRule
from apps.heatmaps.templatetags.amounts import NBSP, notional, percent


def sentence_of(rule: AlertRule, currency: str) -> str:
    """``BTC: a long cluster of at least S$77M forms within 3 %``."""
    scope = rule.market.base if rule.market else rule.watchlist.name
    return f"{scope}: {SENTENCES[rule.kind](rule, currency)}"


def _cluster(rule: AlertRule, currency: str) -> str:
    words = {"": _("a cluster"), "long": _("a long cluster"), "short": _("a short cluster")}
    cluster = words[rule.side]
    if rule.usd:
        return _("%(cluster)s of at least %(usd)s") % {
            "cluster": cluster,
            "usd": notional(rule.usd, currency),
        }
    return cluster


def _within(rule: AlertRule) -> str:
    part = rule.within or 0.0
    return percent(part, 0 if part >= 0.01 else 1)


def _formed(rule: AlertRule, currency: str) -> str:
    return _("%(cluster)s forms within %(within)s") % {
        "cluster": _cluster(rule, currency),
        "within": _within(rule),
    }


def _near(rule: AlertRule, currency: str) -> str:
    return _("the price comes within %(within)s of %(cluster)s") % {
        "cluster": _cluster(rule, currency),
        "within": _within(rule),
    }


def _grew(rule: AlertRule, currency: str) -> str:
    words = {"": _("a cluster"), "long": _("a long cluster"), "short": _("a short cluster")}
    cluster = words[rule.side]
    if rule.measure == AlertRule.Measure.USD:
        limit = _("beyond %s") % notional(rule.usd, currency)
    elif rule.measure == AlertRule.Measure.BRIGHTNESS:
        limit = _("to %s of the brightest") % percent(rule.level, 0)
    else:
        limit = _("by %s") % percent(rule.level, 0)
    return _("%(cluster)s grows %(limit)s") % {"cluster": cluster, "limit": limit}


def _shrank(rule: AlertRule, currency: str) -> str:
    return _("%(cluster)s shrinks by %(part)s or vanishes") % {
        "cluster": _cluster(rule, currency),
        "part": percent(rule.level, 0),
    }


def _swept(rule: AlertRule, currency: str) -> str:
    return _("%s is swept") % _cluster(rule, currency)


def _cascade(rule: AlertRule, currency: str) -> str:
    sides = {"": _("clusters"), "long": _("long clusters"), "short": _("short clusters")}
    return _("%(count)d %(clusters)s stack up within 2 %%") % {
        "count": rule.level,
        "clusters": sides[rule.side],
    }


def _asymmetry(rule: AlertRule, currency: str) -> str:
    sides = {"": _("one side"), "long": _("the long side"), "short": _("the short side")}
    ratio = f"{rule.level:g}{NBSP}:{NBSP}1"
    return _("%(side)s outweighs the other %(ratio)s") % {"side": sides[rule.side], "ratio": ratio}


def _realised(rule: AlertRule, currency: str) -> str:
    words = {
        "": _("real liquidations pass %(usd)s in %(minutes)d min"),
        "long": _("real long liquidations pass %(usd)s in %(minutes)d min"),
        "short": _("real short liquidations pass %(usd)s in %(minutes)d min"),
    }
    return words[rule.side] % {
        "usd": notional(rule.usd, currency),
        "minutes": rule.window_min,
    }


def _stale(rule: AlertRule, currency: str) -> str:
    return _("a venue goes silent")


SENTENCES: dict[str, Callable[[AlertRule, str], str]] = {
    "formed": _formed,
    "near": _near,
    "grew": _grew,
    "shrank": _shrank,
    "swept": _swept,
    "cascade": _cascade,
    "asymmetry": _asymmetry,
    "realised": _realised,
    "stale": _stale,
}
