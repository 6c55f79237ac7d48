"""What a venue pushes: the table that ends each venue's ``stream`` module."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from apps.exchanges.payload import Payload
from apps.exchanges.readings import Instruments, Liquidation, Mark, OpenInterest, Trade
from apps.exchanges.records import BarRow

type Message = dict[str, object] | str
"""What we send: text goes as it is, anything else as JSON."""
type Told = BarRow | OpenInterest | Mark | Trade | Liquidation

USUAL_IDLE_S = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """One socket: where it is, what to say at the beginning, and how to keep it open.

    A line that says nothing for ``idle_s``, though it was pinged, is taken for dead, whatever TCP
    believes.
    """

    url: str
    kinds: tuple[str, ...]  # of streams that come over it
    greetings: tuple[Message, ...] = ()
    ping: Message | None = None
    ping_every_s: float = 3.0
    idle_s: float = USUAL_IDLE_S
    is_gzipped: bool = False


class Read(Protocol):
    """What a message tells; acknowledgements and pongs tell nothing, refusals are raised."""

    def __call__(
        self, message: object, instruments: Instruments, *, now_ms: int
    ) -> Iterable[Told]: ...


@dataclass(frozen=True, slots=True)
class Pushes:
    """The sockets of a venue for some instruments, and how to read what comes."""

    lines: Callable[[Instruments, int], list[Line]]
    read: Read
    answer: Callable[[Payload], Message | None] = lambda message: None
