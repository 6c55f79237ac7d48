"""What is traded and where: a coin, and its perpetual contracts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

HOUR_MS = 3_600_000


class Market(models.Model):
    """One coin, however many venues trade it."""

    slug = models.SlugField(max_length=32, unique=True)
    base = models.CharField(max_length=16)
    name = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=100)
    # Bars up to settled_ms have been walked; revision counts what was then told about them late.
    settled_ms = models.BigIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.base

    def venues(self) -> tuple[str, ...]:
        """Slugs of the venues that trade it, in the order of their rows in ``load_bars``."""
        return tuple(sorted(set(self.instruments.values_list("venue", flat=True))))


class Instrument(models.Model):
    """One perpetual contract of one venue."""

    class Kind(models.TextChoices):
        LINEAR = "linear", _("linear")
        INVERSE = "inverse", _("inverse")

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="instruments")
    venue = models.SlugField(max_length=32)
    symbol = models.CharField(max_length=32)
    slug = models.SlugField(max_length=64, unique=True)
    quote = models.CharField(max_length=16)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.LINEAR)
    funding_interval_ms = models.PositiveIntegerField(default=HOUR_MS)  # that its rates are for

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug
