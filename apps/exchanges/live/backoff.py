"""How long to wait before trying again: full jitter, so that many clients do not come at once."""

from dataclasses import dataclass, field
from random import Random

FIRST_S = 1.0
LONGEST_S = 20.0  # with a request that hangs for ten before it, a fault is over for us in thirty


@dataclass(slots=True)
class Backoff:
    """Waits of up to 1, 2, 4 … 20 seconds, from 1 again after a success."""

    random: Random = field(default_factory=Random)
    failures: int = 0

    def wait_s(self) -> float:
        """Seconds to wait after one more failure."""
        longest_s = min(LONGEST_S, FIRST_S * 2 ** min(self.failures, 10))
        self.failures += 1
        return self.random.uniform(0.1, 1.0) * longest_s

    def succeeded(self) -> None:
        """Begin again at the shortest wait."""
        self.failures = 0
