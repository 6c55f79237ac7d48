"""Which markets a person follows, in which order, with what in mind."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.markets.models import Market


class Watchlist(models.Model):
    """A named list of one person; its markets stand in the order of their positions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watchlists")
    name = models.CharField(_("name"), max_length=40)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One market of a list, with a note as plain text."""

    watchlist = models.ForeignKey(Watchlist, on_delete=models.CASCADE, related_name="entries")
    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(_("note"), max_length=280, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["watchlist", "market"], name="one_entry_per_market")
        ]

    def __str__(self) -> str:
        return f"{self.watchlist_id} {self.market_id}"
