"""The documented limits of the venues, counted and enforced.

A window slides: what was asked longer ago than it counts no more. Who asks for more is refused the
venue's way and stays refused for a while; who goes on asking all the same is counted, too.
"""

from collections import deque
from dataclasses import dataclass, field

SECOND_MS = 1000
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much in so long."""

    most: int
    window_ms: int


@dataclass(frozen=True, slots=True)
class Punishment:
    """What an overrun brings; without ``ban_ms`` it lasts until the window has room again."""

    status: int
    ban_ms: int | None = None
    stubborn_status: int | None = None  # for whoever asks on while refused
    stubborn_ban_ms: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refusal and how long to stay away."""

    status: int
    retry_after_s: int


STUBBORN_AFTER = 5  # requests while refused
PATH = "path:"
RUBIK = "path:/api/v5/rubik/stat"
LIMITS: dict[str, dict[str, Limit]] = {
    "binance": {"weight": Limit(2400, MINUTE_MS), "statistics": Limit(1000, 5 * MINUTE_MS)},
    "bybit": {"requests": Limit(600, 5 * SECOND_MS)},
    "okx": {
        PATH: Limit(20, 2 * SECOND_MS),
        "path:/api/v5/market/candles": Limit(40, 2 * SECOND_MS),
        "path:/api/v5/market/books": Limit(40, 2 * SECOND_MS),
        "path:/api/v5/market/trades": Limit(100, 2 * SECOND_MS),
        "path:/api/v5/public/funding-rate": Limit(10, 2 * SECOND_MS),
        "path:/api/v5/public/mark-price": Limit(10, 2 * SECOND_MS),
        "path:/api/v5/public/position-tiers": Limit(10, 2 * SECOND_MS),
        "path:/api/v5/public/time": Limit(10, 2 * SECOND_MS),
        f"{RUBIK}/contracts/open-interest-history": Limit(10, 2 * SECOND_MS),
        RUBIK: Limit(5, 2 * SECOND_MS),
    },
    "dydx": {"requests": Limit(100, 10 * SECOND_MS)},
    "bitget": {
        PATH: Limit(20, SECOND_MS),
        "path:slow": Limit(1, SECOND_MS),
        "path:liquidations": Limit(5, SECOND_MS),
    },
    "gate": {PATH: Limit(200, 10 * SECOND_MS)},
    "htx": {"requests": Limit(240, 3 * SECOND_MS)},
    "hyperliquid": {"weight": Limit(1200, MINUTE_MS)},
}
PUNISHMENTS: dict[str, Punishment] = {
    "binance": Punishment(429, stubborn_status=418, stubborn_ban_ms=2 * MINUTE_MS),
    "bybit": Punishment(403, ban_ms=10 * MINUTE_MS),
}
USUAL_PUNISHMENT = Punishment(429)


@dataclass(slots=True)
class Meter:
    """One limit as it is being used."""

    limit: Limit
    used: int = 0
    peak: int = 0
    total: int = 0
    entries: deque[tuple[int, int]] = field(default_factory=deque)  # when, how much

    def forget(self, now_ms: int) -> None:
        """Drop what has left the window."""
        while self.entries and self.entries[0][0] <= now_ms - self.limit.window_ms:
            self.used -= self.entries.popleft()[1]

    def has_room(self, now_ms: int, cost: int) -> bool:
        """Whether so much more fits into the window."""
        self.forget(now_ms)
        return self.used + cost <= self.limit.most

    def charge(self, now_ms: int, cost: int) -> None:
        """Count it."""
        self.entries.append((now_ms, cost))
        self.used, self.total = self.used + cost, self.total + cost
        self.peak = max(self.peak, self.used)

    def room_at_ms(self, now_ms: int) -> int:
        """When the oldest entry leaves the window."""
        return self.entries[0][0] + self.limit.window_ms if self.entries else now_ms


class Budget:
    """All limits of one venue for one client."""

    def __init__(self, venue: str) -> None:
        self.limits = LIMITS[venue]
        self.punishment = PUNISHMENTS.get(venue, USUAL_PUNISHMENT)
        self.meters: dict[str, Meter] = {}
        self.requests = self.refused = self.while_refused = 0
        self.refused_until_ms, self.status = 0, 0

    def charge(self, now_ms: int, name: str, path: str, cost: int) -> Verdict | None:
        """Count a request against a limit, or say why not."""
        self.requests += 1
        if now_ms < self.refused_until_ms:
            return self._while_refused(now_ms)
        meter = self._meter(name, path)
        if meter.has_room(now_ms, cost):
            meter.charge(now_ms, cost)
            self.while_refused = 0
            return None
        self.status = self.punishment.status
        ban_ms = self.punishment.ban_ms
        self.refused_until_ms = meter.room_at_ms(now_ms) if ban_ms is None else now_ms + ban_ms
        return self._refusal(now_ms)

    def report(self) -> dict[str, object]:
        """Counts since the start, and how near each limit was come to."""
        return {
            "requests": self.requests,
            "refused": self.refused,
            "peak_share": max((m.peak / m.limit.most for m in self.meters.values()), default=0.0),
            "limits": {
                name: {"most": m.limit.most, "window_s": m.limit.window_ms / 1000,
                       "peak": m.peak, "total": m.total}
                for name, m in self.meters.items()
            },
        }  # fmt: skip

    def used(self, name: str) -> int:
        """How much of a limit is used now."""
        return self.meters[name].used if name in self.meters else 0

    def _while_refused(self, now_ms: int) -> Verdict:
        self.while_refused += 1
        harsher = self.punishment.stubborn_status
        if harsher and self.while_refused >= STUBBORN_AFTER and self.status != harsher:
            self.status = harsher
            self.refused_until_ms = now_ms + self.punishment.stubborn_ban_ms
        return self._refusal(now_ms)

    def _refusal(self, now_ms: int) -> Verdict:
        self.refused += 1
        return Verdict(self.status, max(1, -(-(self.refused_until_ms - now_ms) // 1000)))

    def _meter(self, name: str, path: str) -> Meter:
        key = f"{name}{path}" if name.startswith(PATH) else name
        if key not in self.meters:
            longest_first = sorted(self.limits, key=len, reverse=True)
            rule = next(rule for rule in longest_first if key.startswith(rule))
            self.meters[key] = Meter(self.limits[rule])
        return self.meters[key]
