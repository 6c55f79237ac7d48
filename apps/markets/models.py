"""What the venues told us: markets, instruments, minute bars, realised liquidations."""

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


class MinuteBar(models.Model):
    """What one instrument did up to ``end_ms``; never changed again once ``closed``.

    Prices USD, sizes base coin, open interest one side at ``end_ms``; a missing reading is null.
    """

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="bars")
    end_ms = models.BigIntegerField()
    span_ms = models.PositiveIntegerField()
    open = models.FloatField()
    high = models.FloatField()
    low = models.FloatField()
    close = models.FloatField()
    volume = models.FloatField(null=True)
    taker_delta = models.FloatField(null=True)
    open_interest = models.FloatField(null=True)
    mark_low = models.FloatField(null=True)
    mark_high = models.FloatField(null=True)
    mark_close = models.FloatField(null=True)
    funding_rate = models.FloatField(null=True)
    closed = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "end_ms"], name="one_bar_per_instant")
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.end_ms}"


class Liquidation(models.Model):
    """A position that was really force-closed; ``side`` is the position that died."""

    class Completeness(models.TextChoices):
        FULL = "full", _("full")
        SAMPLED = "sampled", _("sampled")
        DELAYED = "delayed", _("delayed")

    instrument = models.ForeignKey(
        Instrument, on_delete=models.CASCADE, related_name="liquidations"
    )
    ts_ms = models.BigIntegerField()
    side = models.CharField(max_length=5, choices=[("long", _("long")), ("short", _("short"))])
    size_base = models.FloatField()
    usd = models.FloatField()
    price = models.FloatField(null=True)
    completeness = models.CharField(max_length=8, choices=Completeness)
    native_id = models.CharField(max_length=64, blank=True)  # tells apart equal ones

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "ts_ms", "side", "size_base", "native_id"],
                name="one_liquidation_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.side} {self.usd:.0f}"


class BookDepth(models.Model):
    """Orders resting in one book in the minute that ends at ``minute_ms``, as told last.

    ``bid_usd`` and ``ask_usd`` hold little-endian float32: USD in equal steps away from ``mid``,
    nearest first. Beyond ``reach_bps`` the venue told nothing.
    """

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="depths")
    minute_ms = models.BigIntegerField()
    ts_ms = models.BigIntegerField()
    mid = models.FloatField()
    reach_bps = models.FloatField()
    bid_usd = models.BinaryField()
    ask_usd = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "minute_ms"], name="one_depth_per_minute")
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.minute_ms}"


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


class Heartbeat(models.Model):
    """The wall-clock instant at which a venue's stream last gave something."""

    venue = models.SlugField(max_length=32)
    stream = models.SlugField(max_length=32)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "stream"], name="one_heartbeat_per_stream")
        ]

    def __str__(self) -> str:
        return f"{self.venue} {self.stream}"
