"""Rules, what they remember, what fired, and every attempt to tell somebody.

    Stream ─judged minute by minute▶ AlertRule + RuleState ─▶ Firing ─▶ Delivery, one per target

A stream is one market under one selection of venues, leverages and ages. Its scenes are kept by
the hour, so what a rule would have done can be computed again.
"""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.markets.models import Feed, Market
from apps.watchlists.models import Watchlist

NOTICES = ("silent", "digest", "test", "canary")  # kinds of firings that no rule made
DEFAULT_QUIET_FROM, DEFAULT_QUIET_TO = 23 * 60, 7 * 60  # minutes after local midnight


def new_secret() -> str:
    """A key that webhooks are signed with."""
    return secrets.token_urlsafe(32)


class AlertSettings(models.Model):
    """How a person wants to be told: quiet hours and digests, in minutes of their local day."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True,
        related_name="alert_settings",
    )  # fmt: skip
    quiet = models.BooleanField(_("quiet hours"), default=False)
    quiet_from_min = models.PositiveSmallIntegerField(default=DEFAULT_QUIET_FROM)
    quiet_to_min = models.PositiveSmallIntegerField(default=DEFAULT_QUIET_TO)
    morning_min = models.PositiveSmallIntegerField(null=True, blank=True)
    evening_min = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "alert settings"

    def __str__(self) -> str:
        return f"alerts of {self.user_id}"


class Webhook(models.Model):
    """An address of the user's own that firings are posted to, signed."""

    public = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField(max_length=2048)
    secret = models.CharField(max_length=64, default=new_secret)
    is_active = models.BooleanField(default=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"webhook {self.public}"


class Kind(models.TextChoices):
    """What a rule waits for."""

    FORMED = "formed", _("a cluster forms")
    GREW = "grew", _("a cluster grows")
    SHRANK = "shrank", _("a cluster shrinks or vanishes")
    SWEPT = "swept", _("a cluster is swept")
    NEAR = "near", _("the price comes near a cluster")
    CASCADE = "cascade", _("clusters stack up")
    ASYMMETRY = "asymmetry", _("one side outweighs the other")
    REALISED = "realised", _("real liquidations pass a sum")
    STALE = "stale", _("data go stale")


class AlertRule(models.Model):
    """What somebody wants to be told of. Distances and percentages are fractions."""

    class Measure(models.TextChoices):
        USD = "usd", _("an amount")
        BRIGHTNESS = "brightness", _("a brightness")
        PERCENT = "percent", _("a percentage")

    public = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_rules"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    market = models.ForeignKey(Market, on_delete=models.CASCADE, null=True, blank=True)
    watchlist = models.ForeignKey(Watchlist, on_delete=models.CASCADE, null=True, blank=True)
    side = models.CharField(
        max_length=5, blank=True, choices=[("long", _("long")), ("short", _("short"))]
    )
    venues = models.JSONField(default=list, blank=True)
    brackets = models.JSONField(default=list, blank=True)
    ages = models.JSONField(default=list, blank=True)
    selection = models.CharField(max_length=200, blank=True, editable=False)  # of the three above
    within = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(0.0005), MaxValueValidator(0.15)]
    )
    usd = models.FloatField(default=0.0, validators=[MinValueValidator(0), MaxValueValidator(1e13)])
    measure = models.CharField(max_length=10, choices=Measure, default=Measure.USD)
    level = models.FloatField(default=0.0)  # a ratio, a count, a fraction: as the kind says
    window_min = models.PositiveSmallIntegerField(default=60)
    every_min = models.PositiveSmallIntegerField(default=30, validators=[MaxValueValidator(10_080)])
    by_push = models.BooleanField(default=True)
    by_email = models.BooleanField(default=False)
    by_webhook = models.BooleanField(default=False)
    respects_quiet = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    muted_until = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(market=None) ^ Q(watchlist=None), name="a_rule_has_one_scope"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public}"

    @property
    def is_muted(self) -> bool:
        """Whether nothing of it is sent just now."""
        return self.muted_until is not None and self.muted_until > timezone.now()


class Stream(models.Model):
    """A market under one selection, judged up to ``at_ms``; ``track`` is what following knows."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="streams")
    selection = models.CharField(max_length=200, blank=True)  # "": everything
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+")
    at_ms = models.BigIntegerField(default=0)
    track = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["market", "selection"], name="one_stream_per_selection")
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.selection or 'all'}"


class SceneHour(models.Model):
    """The scenes of one hour of a stream, packed."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="hours")
    hour_ms = models.BigIntegerField()
    packed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "hour_ms"], name="one_row_per_hour")
        ]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.hour_ms}"


class RuleState(models.Model):
    """What a rule remembers of one market: what it has told of, and when it fired last."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="states")
    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="+")
    generation = models.IntegerField(default=0)
    held = models.JSONField(default=list)
    fired_ms = models.BigIntegerField(default=0)
    episode = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "market"], name="one_state_per_market")
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.market_id} {self.episode}"


class Firing(models.Model):
    """Something happened that somebody wanted to know. Never changed but for being read.

    A rule's firings are numbered by episode; notices without a rule (stale data, digests, tests,
    the canary) by what their sender counts. ``detail`` holds what the words need.
    """

    class Silenced(models.TextChoices):
        NO = "", _("sent")
        MUTED = "muted", _("muted")
        QUIET = "quiet", _("quiet hours")
        LATE = "late", _("too late to be sent")

    public = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="firings"
    )
    rule = models.ForeignKey(
        AlertRule, on_delete=models.SET_NULL, null=True, related_name="firings"
    )
    market = models.ForeignKey(Market, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=10)
    episode = models.PositiveBigIntegerField()
    at_ms = models.BigIntegerField()  # the data's own clock
    created_at = models.DateTimeField(default=timezone.now)
    side = models.CharField(max_length=5, blank=True)
    price = models.FloatField(default=0.0)
    peak = models.FloatField(default=0.0)
    usd = models.FloatField(default=0.0)
    detail = models.JSONField(default=dict)
    silenced = models.CharField(max_length=5, blank=True, choices=Silenced)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["rule", "market", "episode"],
                condition=Q(rule__isnull=False),
                name="one_firing_per_episode",
            ),
            models.UniqueConstraint(
                fields=["user", "market", "kind", "episode"],
                condition=Q(kind__in=NOTICES),
                name="one_notice_per_episode",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "read_at"], name="unread_firings")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public}"


class Delivery(models.Model):
    """One firing on its way to one target; the whole story of its attempts in a row.

    pending ─▶ leased ─▶ sent │ expired │ dead; back to pending when an attempt failed.
    """

    class Transport(models.TextChoices):
        PUSH = "push", _("push")
        EMAIL = "email", _("e-mail")
        WEBHOOK = "webhook", _("webhook")
        NOWHERE = "nowhere", _("nowhere")  # the canary's

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting")
        LEASED = "leased", _("being sent")
        SENT = "sent", _("sent")
        EXPIRED = "expired", _("too late")
        DEAD = "dead", _("not delivered")

    public = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    firing = models.ForeignKey(Firing, on_delete=models.CASCADE, related_name="deliveries")
    transport = models.CharField(max_length=8, choices=Transport)
    target = models.PositiveBigIntegerField(default=0)  # key of the device or webhook
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    strikes = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=120, blank=True)  # host:pid:number of who is sending
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    arrived_as = models.UUIDField(null=True)  # the firing whose notification tells of it

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["firing", "transport", "target"], name="one_delivery_per_target"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "next_attempt_at"], name="due_deliveries")
        ]

    def __str__(self) -> str:
        return f"{self.transport} {self.status}"
