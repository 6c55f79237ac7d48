"""Firings and rules as their pages print them."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.alerts.models import AlertRule, Firing
from apps.alerts.preview import Preview
from apps.alerts.sentences import sentence_of
from apps.alerts.words import Words, icon_of, words_of
from apps.heatmaps.templatetags.amounts import NBSP, notional

register = template.Library()


@register.filter
def words(firing: Firing, currency: str) -> Words:
    """A firing's title and line."""
    return words_of(firing, currency)


@register.filter
def icon(firing: Firing) -> str:
    """Its symbol in the sprite."""
    return icon_of(firing)


@register.filter
def sentence(rule: AlertRule, currency: str) -> str:
    """A rule in one sentence."""
    return sentence_of(rule, currency)


@register.filter
def when(firing: Firing) -> str:
    """The hour for today, the date before."""
    local = timezone.localtime(firing.created_at)
    is_today = local.date() == timezone.localtime().date()
    return f"{local:%H:%M}" if is_today else date_format(local, "j M")


@register.filter
def times(preview: Preview) -> str:
    """How often it would have fired: ``5 × in the last 7 days``."""
    days = round(preview.days)
    if preview.days < 1:
        span = _("%d h") % max(round(preview.days * 24), 1)
    else:
        span = ngettext("day", "%(days)d days", days) % {"days": days}
    return _("%(count)d × in the last %(span)s") % {
        "count": preview.count,
        "span": span.replace(" ", NBSP),
    }


@register.filter
def advice(preview: Preview, currency: str) -> str:
    """What would make a rule quieter, in one or two sentences; empty when nothing need."""
    told = []
    if preview.held_back:
        told.append(
            ngettext(
                "%d more came too soon after another and is left out.",
                "%d more came too soon after another and are left out.",
                preview.held_back,
            )
            % preview.held_back
        )
    if preview.quieter_usd:
        amount = notional(preview.quieter_usd, currency)
        told.append(_("Raise to %s for about 2 a week.") % amount)
    return " ".join(told)
