"""How leverage is spread on a venue: what speaks for it day by day, and what was fitted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.markets.models.market import Market


class LeverageDay(models.Model):
    """A day (UTC, of the data's clock) of one market on one venue, condensed for fitting.

    ``reached_usd`` and ``realised_usd`` hold little-endian float32 of half-hours: (48, 2, L)
    dollars that the price reached per unit of the venue's standing share, and (48, 2) dollars
    that were liquidated. Minutes in which the venue was not heard are in neither.
    """

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="leverage_days")
    venue = models.SlugField(max_length=32)
    day = models.PositiveIntegerField()  # since 1970
    leverages = models.JSONField()
    reached_usd = models.BinaryField()
    realised_usd = models.BinaryField()
    prints = models.PositiveIntegerField()
    usd = models.FloatField()
    heard_share = models.FloatField()  # of the day

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["market", "venue", "day"], name="one_leverage_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.market_id} {self.venue} {self.day}"


class LeverageFit(models.Model):
    """Shares of leverage fitted to one venue, beside those of then, judged on later days.

    Shares are of a standing book, one per leverage; other coins than BTC follow in proportion
    (see ``leverage_sets``). Groups are those of ``apps.engine.calibrate``.
    """

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")  # better on later days; waits
        REJECTED = "rejected", _("not better")
        ADOPTED = "adopted", _("adopted")
        RETIRED = "retired", _("retired")

    class By(models.TextChoices):
        ADMINISTRATOR = "administrator", _("an administrator")
        COMMAND = "command", _("the command")
        SCHEDULE = "schedule", _("the schedule")

    source = models.CharField(max_length=300)  # of the feed: a set holds for no other one
    venue = models.SlugField(max_length=32)
    version = models.SlugField(max_length=48, unique=True)  # e.g. bybit-2026-11-30
    state = models.CharField(max_length=9, choices=State)
    leverages = models.JSONField()
    prior = models.JSONField()  # as shipped
    shares = models.JSONField()
    low = models.JSONField()  # by group, 5 % quantiles over resampled days
    high = models.JSONField()
    fitted_from_day = models.PositiveIntegerField()
    fitted_until_day = models.PositiveIntegerField()
    scored_from_day = models.PositiveIntegerField()
    scored_until_day = models.PositiveIntegerField()
    standing_version = models.CharField(max_length=48, blank=True)  # empty: as shipped
    standing_log_r2 = models.FloatField()
    standing_rank = models.FloatField()
    log_r2 = models.FloatField()
    rank = models.FloatField()
    gain = models.FloatField()  # mean of both over sides and markets, against the standing set
    gain_low = models.FloatField()
    days = models.PositiveIntegerField()
    prints = models.PositiveIntegerField()
    usd = models.FloatField()
    markets = models.JSONField()
    made_at = models.DateTimeField()
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.CharField(max_length=13, choices=By, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "venue"],
                condition=models.Q(state="adopted"),
                name="one_adopted_fit_per_venue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.state}"
