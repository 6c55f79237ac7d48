"""US dollars into the reader's currency."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of a currency per US dollar, and in words where the figure is from."""

    currency: str
    per_usd: float
    as_of: str


def rate_to(currency: str) -> Rate:
    """The rate from US dollars to ``"SGD"`` or ``"USD"``."""
    if currency == "USD":
        return Rate("USD", 1.0, "")
    return Rate("SGD", settings.FX_USDSGD, _("fixed rate from the settings"))
