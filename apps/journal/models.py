"""Reads: what somebody saw in the map, what they expected of it, and what the market did then."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

import apps.journal.trades.models  # noqa: F401 (Django finds a model only through this file)

LONGEST_NOTE = 4000
LONGEST_QUERY = 500
HOUR_MS = 3_600_000


class Read(models.Model):
    """One read. Prices and amounts US dollars, distances fractions, times of the data's clock.

    A market is named, not pointed at: a journal outlives the feed that it was written beside.
    ``source`` names that feed; the prices of another one never resolve this read.
    """

    class Kind(models.TextChoices):
        MAGNET = "magnet", _("Magnet")
        CASCADE = "cascade", _("Cascade")
        ASYMMETRIC = "asymmetric", _("Asymmetry")
        NONE = "none", _("No trade")

    class Side(models.TextChoices):
        LONG = "long", _("longs")
        SHORT = "short", _("shorts")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        REACHED = "reached", _("reached")
        MISSED = "missed", _("not reached")

    class YesNo(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")

    class PlanState(models.TextChoices):
        NONE = "", _("no plan")
        WAITING = "waiting", _("not entered yet")
        OPEN = "open", _("in the trade")
        STOPPED = "stopped", _("stopped")
        TARGET = "target", _("target reached")
        TIME = "time", _("closed at the end")
        UNFILLED = "unfilled", _("never entered")

    public = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reads"
    )
    at_ms = models.BigIntegerField()
    market = models.SlugField(max_length=32)
    base = models.CharField(max_length=16)
    venue = models.SlugField(max_length=32, blank=True)  # on whose price it is judged
    source = models.CharField(max_length=320, blank=True)
    feed = models.CharField(max_length=10, blank=True)  # "live", "replay" or "simulated"
    is_later = models.BooleanField(default=False)  # written down after the fact
    kind = models.CharField(max_length=10, choices=Kind)
    side = models.CharField(max_length=5, choices=Side)
    low = models.FloatField()
    high = models.FloatField()
    price = models.FloatField()
    usd = models.FloatField(null=True, blank=True)
    share = models.FloatField(null=True, blank=True)
    next_price = models.FloatField(null=True, blank=True)  # near edge of the cluster behind it
    chance = models.FloatField(null=True, blank=True)  # of such a distance in such a time, before
    fresh = models.FloatField(null=True, blank=True)  # of its dollars, opened within four hours
    unrest = models.FloatField(null=True, blank=True)  # the day before against the week before that
    trend = models.FloatField(null=True, blank=True)  # that day's move, in usual days' moves
    horizon_ms = models.BigIntegerField(default=24 * HOUR_MS)
    note = models.TextField(blank=True, validators=[MaxLengthValidator(LONGEST_NOTE)])
    entry = models.FloatField(null=True, blank=True)
    stop = models.FloatField(null=True, blank=True)
    target = models.FloatField(null=True, blank=True)
    size_usd = models.FloatField(null=True, blank=True)
    frozen = models.JSONField(default=dict, blank=True)  # what the map said; see freezing

    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    reached_ms = models.BigIntegerField(null=True, blank=True)
    liquidated_usd = models.FloatField(null=True, blank=True)
    overshoot = models.FloatField(null=True, blank=True)
    ran_on_ms = models.BigIntegerField(null=True, blank=True)
    plan_state = models.CharField(max_length=8, choices=PlanState, blank=True)
    mae = models.FloatField(null=True, blank=True)
    mfe = models.FloatField(null=True, blank=True)
    result_r = models.FloatField(null=True, blank=True)
    covered_ms = models.BigIntegerField(default=0)
    by_mark = models.BooleanField(default=False)
    is_gapped = models.BooleanField(default=False)
    is_final = models.BooleanField(default=False)
    said_state = models.CharField(max_length=7, choices=State, blank=True)  # by hand
    said_ran_on = models.CharField(max_length=3, choices=YesNo, blank=True)
    said_overshoot = models.FloatField(null=True, blank=True)
    said_liquidated_usd = models.FloatField(null=True, blank=True)
    said_r = models.FloatField(null=True, blank=True)
    said_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-at_ms", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "public"], name="one_read_once"),
            models.CheckConstraint(
                condition=models.Q(low__gt=0, high__gte=models.F("low")), name="a_zone_has_edges"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["is_final", "source"], name="unresolved_reads"),
            models.Index(fields=["user", "-at_ms", "-id"], name="newest_reads"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public}"

    @property
    def outcome(self) -> str:
        """What counts: what was said by hand, else what the prices say."""
        return self.said_state or self.state

    @property
    def is_said(self) -> bool:
        """Whether something of it was said by hand."""
        said = (self.said_overshoot, self.said_liquidated_usd, self.said_r)
        return bool(self.said_state or self.said_ran_on) or any(one is not None for one in said)

    @property
    def is_below(self) -> bool:
        """Whether the zone lay below the price, so that the price comes to it from above."""
        return (self.low + self.high) / 2 <= self.price

    @property
    def near(self) -> float:
        """The edge that the price reaches first."""
        return self.high if self.is_below else self.low

    @property
    def distance(self) -> float:
        """How far that edge was away: negative below the price; 0 inside the zone."""
        return distance_of(self.low, self.high, self.price)


class SavedFilter(models.Model):
    """A name for some filters of a journal; ``query`` is theirs in an address."""

    public = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    name = models.CharField(max_length=24)
    query = models.CharField(max_length=LONGEST_QUERY)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "name"], name="one_filter_per_name")
        ]

    def __str__(self) -> str:
        return self.name


def distance_of(low: float, high: float, price: float) -> float:
    """How far a zone's nearer edge is from a price, as a signed fraction of it; 0 inside."""
    if low <= price <= high:
        return 0.0
    return (high if (low + high) / 2 <= price else low) / price - 1
