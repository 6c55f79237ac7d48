"""What the map foretold, hour by hour, and what was liquidated then; and what that adds up to.

Every row names the source of its data and the settings it was foretold with, so what a simulated
market gave is never counted with a real one. A venue left empty stands for all venues whose
liquidations are told.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.markets.models import Feed

MOST_NAMED = 480  # letters of settings that name an adopted set for each of eight venues


class ScoredHour(models.Model):
    """One hour of a market, of one venue or of all. US dollars; times of the data's clock.

    An hour that was not heard throughout is kept and marked, and never scored.
    """

    class Completeness(models.TextChoices):
        FULL = "full", _("every one")
        SAMPLED = "sampled", _("a sample")
        DELAYED = "delayed", _("every one, late")
        MIXED = "mixed", _("partly a sample")
        NONE = "none", _("none told")

    source = models.CharField(max_length=320)
    feed = models.CharField(max_length=10, choices=Feed.Kind)
    market = models.SlugField(max_length=32)
    venue = models.SlugField(max_length=32, blank=True)
    parameters = models.CharField(max_length=MOST_NAMED)
    start_ms = models.BigIntegerField()
    venues = models.JSONField(default=list)  # slugs that were added up
    completeness = models.CharField(max_length=8, choices=Completeness)
    coverage = models.FloatField()  # share of the hour's minutes that were heard
    is_usable = models.BooleanField()
    long_usd = models.FloatField()
    short_usd = models.FloatField()
    predicted = models.JSONField(default=dict)  # by model: [long, short]
    open = models.FloatField(null=True)
    high = models.FloatField(null=True)
    low = models.FloatField(null=True)
    volume = models.FloatField(default=0.0)
    past_volume = models.FloatField(default=0.0)
    zones = models.JSONField(default=dict)  # by side: the fields of ZoneSums

    class Meta:
        ordering: ClassVar = ["start_ms"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "market", "venue", "parameters", "start_ms"],
                name="one_score_per_hour",
            )
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.venue or 'all'} {self.start_ms}"


class Scorecard(models.Model):
    """What the hours up to a day's end add up to; the last one of each day is the history."""

    source = models.CharField(max_length=320)
    feed = models.CharField(max_length=10, choices=Feed.Kind)
    market = models.SlugField(max_length=32)
    venue = models.SlugField(max_length=32, blank=True)
    parameters = models.CharField(max_length=MOST_NAMED)
    day_ms = models.BigIntegerField()  # the beginning of that day, UTC
    hours = models.PositiveIntegerField()  # usable ones of the scored period
    lost_hours = models.PositiveIntegerField()
    completeness = models.CharField(max_length=8, choices=ScoredHour.Completeness)
    coverage = models.FloatField()
    told = models.JSONField(default=dict)  # as ``measure`` gives it
    verdicts = models.JSONField(default=list)  # the fields of Verdict, per side

    class Meta:
        ordering: ClassVar = ["day_ms"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "market", "venue", "parameters", "day_ms"],
                name="one_scorecard_per_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.venue or 'all'} {self.day_ms}"


class ZoneTrial(models.Model):
    """A bright zone at the moment it was first seen, and a dark one equally far away.

    The dark one lies on the other side of the price, as wide and as far; where that place is
    bright as well there is none. A zone is tried once in a day however often it is seen.
    """

    source = models.CharField(max_length=320)
    feed = models.CharField(max_length=10, choices=Feed.Kind)
    market = models.SlugField(max_length=32)
    venue = models.SlugField(max_length=32)  # on whose price it is judged
    parameters = models.CharField(max_length=MOST_NAMED)
    at_ms = models.BigIntegerField()
    side = models.CharField(max_length=5, choices=[("long", _("long")), ("short", _("short"))])
    low = models.FloatField()
    high = models.FloatField()
    price = models.FloatField()
    distance = models.FloatField()  # from the price to the near edge, a positive fraction
    has_dark = models.BooleanField()
    covered_ms = models.BigIntegerField()
    reached_ms = models.BigIntegerField(null=True)
    dark_reached_ms = models.BigIntegerField(null=True)
    is_final = models.BooleanField(default=False)
    is_gapped = models.BooleanField(default=False)  # nobody knows: not counted

    class Meta:
        ordering: ClassVar = ["at_ms", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "market", "parameters", "at_ms", "side", "low"],
                name="one_trial_per_zone",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["is_final", "source"], name="open_trials")]

    def __str__(self) -> str:
        return f"{self.market} {self.side} {self.low:g}-{self.high:g}"
