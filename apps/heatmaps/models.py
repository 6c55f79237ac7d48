"""The newest published picture of each market, kept so that pages work without Redis."""

from django.db import models

from apps.markets.models import Market


class Snapshot(models.Model):
    """A published picture: the frame of the default view and what it was made of."""

    market = models.OneToOneField(Market, on_delete=models.CASCADE, related_name="snapshot")
    version = models.PositiveBigIntegerField()
    as_of_ms = models.BigIntegerField()
    published_at = models.DateTimeField()
    frame = models.BinaryField()
    coverage = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.market} {self.version}"
