"""Which addresses this server may be made to call: read strictly, before any socket is opened.

A push endpoint and a webhook are chosen by a user, so the URL is judged by its parsed host and by
every IP address that host has, never by a pattern over its text.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST_URL = 2048
HTTPS_PORT = 443
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)
ANY_PUBLIC_HOST = ("*",)
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
OLD_COMPATIBLE = ipaddress.IPv6Network("::/96")

_VISIBLE_ASCII = re.compile(r"[!-\[\]-~]+")  # no space, no control character, no backslash
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """This URL must not be called; the message says why in a few words."""


@dataclass(frozen=True)
class Target:
    """A URL taken apart: where to connect, and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str
    is_loopback: bool = False

    @property
    def origin(self) -> str:
        """Scheme and host as a push service expects them in ``aud`` (RFC 8292 §2)."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """The Host header: with the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == HTTPS_PORT else f"{host}:{self.port}"


def parse_target(url: str, hosts: Iterable[str], *, allow_loopback: bool = False) -> Target:
    """The URL's parts if it may be called, else ``Refused``.

    ``hosts`` are exact names, ``*.name`` for any name below it, or ``*`` for any name at all.
    ``allow_loopback`` lets this machine's own addresses through, with any port and without TLS.
    """
    if len(url) > LONGEST_URL or not _VISIBLE_ASCII.fullmatch(url):
        raise Refused("not a plain URL")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("not a URL") from None
    if "@" in parts.netloc:
        raise Refused("holds a user name")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if allow_loopback and parts.scheme in ("http", "https") and host in LOOPBACK_HOSTS:
        return Target(parts.scheme, host, port or _own_port(parts.scheme), path, is_loopback=True)
    if parts.scheme != "https":
        raise Refused("not https")
    if port not in (None, HTTPS_PORT) or parts.netloc.endswith(":"):
        raise Refused("not on port 443")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise Refused("not a host name")
    if not any(_names(pattern, host) for pattern in hosts):
        raise Refused("not an allowed host")
    return Target("https", host, HTTPS_PORT, path)


def check_public(addresses: Iterable[str]) -> tuple[str, ...]:
    """The IP addresses if there are any and all are public ones, else ``Refused``."""
    found = tuple(addresses)
    if not found:
        raise Refused("has no address")
    if not all(is_public(ipaddress.ip_address(address)) for address in found):
        raise Refused("leads to a private address")
    return found


def is_public(address: Address) -> bool:
    """Whether it can only be a host on the internet, also when it wraps another address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64 or address in OLD_COMPATIBLE:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        wrapped = [one for one in inner if one is not None]
        if wrapped:
            return all(is_public(one) for one in wrapped)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _names(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _own_port(scheme: str) -> int:
    return HTTPS_PORT if scheme == "https" else 80
