"""Whose rules they are, and every change to one."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.alerts.models import AlertRule, AlertSettings, Delivery, Firing, Webhook
from apps.alerts.selections import selection_of
from apps.markets.models import Market

MOST_RULES = 200
MOST_WEBHOOKS = 5
MOST_SELECTIONS = 12  # besides everything, of one market
MUTE_SALT = "alerts.mute"
MUTE_LASTS = timedelta(days=7)


class Refused(ValueError):
    """A change that cannot be made; the message is one sentence for the reader."""


def get_rules_for(user: AbstractBaseUser) -> QuerySet[AlertRule]:
    """A person's rules, newest first."""
    return AlertRule.objects.filter(user=user).select_related("market", "watchlist")


def get_rule_for(user: AbstractBaseUser, public: UUID) -> AlertRule:
    """That rule if it is the person's own; 404 otherwise."""
    return get_object_or_404(get_rules_for(user), public=public)


def get_firings_for(user: AbstractBaseUser) -> QuerySet[Firing]:
    """A person's inbox, newest first."""
    return Firing.objects.filter(user=user).select_related("market", "rule")


def get_firing_for(user: AbstractBaseUser, public: UUID) -> Firing:
    """That firing if it is the person's own; 404 otherwise."""
    return get_object_or_404(get_firings_for(user), public=public)


def get_deliveries_for(user: AbstractBaseUser) -> QuerySet[Delivery]:
    """What became of a person's deliveries, newest first."""
    own = Delivery.objects.filter(firing__user=user)
    return own.select_related("firing__market").order_by("-pk")


def get_webhooks_for(user: AbstractBaseUser) -> QuerySet[Webhook]:
    """A person's webhooks."""
    return Webhook.objects.filter(user=user)


def get_webhook_for(user: AbstractBaseUser, public: UUID) -> Webhook:
    """That webhook if it is the person's own; 404 otherwise."""
    return get_object_or_404(get_webhooks_for(user), public=public)


def get_settings_for(user: AbstractBaseUser) -> AlertSettings:
    """The person's quiet hours and digests, made when they are first asked for."""
    return AlertSettings.objects.get_or_create(user=user)[0]


def unread_count(user: AbstractBaseUser) -> int:
    """How many firings wait to be seen; muted ones do not."""
    unread = Firing.objects.filter(user=user, read_at=None)
    return unread.exclude(silenced=Firing.Silenced.MUTED).count()


@transaction.atomic
def save_rule(rule: AlertRule) -> AlertRule:
    """Keep a new or changed rule; ``Refused`` beyond a person's or a market's limit.

    A changed rule begins again: what is already true does not fire it.
    """
    selection = selection_of(rule.venues, rule.brackets, rule.ages)
    rule.venues, rule.brackets, rule.ages = map(
        list, (selection.venues, selection.brackets, selection.ages)
    )
    # Silence is a matter of the whole market: other selections need not be followed for it.
    rule.selection = "" if rule.kind == "stale" else selection.key
    if rule.pk is None and AlertRule.objects.filter(user=rule.user).count() >= MOST_RULES:
        raise Refused(_("You can keep %d rules at most.") % MOST_RULES)
    if rule.selection and _is_crowded(rule):
        raise Refused(_("Too many different selections are followed on this market already."))
    rule.save()
    rule.states.update(generation=-1)
    return rule


def switch_rule(rule: AlertRule, *, on: bool) -> None:
    """Rest a rule or wake it; waking begins again."""
    AlertRule.objects.filter(pk=rule.pk).update(is_active=on)
    rule.states.update(generation=-1)


def mute_rule(rule: AlertRule, *, hours: int) -> None:
    """Send nothing of a rule for some hours; 0 ends it."""
    until = timezone.now() + timedelta(hours=hours) if hours else None
    AlertRule.objects.filter(pk=rule.pk).update(muted_until=until)


def mute_token(rule: AlertRule) -> str:
    """What lets a notification mute its own rule without a session, for a week."""
    return signing.dumps(str(rule.public), salt=MUTE_SALT)


def rule_of_token(token: str) -> AlertRule | None:
    """The rule a mute token stands for; None for a forged or an old one."""
    try:
        public = signing.loads(token, salt=MUTE_SALT, max_age=MUTE_LASTS)
    except signing.BadSignature:
        return None
    return AlertRule.objects.filter(public=public).first()


def markets_of(rule: AlertRule) -> list[Market]:
    """The markets a rule is about."""
    if rule.market:
        return [rule.market]
    entries = rule.watchlist.entries.select_related("market") if rule.watchlist else ()
    return [entry.market for entry in entries]


def mark_read(user: AbstractBaseUser, firings: QuerySet[Firing] | None = None) -> int:
    """Note that a person has seen these firings, by default all."""
    unread = (firings or Firing.objects.filter(user=user)).filter(user=user, read_at=None)
    return unread.update(read_at=timezone.now())


def add_webhook(*, user: AbstractBaseUser, url: str) -> Webhook:
    """A new webhook with a secret of its own; the address has been checked."""
    if Webhook.objects.filter(user=user).count() >= MOST_WEBHOOKS:
        raise Refused(_("You can keep %d webhooks at most.") % MOST_WEBHOOKS)
    return Webhook.objects.create(user=user, url=url)


def _is_crowded(rule: AlertRule) -> bool:
    for market in markets_of(rule):
        others = AlertRule.objects.filter(market=market, is_active=True).exclude(selection="")
        selections = set(others.values_list("selection", flat=True))
        if rule.selection not in selections and len(selections) >= MOST_SELECTIONS:
            return True
    return False
