"""The one way out: a guarded POST for every URL that a user could choose.

The host is resolved here, all its addresses must be public, and the connection goes to the
address that was judged, with the name in SNI and Host. No redirect is followed, no proxy of the
environment is used, and whoever answers gets ten seconds and sixteen kilobytes.
"""

import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException, HTTPResponse

from django.conf import settings

from apps.pwa.addresses import Refused, Target, check_public, parse_target

__all__ = ["Refused", "Reply", "Unreachable", "check_url", "post"]

CONNECT_S = 3.0
WHOLE_S = 10.0
LONGEST_BODY = 4096
LONGEST_ANSWER = 16_384  # with its headers
USER_AGENT = "Embermap"

type Resolve = Callable[[str, int], Iterable[str]]


class Unreachable(Exception):
    """Nobody answered properly; the message is one word: dns, tls, timeout, refused, broken."""


@dataclass(frozen=True)
class Reply:
    """What came back; header names are in lower case, the body has at most 4 KiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def check_url(url: str, hosts: Iterable[str]) -> Target:
    """The URL taken apart if it may be called, else ``Refused``; nothing is opened or resolved."""
    return parse_target(url, hosts, allow_loopback=settings.ALLOW_LOOPBACK)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    hosts: Iterable[str],
    resolve: Resolve | None = None,
) -> Reply:
    """POST to an allowed URL; ``Refused`` before a socket exists, ``Unreachable`` after.

    ``hosts`` as in ``parse_target``: ``PUSH_HOSTS`` or ``ANY_PUBLIC_HOST``.
    """
    until_s = time.monotonic() + WHOLE_S
    target = check_url(url, hosts)
    resolver = resolve or resolve_within_limit
    if target.is_loopback:
        addresses: tuple[str, ...] = (
            ("127.0.0.1",) if target.host == "localhost" else (target.host,)
        )
    else:
        addresses = check_public(resolver(target.host, target.port))
    try:
        with _connect(addresses, target) as connection:
            connection.settimeout(_left(until_s))
            connection.sendall(_request(target, body, headers))
            return _read(connection, until_s)
    except TimeoutError:
        raise Unreachable("timeout") from None
    except ssl.SSLError:
        raise Unreachable("tls") from None
    except ConnectionRefusedError:
        raise Unreachable("refused") from None
    except (OSError, HTTPException):
        raise Unreachable("broken") from None


def resolve_within_limit(host: str, port: int) -> list[str]:
    """Every address of a host, the system's first choice first; ``Unreachable`` after 3 s."""
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(address[0]) for *_rest, address in answers))
        except OSError as error:
            failed.append(error)

    asking = threading.Thread(target=ask, daemon=True)  # getaddrinfo itself knows no time limit
    asking.start()
    asking.join(CONNECT_S)
    if asking.is_alive() or failed:
        raise Unreachable("dns")
    return found


def _connect(addresses: tuple[str, ...], target: Target) -> socket.socket:
    """A connection to the first of the judged addresses that takes one."""
    until_s = time.monotonic() + CONNECT_S
    trouble: OSError = ConnectionRefusedError()
    for address in addresses:
        try:
            plain = socket.create_connection((address, target.port), timeout=_left(until_s))
        except OSError as error:
            trouble = error
            continue
        if target.scheme == "http":
            return plain
        try:
            return _tls().wrap_socket(plain, server_hostname=target.host)
        except OSError:
            plain.close()
            raise
    raise trouble


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _left(until_s: float) -> float:
    left = until_s - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = {
        "Host": target.authority,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
        "Content-Length": str(len(body)),
    }
    for name, value in lines.items():
        if not value.isprintable() or not name.replace("-", "").isalnum():
            raise Refused("has a header that breaks its line")
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {target.path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def _read(connection: socket.socket, until_s: float) -> Reply:
    response = HTTPResponse(_Answer(connection, until_s), method="POST")  # type: ignore[arg-type]
    response.begin()
    body = response.read(LONGEST_BODY)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Reply(response.status, headers, body)


class _Answer(io.RawIOBase):
    """What arrives on a socket until the time or the allowance is used up."""

    def __init__(self, connection: socket.socket, until_s: float) -> None:
        super().__init__()
        self._connection = connection
        self._until_s = until_s
        self._allowance = LONGEST_ANSWER

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self, 2048)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(_left(self._until_s))
        room = memoryview(buffer)[: self._allowance]
        if not room:
            return 0
        count = self._connection.recv_into(room)
        self._allowance -= count
        return count
