"""What rules see of a market at the end of one minute, and how an hour of it is kept.

A scene is made of settled bars only and never changes; what is judged now and what is judged
again later for a preview are the same scenes, rounded the same way.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from apps.engine.records import Cluster, Side

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
WINDOWS_MIN = (15, 60, 240)  # over which real liquidations are summed
DIGITS = 7

type Sums = tuple[tuple[float, float], ...]  # USD of longs and shorts, one pair per window


@dataclass(frozen=True, slots=True)
class Spot:
    """A cluster in a scene; ``brightness`` is its densest bin's part of the brightest one."""

    side: Side
    low: float
    high: float
    peak: float
    usd: float
    share: float
    brightness: float

    def as_cluster(self, price: float) -> Cluster:
        """As the engine follows it."""
        return Cluster(
            self.side, self.low, self.high, self.peak, self.usd, self.peak / price - 1, self.share
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """One minute of one stream. Prices and amounts USD; ``low`` and ``high`` of that minute.

    ``is_whole``: every venue of the selection told this minute; only then is it judged.
    ``silent``: venues that have told nothing for three of their bars.
    """

    at_ms: int
    price: float
    low: float
    high: float
    long_usd: float  # within 5 % of the price
    short_usd: float
    realised: Sums
    spots: tuple[Spot, ...]
    silent: tuple[str, ...] = ()
    is_whole: bool = True


def rounded(value: float) -> float:
    """As it is kept: seven digits."""
    return float(f"{value:.{DIGITS}g}")


def pack(scenes: Iterable[Scene]) -> bytes:
    """Scenes as few bytes: an hour takes some 15 kB."""
    return zlib.compress(json.dumps([_listed(scene) for scene in scenes]).encode(), 6)


def unpack(packed: bytes) -> list[Scene]:
    """The scenes that ``pack`` was given."""
    return [_told(row) for row in json.loads(zlib.decompress(packed))]


def _listed(scene: Scene) -> list:
    spots = [
        [int(s.side), s.low, s.high, s.peak, s.usd, s.share, s.brightness] for s in scene.spots
    ]
    return [
        scene.at_ms, scene.price, scene.low, scene.high, scene.long_usd, scene.short_usd,
        scene.realised, spots, scene.silent, int(scene.is_whole),
    ]  # fmt: skip


def _told(row: list) -> Scene:
    at_ms, price, low, high, long_usd, short_usd, realised, spots, silent, whole = row
    return Scene(
        at_ms, price, low, high, long_usd, short_usd,
        tuple((pair[0], pair[1]) for pair in realised),
        tuple(Spot(Side(side), *numbers) for side, *numbers in spots),
        tuple(silent), bool(whole),
    )  # fmt: skip
