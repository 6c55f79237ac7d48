"""What the venues told of their instruments, under one convention."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.markets.models.market import Instrument


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


class LongShortRatio(models.Model):
    """Which share of something was long at an instant, as its venue counts it."""

    class Kind(models.TextChoices):
        ACCOUNTS = "accounts", _("accounts")
        POSITIONS = "positions", _("positions")
        TOP_ACCOUNTS = "top_accounts", _("top accounts")
        TOP_POSITIONS = "top_positions", _("top positions")
        TAKER = "taker", _("takers")

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="ratios")
    ts_ms = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    long_share = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "kind", "ts_ms"], name="one_ratio_once")
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.kind} {self.long_share:.3f}"


class MarginTier(models.Model):
    """What a position of some notional must hold on one instrument; the newest told."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="tiers")
    as_of_ms = models.BigIntegerField()
    notional_floor_usd = models.FloatField()
    notional_cap_usd = models.FloatField(null=True)
    maintenance_margin_rate = models.FloatField()
    maintenance_amount_usd = models.FloatField(default=0.0)
    initial_margin_rate = models.FloatField(null=True)
    max_leverage = models.FloatField()

    class Meta:
        ordering = ["notional_floor_usd", "-max_leverage"]

    def __str__(self) -> str:
        return f"{self.instrument_id} from {self.notional_floor_usd:.0f}"
