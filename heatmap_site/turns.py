"""Whose turn it is when a worker serves several queues: that of maps, but not for ever.

engine engine engine … scores engine engine …      while both have something to do
"""

from collections.abc import Iterable

from kombu.utils.scheduling import round_robin_cycle

FIRST = "engine"
IN_A_ROW = 4  # of the first queue, then another one may go first


class MapsFirst(round_robin_cycle):
    """An order of queues for Celery's transport, whatever order it knows them in."""

    in_a_row = 0

    def update(self, it: Iterable[str]) -> None:
        """Take note of which queues there are."""
        self.items = sorted(it, key=lambda queue: (queue != FIRST, queue))

    def consume(self, n: int) -> list[str]:
        """All of them, in the order in which they are to be asked now."""
        queues = self.items[:n]
        return queues if self.in_a_row < IN_A_ROW else [*queues[1:], *queues[:1]]

    def rotate(self, last_used: str) -> None:
        """Take note of the queue that gave something."""
        self.in_a_row = self.in_a_row + 1 if last_used == FIRST else 0
