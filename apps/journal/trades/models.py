"""Trades beside the reads, the executions they are made of, and files on their way in."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.journal.trades.decimals import ExactDecimalField

LONGEST_NOTE = 4000


class Trade(models.Model):
    """One round trip of a position. Prices and money are in ``quote``, ``size`` in coins.

    ``key`` names the execution that opened it; empty for a trade that was typed. ``gross`` is the
    profit before costs, none while the trade is open. ``fees`` are what was paid, ``funding`` what
    was received (negative: paid). ``usd_rate`` is dollars per unit of ``quote`` when it closed.
    """

    class Side(models.TextChoices):
        LONG = "long", _("long")
        SHORT = "short", _("short")

    public = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trades"
    )
    key = models.CharField(max_length=64, blank=True)
    base = models.CharField(max_length=24)
    quote = models.CharField(max_length=12)
    symbol = models.CharField(max_length=48, blank=True)  # as the venue writes it
    venue = models.CharField(max_length=32, blank=True)
    side = models.CharField(max_length=5, choices=Side)
    opened_ms = models.BigIntegerField()
    closed_ms = models.BigIntegerField(null=True, blank=True)
    entry = ExactDecimalField()
    exit = ExactDecimalField(null=True, blank=True)
    size = ExactDecimalField()
    gross = ExactDecimalField(null=True, blank=True)
    fees = ExactDecimalField(default=0)
    funding = ExactDecimalField(default=0)
    has_other_fees = models.BooleanField(default=False)  # paid in another coin, so not counted
    usd_rate = ExactDecimalField(null=True, blank=True)
    leverage = ExactDecimalField(null=True, blank=True)
    stop = ExactDecimalField(null=True, blank=True)
    target = ExactDecimalField(null=True, blank=True)
    setup = models.CharField(max_length=40, blank=True)
    tags = models.CharField(max_length=200, blank=True)  # "a, b"
    note = models.TextField(blank=True, validators=[MaxLengthValidator(LONGEST_NOTE)])
    read = models.ForeignKey(
        "journal.Read", null=True, blank=True, on_delete=models.SET_NULL, related_name="trades"
    )
    is_left_out = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-opened_ms", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "public"], name="one_trade_once"),
            models.UniqueConstraint(
                fields=["user", "key"], condition=~models.Q(key=""), name="one_round_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-opened_ms", "-id"], name="trades_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.base}{self.quote} {self.public}"

    @property
    def is_open(self) -> bool:
        """Whether something of the position still stands."""
        return self.closed_ms is None

    @property
    def is_imported(self) -> bool:
        """Whether it is made of executions, which only another file can change."""
        return bool(self.key)


class Intake(models.Model):
    """A venue's file that was taken in, so that it can be undone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trade_intakes"
    )
    public = models.UUIDField(default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Fill(models.Model):
    """One execution, or one payment of funding (``size`` 0), as a venue's file told it.

    ``book`` is "long" or "short" where the venue keeps both beside each other, else empty.
    ``intake`` is the first file that told it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="fills"
    )
    intake = models.ForeignKey(
        Intake, null=True, blank=True, on_delete=models.CASCADE, related_name="fills"
    )
    key = models.CharField(max_length=64)
    venue = models.CharField(max_length=32)
    symbol = models.CharField(max_length=48)
    book = models.CharField(max_length=5, blank=True)
    base = models.CharField(max_length=24)
    quote = models.CharField(max_length=12)
    at_ms = models.BigIntegerField()
    order = models.CharField(max_length=64, blank=True)  # the venue's number, for one instant
    is_buy = models.BooleanField(default=True)
    price = ExactDecimalField()
    size = ExactDecimalField()
    fee = ExactDecimalField(default=0)
    fee_currency = models.CharField(max_length=12, blank=True)  # empty: the quote's
    funding = ExactDecimalField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="one_fill_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "venue", "symbol"], name="fills_of_a_position"),
        ]

    def __str__(self) -> str:
        return f"{self.venue} {self.symbol} {self.key[:8]}"


class Draft(models.Model):
    """A file that somebody brought and has not taken in yet; the newest one only, for some days."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trade_draft"
    )
    public = models.UUIDField(default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=120)
    data = models.BinaryField()
    wishes = models.JSONField(default=dict)  # how its owner wants it read

    def __str__(self) -> str:
        return self.name


class ColumnMap(models.Model):
    """How somebody reads files with this first line."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="column_maps"
    )
    header = models.CharField(max_length=64)  # its hash
    wishes = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "header"], name="one_map_per_header"),
        ]

    def __str__(self) -> str:
        return self.header
