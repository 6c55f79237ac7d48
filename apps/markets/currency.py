"""US dollars into the reader's currency, at the newest daily rate that was stored.

Order of sources: what ``apps.exchanges.rates`` fetched last, else the fixed rate of the settings
(Singapore dollars only). A rate is looked up once a minute and process.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.exchanges.rates import DailyRates, fetch_rates
from apps.markets.models import ExchangeRate

log = logging.getLogger(__name__)

SYMBOLS = {
    "SGD": "S$", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥", "AUD": "A$", "CAD": "C$",
    "CHF": "CHF ", "HKD": "HK$", "INR": "₹", "KRW": "₩",
}  # fmt: skip
CURRENCIES = tuple(SYMBOLS)
REFRESH_S = 6 * 3600.0
RETRY_S = 600.0
STALE_DAYS = 5
REMEMBERED_S = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of a currency per US dollar, and where the figure is from.

    ``day`` is None for the dollar itself and for the fixed rate of the settings.
    """

    currency: str
    per_usd: float
    day: date | None = None
    source: str = ""

    @property
    def is_fixed(self) -> bool:
        """Whether no source was heard, so that the settings' rate stands in."""
        return self.day is None and self.currency != "USD"

    def is_stale(self, today: date) -> bool:
        """Whether the rate is more than five days old."""
        return self.day is not None and (today - self.day).days > STALE_DAYS

    @property
    def sentence(self) -> str:
        """The rate in words: how much, from when, from whom."""
        if self.currency == "USD":
            return ""
        amount = {"amount": f"{SYMBOLS[self.currency]}{self.per_usd:.4g}"}
        if self.day is None:
            return _("US$1 = %(amount)s: fixed rate from the settings.") % amount
        told = amount | {"day": date_format(self.day, "j M Y"), "source": self.source}
        if self.is_stale(datetime.now(UTC).date()):
            return _("US$1 = %(amount)s on %(day)s (%(source)s); no newer rate was heard.") % told
        return _("US$1 = %(amount)s on %(day)s (%(source)s).") % told


class _Memory:
    """The rates that this process looked up last."""

    rates: dict[str, Rate] | None = None
    until_s = 0.0


def rate_to(currency: str) -> Rate:
    """The rate from US dollars to a currency.

    A currency without a rate gives that of the Singapore dollar, which always has one.
    """
    known = known_rates()
    return known.get(currency) or known["SGD"]


def known_rates() -> dict[str, Rate]:
    """What can be shown now, in the order of ``CURRENCIES``; one query a minute."""
    if _Memory.rates is None or time.monotonic() >= _Memory.until_s:
        remember_rates(_stored_rates())
    fixed = Rate("SGD", settings.FX_USDSGD)
    known = {"SGD": fixed, "USD": Rate("USD", 1.0)} | _Memory.rates
    return {currency: known[currency] for currency in CURRENCIES if currency in known}


def remember_rates(rates: dict[str, Rate], *, for_s: float = REMEMBERED_S) -> None:
    """Use these rates for a while without looking any up."""
    _Memory.rates, _Memory.until_s = rates, time.monotonic() + for_s


def forget_rates() -> None:
    """Look rates up again when they are needed next."""
    _Memory.rates = None


def store_rates(told: DailyRates, *, fetched_ms: int) -> None:
    """Write one day's rates; what another source told of that day is replaced."""
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(
                currency=currency,
                day=told.day,
                per_usd=per_usd,
                source=told.source,
                fetched_ms=fetched_ms,
            )
            for currency, per_usd in told.per_usd.items()
        ],
        update_conflicts=True,
        unique_fields=["currency", "day"],
        update_fields=["per_usd", "source", "fetched_ms"],
    )
    forget_rates()


async def keep_rates(wall: Callable[[], int], *, root: str | None = None) -> None:
    """Ask for rates every six hours, and after a failure every ten minutes."""
    while True:
        told = await fetch_rates(root=root)
        if told:
            await database_sync_to_async(store_rates)(told, fetched_ms=wall())
            log.info("US$1 is S$%.4f on %s (%s).", told.per_usd["SGD"], told.day, told.source)
        await asyncio.sleep(REFRESH_S if told else RETRY_S)


def _stored_rates() -> dict[str, Rate]:
    rates: dict[str, Rate] = {}
    for row in ExchangeRate.objects.filter(currency__in=CURRENCIES).order_by("-day")[:50]:
        rates.setdefault(row.currency, Rate(row.currency, row.per_usd, row.day, row.source))
    return rates
