"""What was pushed while nobody heard it: labelled, because nobody tells it again."""

from collections import deque
from dataclasses import dataclass, field

MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class Unheard:
    """A span of the data's time in which a stream was not heard, and why."""

    venue: str
    kind: str  # of the stream
    from_ms: int
    to_ms: int
    reason: str  # the end of a sentence about the venue


@dataclass(slots=True)
class Listened:
    """Until when one line was heard; what lies between two hearings is noted when it is over."""

    venue: str
    kinds: tuple[str, ...]
    until_ms: int
    notes: "deque[Unheard]"
    reason: str = "was not listened to yet"
    is_broken: bool = field(default=True)

    def heard(self, now_ms: int) -> None:
        """A message came; the first one after a break ends what was not heard."""
        if self.is_broken:
            self.lost(now_ms, self.reason)
            self.is_broken = False
        self.until_ms = now_ms

    def lost(self, now_ms: int, reason: str) -> None:
        """Whatever came since the last message is missing."""
        if now_ms > self.until_ms:
            self.notes.extend(
                Unheard(self.venue, kind, self.until_ms, now_ms, reason) for kind in self.kinds
            )
        self.until_ms = now_ms

    def broken(self, reason: str) -> None:
        """The line is gone; nothing is heard until the next ``heard``."""
        if not self.is_broken:
            self.is_broken, self.reason = True, reason
