"""The newest published picture of each market, kept so that pages work without Redis."""

from django.db import models

from apps.markets.models import Feed, Market


class Snapshot(models.Model):
    """A published picture: the frame of the default view and what it says."""

    market = models.OneToOneField(Market, on_delete=models.CASCADE, related_name="snapshot")
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="snapshots")
    version = models.PositiveBigIntegerField()
    as_of_ms = models.BigIntegerField()
    published_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=40)  # of all it was made from
    frame = models.BinaryField()
    reading = models.JSONField(default=dict)  # readings.reading_from_json takes it back

    def __str__(self) -> str:
        return f"{self.market} {self.version}"
