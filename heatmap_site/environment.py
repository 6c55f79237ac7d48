"""Every setting an operator can give through the environment, in one table.

``VARIABLES`` is the whole list; the README's settings table is compared with it by a test.
A value that makes no sense is refused with one sentence that names the variable.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# In the order in which they are offered; the site starts up before their rates are known.
CURRENCIES = ("SGD", "USD", "EUR", "GBP", "JPY", "AUD", "CAD", "CHF", "HKD", "INR", "KRW")
ROOT = Path(__file__).resolve().parent.parent


def text(value: str) -> str:
    return value


def flag(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if value.lower() not in words:
        raise ValueError("must be yes or no")
    return words[value.lower()]


def whole_between(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.strip().isdigit() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return parse


def number_between(low: float, high: float) -> Callable[[str], float]:
    def parse(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return number

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return parse


def url_of(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value and urlsplit(value).scheme not in schemes:
            raise ValueError(f"must be a URL starting with {' or '.join(s + ':' for s in schemes)}")
        return value

    return parse


def contact(value: str) -> str:
    """A mailto: or https: address that somebody else could use; push services ask for one."""
    scheme, _, rest = value.partition(":")
    host = rest.rpartition("@")[2] if scheme == "mailto" else urlsplit(value).hostname or ""
    is_known = scheme in ("mailto", "https") and "." in host.strip(".")
    if value and (not is_known or host.endswith((".localhost", ".local")) or " " in value):
        raise ValueError("must be mailto:you@example.org or an https: address, not of this machine")
    return value


def hosts(value: str) -> list[str]:
    return [host.strip() for host in value.split(",") if host.strip()]


@dataclass(frozen=True)
class Variable:
    """One environment variable: how to read it, its default, and what it is for."""

    name: str
    parse: Callable[[str], object]
    default: str
    meaning: str


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable(
            "DATABASE_URL",
            url_of("sqlite", "postgres", "postgresql"),
            "",
            "PostgreSQL or SQLite database; empty means an SQLite file in EMBERMAP_DATA",
        ),
        Variable(
            "REDIS_URL",
            url_of("redis", "rediss", "unix"),
            "",
            "Redis-compatible server; empty means the embedded one",
        ),
        Variable(
            "SECRET_KEY",
            text,
            "",
            "Signing key (or SECRET_KEY_FILE); empty means one is made and kept in EMBERMAP_DATA",
        ),
        Variable(
            "PUBLIC_URL",
            url_of("http", "https"),
            "",
            "Address people open, e.g. https://map.example.org; its host is allowed",
        ),
        Variable("EMBERMAP_HOSTS", hosts, "", "Further host names to answer to, comma separated"),
        Variable(
            "EMBERMAP_DATA", text, str(ROOT / "data"), "Folder for the database, keys and sockets"
        ),
        Variable("EMBERMAP_DEBUG", flag, "no", "Django's debug pages; never on a public address"),
        Variable(
            "EMBERMAP_FEED",
            text,
            "auto",
            "auto, live, fake, simulated or replay:DIR: where market data comes from",
        ),
        Variable(
            "EMBERMAP_SPEED",
            number_between(0.1, 3600),
            "1",
            "How many times faster than life a replay runs",
        ),
        Variable(
            "EMBERMAP_REFRESH_S",
            whole_between(1, 60),
            "2",
            "Seconds between two looks for new market data",
        ),
        Variable(
            "EMBERMAP_HISTORY_DAYS",
            whole_between(1, 90),
            "31",
            "Days of minute bars that a map is built from",
        ),
        Variable(
            "EMBERMAP_SIGNUP", flag, "yes", "Whether anybody who reaches the site may sign up"
        ),
        Variable(
            "EMBERMAP_PROXIES",
            whole_between(0, 9),
            "0",
            "Proxies in front that add to X-Forwarded-For; without any the header is not believed",
        ),
        Variable(
            "EMBERMAP_METRICS_TOKEN",
            text,
            "",
            "Bearer token that /metrics asks for; without one it answers this machine only",
        ),
        Variable(
            "EMAIL_URL",
            url_of("smtp", "smtp+tls", "smtps"),
            "",
            "Mail server, e.g. smtp+tls://user:password@host:587; empty writes mail to files",
        ),
        Variable(
            "EMAIL_FROM", text, "Embermap <embermap@localhost>", "Sender of the site's mail"
        ),
        Variable(
            "EMBERMAP_MARKETS",
            whole_between(3, 50),
            "10",
            "How many live markets are drawn, by open interest; BTC, ETH and SOL always",
        ),
        Variable(
            "EMBERMAP_CALIBRATE",
            one_of("propose", "adopt", "off"),
            "propose",
            "Weekly fits of leverage: propose them, adopt those that did better, or off",
        ),
        Variable(
            "EMBERMAP_CURRENCY",
            one_of(*CURRENCIES),
            "SGD",
            "Currency shown first",
        ),
        Variable(
            "FX_USDSGD_FALLBACK",
            number_between(0.5, 5),
            "1.286",
            "Singapore dollars per US dollar when no rate feed is available",
        ),
        Variable(
            "VAPID_PRIVATE_KEY",
            text,
            "",
            "Push key (or VAPID_PRIVATE_KEY_FILE); empty means one is made, in EMBERMAP_DATA",
        ),
        Variable(
            "VAPID_SUBJECT",
            contact,
            "",
            "Whom push services may write to, e.g. mailto:you@example.org; empty means PUBLIC_URL",
        ),
        Variable(
            "EMBERMAP_PUSH_HOSTS",
            hosts,
            "",
            "Further push services to send to, comma separated; `*.` in front means all below",
        ),
        Variable(
            "EMBERMAP_ALLOW_LOOPBACK",
            flag,
            "no",
            "Let alerts be sent to this machine itself; for tests, never on a public address",
        ),
    )
}  # fmt: skip


def read(name: str):
    """The parsed value of a variable, or ``ImproperlyConfigured`` with one sentence."""
    variable = VARIABLES[name]
    raw = os.environ.get(name, "")
    path = os.environ.get(f"{name}_FILE", "")
    if path and not raw:
        try:
            raw = Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None
    try:
        return variable.parse(raw or variable.default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} {error}, not {raw!r}.") from None
