"""Rows waiting for the database, never more than a set number of them."""

import asyncio
from collections import deque

from apps.exchanges.records import Row


class Backlog:
    """First in, first out; when it is full the oldest rows are dropped, and counted."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.dropped = 0
        self._batches: deque[list[Row]] = deque()
        self._count = 0
        self._in_hand = False
        self._news = asyncio.Event()

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits, and what was taken last has been written."""
        return not (self._count or self._in_hand)

    def __len__(self) -> int:
        return self._count

    def add(self, rows: list[Row]) -> None:
        """Put rows at the end."""
        self._batches.append(rows)
        self._count += len(rows)
        self._drop_oldest()
        self._news.set()

    def put_back(self, rows: list[Row]) -> None:
        """Return rows that could not be written; they are the oldest again."""
        self._batches.appendleft(rows)
        self._count += len(rows)
        self._in_hand = False
        self._drop_oldest()
        self._news.set()

    def written(self) -> None:
        """What was taken last is safe."""
        self._in_hand = False

    async def take(self) -> list[Row]:
        """Everything that waits, at least one row; end with ``written`` or ``put_back``."""
        while not self._count:
            self._news.clear()
            await self._news.wait()
        rows = [row for batch in self._batches for row in batch]
        self._batches.clear()
        self._count, self._in_hand = 0, True
        return rows

    def _drop_oldest(self) -> None:
        while self._count > self.limit:
            batch = self._batches.popleft()
            kept = batch[self._count - self.limit :]
            self.dropped += len(batch) - len(kept)
            self._count -= len(batch) - len(kept)
            if kept:
                self._batches.appendleft(kept)
