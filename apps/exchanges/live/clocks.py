"""How far the venues' clocks are from ours; one that is alone with its time is not believed."""

from dataclasses import dataclass, field
from statistics import median

LARGEST_SKEW_MS = 5_000


@dataclass(slots=True)
class Clocks:
    """Milliseconds that each venue's clock is ahead of ours, as measured."""

    skew_ms: dict[str, int] = field(default_factory=dict)

    def believed_ms(self, venue: str) -> int:
        """What to reckon with: the venue's own skew, unless it is far from what most show.

        Where all agree our own clock is wrong; where one differs it is that venue's.
        """
        usual_ms = round(median(self.skew_ms.values())) if self.skew_ms else 0
        own_ms = self.skew_ms.get(venue, usual_ms)
        return own_ms if abs(own_ms - usual_ms) <= LARGEST_SKEW_MS else usual_ms
