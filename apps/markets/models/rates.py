"""What a US dollar is worth in other money."""

from django.db import models


class ExchangeRate(models.Model):
    """Units of ``currency`` per US dollar on ``day``, as one source told; the newest per day."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    per_usd = models.FloatField()
    source = models.CharField(max_length=40)
    fetched_ms = models.BigIntegerField()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["currency", "day"], name="one_rate_per_day")]

    def __str__(self) -> str:
        return f"{self.currency} {self.day} {self.per_usd:g}"
