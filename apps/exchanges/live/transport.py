"""One request of one venue. ccxt knows the addresses; statuses, sizes and JSON are read here.

ccxt is imported when the first venue is asked and only here: it costs seconds and 60 MB. Its own
fetching, throttling and error classes are not used, so one place decides what an answer means.
"""

import asyncio
import json
import re
import socket
import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import aiohttp

from apps.exchanges.live.budget import Budget, Seconds
from apps.exchanges.live.troubles import Barred, Paused, Unreachable
from apps.exchanges.numbers import BadPayload

LARGEST_BODY = 16 << 20
CHUNK = 1 << 16
TIMEOUT_S = 10.0
AT_ONCE = 2  # so that one request at most is still on its way when the venue says stop
PAUSE_S = 60.0  # after a 429 that names no time
BAN_S = 600.0  # after a 418 or 403 that names none
LONGEST_PAUSE_S = 3 * 86_400.0

CCXT_NAMES = {"binance": "binanceusdm"}
ORIGINS = {"htx": "https://api.hbdm.com"}
ORIGIN = re.compile(r"^(https?|wss?)://[^/]+")

SIGNING = threading.Lock()  # a signer has one place to put its request

type Parameters = Mapping[str, Any]


def redirected(url: str, venue: str, root: str | None) -> str:
    """The same path at another exchange: ``root`` is such as ``http://127.0.0.1:8700``.

    >>> redirected("wss://stream.bybit.com/v5/public/linear", "bybit", "http://127.0.0.1:8700")
    'ws://127.0.0.1:8700/bybit/v5/public/linear'
    """
    found = ORIGIN.match(url)
    if found is None:
        raise ValueError(f"{url!r} is no address.")
    if root is None:
        return ORIGINS.get(venue, found[0]) + url[found.end() :] if url.startswith("http") else url
    scheme = "ws" if found[1].startswith("ws") else "http"
    return f"{re.sub('^http', scheme, root.rstrip('/'))}/{venue}{url[found.end() :]}"


class Rest:
    """Asks one venue. Every failure is a ``Trouble``, every unfit reply ``BadPayload``."""

    def __init__(
        self,
        venue: str,
        session: aiohttp.ClientSession,
        budget: Budget,
        *,
        clock: Seconds,
        root: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.venue = venue
        self.budget = budget
        self.requests = 0
        self.remembered: dict[str, int] = {}  # what the venue's module has found out about it
        self._session, self._clock, self._root = session, clock, root
        self._timeout_s = timeout_s
        self._doors = asyncio.Semaphore(AT_ONCE)

    async def call(
        self, name: str, parameters: Parameters | None = None, *, cost: float = 1.0
    ) -> object:
        """Ask through the ccxt method ``name``; ``cost`` is in the units of the venue's limit."""
        request = _signed(self.venue, name, dict(parameters or {}))
        return await self.ask(
            request["method"],
            request["url"],
            body=request["body"],
            headers=request["headers"],
            cost=cost,
        )

    async def get(
        self, url: str, parameters: Parameters | None = None, *, cost: float = 1.0
    ) -> object:
        """Ask an address that ccxt does not know."""
        query = "&".join(f"{key}={value}" for key, value in (parameters or {}).items())
        return await self.ask("GET", f"{url}?{query}" if query else url, cost=cost)

    async def ask(
        self,
        method: str,
        url: str,
        *,
        body: str | None = None,
        headers: Parameters | None = None,
        cost: float = 1.0,
        timeout_s: float | None = None,
    ) -> object:
        """One request within the budget, unless the venue wants none."""
        async with self._doors:
            self.budget.check()
            await self.budget.take(cost)
            self.budget.check()
            self.requests += 1
            try:
                return await send(
                    self._session,
                    method,
                    redirected(url, self.venue, self._root),
                    body=body,
                    headers=headers,
                    timeout_s=timeout_s or self._timeout_s,
                    now_s=self._clock(),
                )
            except (Paused, Barred) as trouble:
                self.budget.closed = trouble
                raise


async def send(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    body: str | None = None,
    headers: Parameters | None = None,
    timeout_s: float = TIMEOUT_S,
    now_s: float = 0.0,
) -> object:
    """One request and the JSON of its answer, whatever the venue means by it."""
    try:
        async with asyncio.timeout(timeout_s):
            async with session.request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                refuse(response.status, response.headers, now_s)
                content = await _content(response)
    except TimeoutError:
        raise Unreachable(f"did not answer within {timeout_s:g} s") from None
    except (aiohttp.ClientError, OSError) as error:
        raise Unreachable(why_unreachable(error)) from error
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        kind = "a web page" if content.lstrip()[:1] == b"<" else "something"
        raise BadPayload(f"The answer ({response.status}) is {kind}, not JSON.") from None


def refuse(status: int, headers: Mapping[str, str], now_s: float) -> None:
    """Raise what an HTTP status means; other refusals are in the JSON that follows."""
    if status == 429:
        wait_s = _retry_after_s(headers, PAUSE_S)
        raise Paused(f"is asked too often and wants {wait_s:.0f} s of peace (429)", now_s + wait_s)
    if status in (403, 418):
        wait_s = _retry_after_s(headers, BAN_S)
        raise Paused(f"shuts us out for {wait_s:.0f} s ({status})", now_s + wait_s)
    if status == 451:
        raise Barred("may not serve the place this computer is in (451)")
    if status >= 500:
        raise Unreachable(f"has trouble of its own ({status})")
    if 300 <= status < 400:
        raise Unreachable(f"sends us elsewhere ({status})")


def why_unreachable(error: Exception) -> str:
    """The end of a sentence that tells a user why no connection came about."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror | aiohttp.ClientConnectorDNSError):
            return "cannot be looked up by name"
        if isinstance(cause, ConnectionRefusedError):
            return "refused the connection"
        cause = cause.__cause__ or getattr(cause, "os_error", None)
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError):
        return "could not prove who it is"
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"did not open a socket ({error.status})"
    return f"broke the connection off ({type(error).__name__})"


async def _content(response: aiohttp.ClientResponse) -> bytes:
    parts, length = [], 0
    async for part in response.content.iter_chunked(CHUNK):
        length += len(part)
        if length > LARGEST_BODY:
            raise BadPayload(f"The answer is longer than {LARGEST_BODY >> 20} MB.")
        parts.append(part)
    return b"".join(parts)


def _retry_after_s(headers: Mapping[str, str], default_s: float) -> float:
    """Seconds to wait; the header holds seconds or a date."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(max(float(text), 1.0), LONGEST_PAUSE_S)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):
        return default_s
    return min(max(wait.total_seconds(), 1.0), LONGEST_PAUSE_S)


@cache
def _signer(venue: str) -> Any:
    """ccxt's idea of a venue: which method has which address. No session, no network."""
    import ccxt

    return getattr(ccxt, CCXT_NAMES.get(venue, venue))({"enableRateLimit": False})


def _signed(venue: str, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Method, address, body and headers of the request behind a ccxt implicit method."""
    requests: list[dict[str, Any]] = []

    def keep(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> None:
        requests.append({"url": url, "method": method, "headers": headers, "body": body})

    with SIGNING:
        signer = _signer(venue)
        signer.fetch = keep
        getattr(signer, name)(parameters)
    return requests[0]
