"""Where a venue answers what, and what it counts for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from apps.exchanges.fake.asking import Answer, Ask

type Kind = Literal["time", "instruments", "candles", "open_interest", "marks", "book",
                    "liquidations", "trades", "ratios", "tiers", "everything"]  # fmt: skip
type Cost = Callable[[Ask], int]


@dataclass(frozen=True, slots=True)
class Route:
    """One call: its method and genuine path, who answers, and which limits it counts against.

    Every limit is charged ``cost``; a name ending in ``:`` stands for a limit of the path's own.
    """

    path: str
    answer: Answer
    kind: Kind
    limits: tuple[str, ...]
    cost: int | Cost = 1
    method: str = "GET"

    def price(self, ask: Ask) -> int:
        """What this very question counts for."""
        return self.cost if isinstance(self.cost, int) else self.cost(ask)
