"""What a stranger may send: a seeded stream of requests whose every value means harm."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

NAMES = (
    "tf", "view", "at", "venues", "lev", "age", "ages", "sides", "bin", "cur", "palette", "lo",
    "hi", "fragment", "list", "layers", "by", "sort", "market", "name", "note", "way", "kind",
    "price",
    "within", "usd", "level", "window_min", "every_min", "watchlist", "side", "brackets", "entry",
    "risk", "stop", "username", "login", "password", "password1", "email", "next", "code",
    "credential", "currency", "time_zone", "language", "theme", "default_market", "url", "endpoint",
    "csrfmiddlewaretoken", "action_add", "title", "text", "read", "tag", "unit", "month", "base",
    "quote", "venue", "exit", "size", "opened", "closed", "tags", "public", "zone", "contracts",
)  # fmt: skip
COOKIES = ("sessionid", "csrftoken", "currency", "theme", "palette", "market", "zone",
           "django_language", "messages")  # fmt: skip
HEADERS = ("HTTP_HX_REQUEST", "HTTP_HX_CURRENT_URL", "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER",
           "HTTP_USER_AGENT", "HTTP_AUTHORIZATION", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE",
           "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_ORIGIN")  # fmt: skip
VALUES = (
    "", " ", "\x00", "a\x00b", "\r\nSet-Cookie: a=b", "NaN", "Infinity", "-1", "1e400", "-1e400",
    "9" * 400, "0x10", "1_000", "\u0661\u0662", "\u00bd", "' OR 1=1 --", '"; DROP TABLE x; --',
    "%", "%s%n", "_",
    "{{7*7}}", "{% debug %}", "<script>alert(1)</script>", "javascript:alert(1)", "//evil.example",
    "https://evil.example/", "http://169.254.169.254/", "../../etc/passwd", "..%2f..%2f",
    "a" * 20_000,
    "\U0001f525" * 50, "\u202e", "\ufeff", "\ud7ff", "e\u0301" * 200, "[]", "{}", "null", "true",
    "[" * 2_000, '{"a":' * 500, ",".join(["binance"] * 500), "0-0", "5-1", "1700000000000-",
    "live\n",
    "1970-01-01T00:00:00Z", "99999999999999999999", "-0", "+1", "1,5", "btc", "24h", "historical",
)  # fmt: skip
BODIES = (
    b"", b"\x00", b"\xff\xfe", b"{", b"[]", b"null", b'{"endpoint": 1}', b'{"keys": []}',
    b"[" * 5_000, b'{"a":' * 3_000, b"a=" + b"b" * 50_000, b"--x\r\n\r\n", b"%00=%00&%ff=%ff",
    b'{"endpoint": "https://[::1]/", "keys": {"p256dh": "\\ud800", "auth": ""}}',
)  # fmt: skip
TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
         "multipart/form-data", "text/plain; charset=utf-7", "\x00", "")  # fmt: skip
VALUES_PER_REQUEST = 20


@dataclass
class Attack:
    """One request; ``headers`` and ``cookies`` are as Django's test client takes them."""

    method: str
    query: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def attacks(seed: str, values: int) -> Iterator[Attack]:
    """Requests that carry that many hostile values between them."""
    rng = random.Random(seed)
    for _ in range(max(1, values // VALUES_PER_REQUEST)):
        yield one_attack(rng)


def one_attack(rng: random.Random) -> Attack:
    """Some requests are hostile everywhere, others in one place that is then looked at."""
    few = rng.choice((1, 2, VALUES_PER_REQUEST // 2))
    attack = Attack(
        method=rng.choice(("GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS")),
        query=some(rng, NAMES, few),
        headers=some(rng, HEADERS, rng.randint(0, 4)),
        cookies=some(rng, COOKIES, rng.randint(0, 3)),
    )
    if rng.random() < 0.4:
        attack.body, attack.content_type = rng.choice(BODIES), rng.choice(TYPES)
    else:
        attack.form = some(rng, NAMES, VALUES_PER_REQUEST)
    return attack


def some(rng: random.Random, names: tuple[str, ...], count: int) -> dict[str, str]:
    return {rng.choice(names): value(rng) for _ in range(count)}


def value(rng: random.Random) -> str:
    """A known trick, a broken number, or noise."""
    kind = rng.random()
    if kind < 0.7:
        return rng.choice(VALUES)
    if kind < 0.85:
        return f"{rng.uniform(-1e3, 1e3):g}" + rng.choice(("", "e9", "e-9", "-", ",", "h", "%"))
    return "".join(chr(rng.choice((rng.randrange(256), rng.randrange(0xD800)))) for _ in range(40))


def hostile_path(rng: random.Random, pattern: str) -> str:
    """An address whose every placeholder holds something else than was meant."""
    parts = []
    for part in pattern.split("/"):
        parts.append(quote(value(rng)[:300], safe="") if "<" in part or "(?P" in part else part)
    return "/" + "/".join(parts)
