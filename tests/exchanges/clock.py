"""A clock that only moves when somebody waits."""

from dataclasses import dataclass
from math import ceil


@dataclass
class FakeClock:
    """The data's time, going ``speed`` times as fast as the waiting reader's."""

    now_ms: int
    speed: float = 1.0

    def __call__(self) -> int:
        return self.now_ms

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        assert seconds > 0
        self.now_ms += ceil(seconds * 1000 * self.speed)
