"""What a US dollar is worth: three public sources of daily rates, asked in turn.

    Frankfurter (ECB's fixings)  ->  the ECB's own list  ->  a currency API on a CDN

Pure ``parse_*`` on top, asking below. Rates are units of a currency per US dollar.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import aiohttp

from apps.exchanges.live.connections import WHO_WE_ARE
from apps.exchanges.live.transport import redirected
from apps.exchanges.numbers import BadPayload

log = logging.getLogger(__name__)

WANTED = ("SGD", "EUR", "GBP", "JPY", "AUD", "CAD", "CHF", "HKD", "INR", "KRW")
LEAST, MOST = 1e-3, 1e6
LARGEST_BODY = 1 << 20
TIMEOUT_S = 10.0
CUBE = re.compile(r"currency=['\"]([A-Z]{3})['\"]\s+rate=['\"]([0-9.]+)['\"]")
TIME = re.compile(r"time=['\"](\d{4}-\d{2}-\d{2})['\"]")


@dataclass(frozen=True, slots=True)
class DailyRates:
    """One day's rates as a source told them; only currencies that are ``WANTED``."""

    day: date
    per_usd: Mapping[str, float]
    source: str


def parse_frankfurter(body: str) -> DailyRates:
    """``{base: "USD", date, rates}``."""
    told = _object(body)
    if told.get("base") != "USD":
        raise BadPayload("The rates of Frankfurter are not of the US dollar.")
    return _rates(told.get("date"), told.get("rates"), "Frankfurter (ECB)")


def parse_ecb(body: str) -> DailyRates:
    """The ECB's XML of a day: units per euro, made units per dollar."""
    per_euro = {currency: float(rate) for currency, rate in CUBE.findall(body)} | {"EUR": 1.0}
    days = TIME.findall(body)
    if not per_euro.get("USD") or not days:
        raise BadPayload("The list of the ECB has no US dollar or no date.")
    rates = {currency: rate / per_euro["USD"] for currency, rate in per_euro.items()}
    return _rates(days[0], rates, "ECB")


def parse_currency_api(body: str) -> DailyRates:
    """``{date, usd: {sgd, …}}``."""
    told = _object(body)
    rates = told.get("usd")
    upper = {str(k).upper(): v for k, v in rates.items()} if isinstance(rates, dict) else None
    return _rates(told.get("date"), upper, "currency-api")


SOURCES: tuple[tuple[str, str, Callable[[str], DailyRates]], ...] = (
    (
        "frankfurter",
        "https://api.frankfurter.dev/v1/latest?base=USD&symbols=" + ",".join(WANTED),
        parse_frankfurter,
    ),
    ("ecb", "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml", parse_ecb),
    (
        "currency-api",
        "https://cdn.jsdelivr.net/npm/@fawazahmed0/currency-api@latest/v1/currencies/usd.json",
        parse_currency_api,
    ),
)


async def fetch_rates(*, root: str | None = None) -> DailyRates | None:
    """The first source that answers sensibly; None where none does. ``root`` stands for them."""
    async with aiohttp.ClientSession(headers=WHO_WE_ARE, trust_env=True) as session:
        for name, url, parse in SOURCES:
            try:
                return parse(await _text(session, redirected(url, name, root)))
            except (BadPayload, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                log.info("%s tells no rates: %s.", name, error or type(error).__name__)
    return None


async def _text(session: aiohttp.ClientSession, url: str) -> str:
    async with asyncio.timeout(TIMEOUT_S), session.get(url, allow_redirects=False) as response:
        if response.status != 200:
            raise BadPayload(f"The answer is a {response.status}")
        content = await response.content.read(LARGEST_BODY)
        return content.decode()


def _object(body: str) -> dict[str, object]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise BadPayload("The rates are not JSON.") from None
    if not isinstance(told, dict):
        raise BadPayload("The rates are not an object.")
    return told


def _rates(day: object, rates: object, source: str) -> DailyRates:
    """Only what is wanted and can be true; a list without the Singapore dollar is refused."""
    if not isinstance(rates, dict):
        raise BadPayload(f"{source} tells no rates.")
    try:
        when = date.fromisoformat(str(day))
    except ValueError:
        raise BadPayload(f"{source} gives no date.") from None
    possible = {
        currency: float(rates[currency])
        for currency in WANTED
        if isinstance(rates.get(currency), int | float) and LEAST < rates[currency] < MOST
    }
    if "SGD" not in possible:
        raise BadPayload(f"{source} does not tell the Singapore dollar.")
    return DailyRates(when, possible, source)
