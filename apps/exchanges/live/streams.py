"""What was heard from whom and when, stream by stream: a venue may fall silent in part."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from apps.exchanges.live.budget import Seconds
from apps.exchanges.live.unheard import MOST_KEPT, Unheard

LEAST_STALE_S = 10.0
STALE_INTERVALS = 3

type State = Literal["waiting", "live", "stale", "barred"]


@dataclass(frozen=True, slots=True)
class StreamState:
    """How a stream stands; ``trouble`` is the end of a sentence about the venue, or empty."""

    venue: str
    kind: str
    instrument: str  # slug, empty for all of the venue
    state: State
    age_s: float | None  # since something was heard
    trouble: str


@dataclass(slots=True)
class Stream:
    """One thing that is heard again and again, at least every ``every_s`` seconds."""

    venue: str
    kind: str
    instrument: str
    every_s: float
    clock: Seconds
    began_s: float = field(init=False)
    heard_s: float | None = None
    trouble: str = ""
    is_barred: bool = False

    def __post_init__(self) -> None:
        self.began_s = self.clock()

    def heard(self) -> None:
        """Something came."""
        self.heard_s, self.trouble = self.clock(), ""

    def now(self) -> StreamState:
        """Live, or stale after three intervals and at least ten seconds of silence."""
        silent_s = self.clock() - (self.began_s if self.heard_s is None else self.heard_s)
        state: State = "live" if self.heard_s is not None else "waiting"
        if silent_s > max(STALE_INTERVALS * self.every_s, LEAST_STALE_S):
            state = "stale"
        return StreamState(
            self.venue,
            self.kind,
            self.instrument,
            "barred" if self.is_barred else state,
            None if self.heard_s is None else silent_s,
            self.trouble,
        )


class Streams:
    """Every stream of a feed."""

    def __init__(self, clock: Seconds) -> None:
        self._clock = clock
        self._streams: dict[tuple[str, str, str], Stream] = {}
        self.unheard: deque[Unheard] = deque(maxlen=MOST_KEPT)

    def expect(self, venue: str, kind: str, every_s: float, instrument: str = "") -> Stream:
        """The stream of that name; new ones are waited for from now on."""
        key = venue, kind, instrument
        if key not in self._streams:
            self._streams[key] = Stream(*key, every_s=every_s, clock=self._clock)
        return self._streams[key]

    def of(self, venue: str) -> Iterable[Stream]:
        """All streams of a venue."""
        return [stream for stream in self._streams.values() if stream.venue == venue]

    def now(self) -> tuple[StreamState, ...]:
        """How all of them stand."""
        return tuple(stream.now() for stream in self._streams.values())
