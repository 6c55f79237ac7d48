"""Who uses this site, and how they like it."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.zones import validate_time_zone


class User(AbstractUser):
    """A person with a password or a passkey; the e-mail address may be left out."""


class Preferences(models.Model):
    """What a person chose for every page and device. One row per user."""

    class Currency(models.TextChoices):
        SGD = "SGD", _("Singapore dollar")
        USD = "USD", _("US dollar")
        EUR = "EUR", _("Euro")
        GBP = "GBP", _("Pound sterling")
        JPY = "JPY", _("Japanese yen")
        AUD = "AUD", _("Australian dollar")
        CAD = "CAD", _("Canadian dollar")
        CHF = "CHF", _("Swiss franc")
        HKD = "HKD", _("Hong Kong dollar")
        INR = "INR", _("Indian rupee")
        KRW = "KRW", _("South Korean won")

    class Theme(models.TextChoices):
        AUTO = "auto", _("Like the device")
        DARK = "dark", _("Dark")
        LIGHT = "light", _("Light")

    class Palette(models.TextChoices):
        AUTO = "auto", _("Fits the theme")
        VIRIDIS = "viridis", "Viridis"
        CIVIDIS = "cividis", "Cividis"
        INFERNO = "inferno", "Inferno"
        PAPER = "paper", "Paper"

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="preferences"
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Asia/Singapore", validators=[validate_time_zone]
    )
    language = models.CharField(_("language"), max_length=16, default="en")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    palette = models.CharField(_("palette"), max_length=8, choices=Palette, default=Palette.AUTO)
    default_market = models.SlugField(_("first market"), max_length=32, blank=True)

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"{self.user_id} {self.currency} {self.time_zone}"


class LimitEntry(models.Model):
    """The table behind the default cache: attempts counted for rate limits, and used codes.

    It lies in the database because limits must hold while the Redis-compatible server is away.
    Django's ``DatabaseCache`` reads and writes it; nothing else does.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_limits"

    def __str__(self) -> str:
        return self.cache_key


class FirstRunLink(models.Model):
    """A link that may make the first administrator; the token itself is kept nowhere."""

    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"
