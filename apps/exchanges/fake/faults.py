"""What goes wrong: which venue, which transport, what, from when to when.

A schedule is data. ``drawn`` makes one from a seed; a test may write its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from apps.exchanges.fake.routes import Kind
from apps.exchanges.simulated.tables import VENUE_NAMES

type Transport = Literal["rest", "stream"]
type Failure = Literal[
    "garbage",  # random bytes instead of the answer
    "html",  # a page with status 200
    "truncated",  # the first half of the answer
    "hang",  # accepted, never answered; a stream falls silent
    "half_open",  # headers and a few bytes, then nothing
    "disconnect",  # cut without an answer; a stream is closed
    "rate_limited",  # 429 with Retry-After
    "server_error",  # 503
    "forbidden",  # 451
    "clock_skew",  # the venue's clock is wrong by ``strength`` seconds
    "duplicates",  # every row twice
    "reordered",  # rows in any order
    "spike",  # the newest price times ``strength``
    "stalled",  # candles stay as they were at the beginning of the fault
    "side_flip",  # liquidations of the other side
]

FAILURES: dict[Transport, tuple[Failure, ...]] = {
    "rest": (
        "garbage", "html", "truncated", "hang", "half_open", "disconnect", "rate_limited",
        "server_error", "forbidden", "clock_skew", "duplicates", "reordered", "spike", "stalled",
        "side_flip",
    ),
    "stream": (
        "garbage", "html", "truncated", "hang", "disconnect", "server_error", "forbidden",
        "clock_skew", "duplicates", "reordered", "spike", "stalled", "side_flip",
    ),
}  # fmt: skip
STRENGTHS: dict[Failure, tuple[float, ...]] = {
    "clock_skew": (-90.0, -7.0, 7.0, 90.0),
    "spike": (1000.0, 0.001),
    "rate_limited": (2.0, 5.0, 20.0),
}
SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure of one venue; ``kind`` narrows it to one kind of data."""

    venue: str
    transport: Transport
    failure: Failure
    begins_ms: int
    ends_ms: int
    strength: float = 0.0
    kind: Kind | None = None

    def concerns(self, venue: str, transport: Transport, kind: str | None, now_ms: int) -> bool:
        """Whether it happens there and now."""
        return (
            self.venue == venue
            and self.transport == transport
            and self.begins_ms <= now_ms < self.ends_ms
            and (self.kind is None or kind in (None, "everything") or self.kind in kind)
        )


@dataclass(frozen=True, slots=True)
class FaultSchedule:
    """Faults; they may overlap."""

    faults: tuple[Fault, ...] = ()

    def active(
        self, venue: str, transport: Transport, now_ms: int, kind: str | None = None
    ) -> list[Fault]:
        """What is wrong there and now."""
        return [fault for fault in self.faults if fault.concerns(venue, transport, kind, now_ms)]

    @property
    def ends_ms(self) -> int:
        """When the last fault is over."""
        return max((fault.ends_ms for fault in self.faults), default=0)


def drawn(
    seed: int,
    first_ms: int,
    until_ms: int,
    *,
    venues: Sequence[str] = VENUE_NAMES,
    failures: Iterable[Failure] | None = None,
    mean_gap_s: float = 120.0,
    mean_length_s: float = 20.0,
) -> FaultSchedule:
    """Faults of every venue between two instants; the same arguments give the same ones.

    ``failures`` are those that may happen, all of them unless told.
    """
    wanted = None if failures is None else set(failures)
    faults: list[Fault] = []
    for venue in venues:
        rng = Random(f"{seed} {venue}")
        begins = first_ms + _some(rng, mean_gap_s)
        while begins < until_ms:
            transport: Transport = rng.choice(("rest", "stream"))
            possible = [f for f in FAILURES[transport] if wanted is None or f in wanted]
            length = _some(rng, mean_length_s)
            if possible:
                failure = rng.choice(possible)
                strength = rng.choice(STRENGTHS.get(failure, (0.0,)))
                ends = min(begins + length, until_ms)
                faults.append(Fault(venue, transport, failure, begins, ends, strength))
            begins += length + _some(rng, mean_gap_s)
    return FaultSchedule(tuple(faults))


def _some(rng: Random, mean_s: float) -> int:
    """At least a second, at most five times the mean."""
    return max(SECOND_MS, round(min(rng.expovariate(1 / mean_s), 5 * mean_s) * SECOND_MS))
