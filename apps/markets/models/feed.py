"""Where the data comes from now, and how well it is heard."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.markets.models.market import Instrument


class Feed(models.Model):
    """Where the data comes from now, and what time it is there. One row."""

    class Kind(models.TextChoices):
        LIVE = "live", _("live")
        REPLAY = "replay", _("replay")
        SIMULATED = "simulated", _("simulated")

    class State(models.TextChoices):
        STARTING = "starting", _("starting")
        RUNNING = "running", _("running")
        ENDED = "ended", _("ended")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=10, choices=Kind)
    label = models.CharField(max_length=200)
    source = models.CharField(max_length=300)  # what tells this feed's rows from another's
    speed = models.FloatField(default=1.0)
    anchor_data_ms = models.BigIntegerField()
    anchor_wall_ms = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.STARTING)
    message = models.CharField(max_length=300, blank=True)
    first_ms = models.BigIntegerField(default=0)  # where the history of this feed began

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    def now_ms(self, wall_ms: int) -> int:
        """What the data's own clock shows when the wall clock shows ``wall_ms``.

        The clock of a feed that has ended stands still.
        """
        if self.state == self.State.ENDED:
            return self.anchor_data_ms
        return self.anchor_data_ms + int((wall_ms - self.anchor_wall_ms) * self.speed)

    def wall_ms(self, data_ms: int) -> int:
        """What the wall clock shows when the data's shows ``data_ms``."""
        return self.anchor_wall_ms + int((data_ms - self.anchor_data_ms) / self.speed)


class Heartbeat(models.Model):
    """The wall-clock instant at which a venue's stream last gave something.

    ``delay_ms`` is how long that took from its happening at the venue to our row, if it says when
    it happened.
    """

    venue = models.SlugField(max_length=32)
    stream = models.SlugField(max_length=32)
    at_ms = models.BigIntegerField()
    delay_ms = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "stream"], name="one_heartbeat_per_stream")
        ]

    def __str__(self) -> str:
        return f"{self.venue} {self.stream}"


class HeardMinute(models.Model):
    """A minute (by the wall's clock) in which a venue's stream gave something, and how much."""

    venue = models.SlugField(max_length=32)
    stream = models.SlugField(max_length=32)
    minute_ms = models.BigIntegerField()  # its beginning
    rows = models.PositiveIntegerField()
    delay_ms = models.IntegerField(null=True)  # the longest, as in ``Heartbeat``

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "stream", "minute_ms"], name="one_heard_minute"
            )
        ]

    def __str__(self) -> str:
        return f"{self.venue} {self.stream} {self.minute_ms}"


class StreamStatus(models.Model):
    """How one stream of a venue stood at ``at_ms``, as the collector saw it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        LIVE = "live", _("live")
        STALE = "stale", _("stale")
        BARRED = "barred", _("barred")

    venue = models.SlugField(max_length=32)
    kind = models.CharField(max_length=32)
    instrument = models.CharField(max_length=64, blank=True)  # slug; empty: all of the venue
    state = models.CharField(max_length=8, choices=State)
    age_s = models.FloatField(null=True)
    trouble = models.CharField(max_length=200, blank=True)  # the end of a sentence about the venue
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "kind", "instrument"], name="one_status_per_stream"
            )
        ]

    def __str__(self) -> str:
        return f"{self.venue} {self.kind} {self.state}"


class VenueStatus(models.Model):
    """A venue's clock against ours, and how much of its documented limit was used at most."""

    venue = models.SlugField(max_length=32, unique=True)
    skew_ms = models.IntegerField(default=0)  # how far its clock is ahead
    used_share = models.FloatField(default=0.0)
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return self.venue


class Gap(models.Model):
    """A time of which an instrument's closed bars are missing; nothing is put in their place."""

    class Reason(models.TextChoices):
        SILENT = "silent", _("the venue was not heard")
        QUIET = "quiet", _("the venue was heard but told no bar")
        UNTOLD = "untold", _("the history leaves it out")

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="gaps")
    from_ms = models.BigIntegerField()
    to_ms = models.BigIntegerField()
    reason = models.CharField(max_length=8, choices=Reason)
    noted_ms = models.BigIntegerField()  # by the wall's clock, like the next
    healed_ms = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["from_ms"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "from_ms", "to_ms"], name="one_gap_once")
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.from_ms}-{self.to_ms}"


class UnheardSpan(models.Model):
    """A span of the data's time in which something was pushed and nobody heard it."""

    venue = models.SlugField(max_length=32)
    kind = models.CharField(max_length=32)  # of the stream, as in ``StreamStatus``
    from_ms = models.BigIntegerField()
    to_ms = models.BigIntegerField()
    reason = models.CharField(max_length=200)  # the end of a sentence about the venue

    class Meta:
        ordering = ["from_ms"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "kind", "from_ms", "to_ms"], name="one_unheard_span_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.venue} {self.kind} {self.from_ms}-{self.to_ms}"
