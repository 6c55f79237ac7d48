"""A stream of scenes followed in time: what is new in each, and whether it may be judged.

    whole, whole, [a minute is missing], whole      carried on; the missing minute's range counts
    whole, [ten minutes missing], whole             begun again: what is there has always stood

Everything that fires is a fold over these moments, so it does not matter whether they are lived
through or read back.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

from apps.alerts.scenes import Scene
from apps.engine.following import Change, Followed, Following, Life, begin, follow
from apps.engine.records import Side

FORMAT = 2  # rises when what a track keeps changes its shape; an older one begins again
LONGEST_GAP_MS = 10 * 60_000  # between two judged scenes; after more, memories are worth nothing


@dataclass(frozen=True, slots=True)
class Track:
    """Where following stands. ``generation`` rises whenever it has to begin again."""

    generation: int = 0
    following: Following | None = None
    low: float = inf  # of the minutes since the last judged scene
    high: float = -inf


@dataclass(frozen=True)
class Moment:
    """A scene in its context, ready to be judged.

    ``low`` and ``high`` span the price since the last judged scene. ``brightness`` goes by the
    names of the clusters in sight.
    """

    scene: Scene
    generation: int
    is_judged: bool
    low: float
    high: float
    changes: tuple[Change, ...] = ()
    standing: tuple[Followed, ...] = ()

    @cached_property
    def in_sight(self) -> tuple[Followed, ...]:
        """The standing clusters that this very scene shows."""
        return tuple(c for c in self.standing if c.seen_ms == self.scene.at_ms)

    @cached_property
    def brightness(self) -> dict[int, float]:
        """How bright each cluster in sight is, by name."""
        spots = {(spot.side, spot.peak): spot.brightness for spot in self.scene.spots}
        return {c.name: spots.get((c.side, c.peak), 0.0) for c in self.in_sight}

    @cached_property
    def gaps(self) -> tuple[tuple[Followed, float], ...]:
        """Each standing cluster and how near the price came to its densest bin, a fraction."""
        price = self.scene.price
        gaps = (
            self.low - c.peak if c.side is Side.LONG else c.peak - self.high for c in self.standing
        )
        return tuple((c, max(gap, 0.0) / price) for c, gap in zip(self.standing, gaps, strict=True))


def restarted(track: Track) -> Track:
    """The track of a stream whose past means nothing any more, as after a change of feed."""
    return Track(track.generation)


def step(track: Track, scene: Scene) -> tuple[Track, Moment]:
    """The next scene of a stream."""
    low, high = min(track.low, scene.low), max(track.high, scene.high)
    if not scene.is_whole:
        kept = replace(track, low=low, high=high)
        return kept, Moment(scene, track.generation, False, low, high)
    clusters = [spot.as_cluster(scene.price) for spot in scene.spots]
    before = track.following
    if before is None or scene.at_ms - before.at_ms > LONGEST_GAP_MS:
        following, changes = begin(clusters, at_ms=scene.at_ms), ()
        generation, low, high = track.generation + 1, scene.low, scene.high
    else:
        following, changes = follow(before, clusters, at_ms=scene.at_ms, low=low, high=high)
        generation = track.generation
    moment = Moment(scene, generation, True, low, high, changes, following.standing)
    return Track(generation, following), moment


def track_to_json(track: Track) -> dict:
    """Plain data for a JSON column; ``track_from_json`` takes it back."""
    data: dict = {"generation": track.generation, "format": FORMAT}
    if track.low <= track.high:
        data["range"] = [track.low, track.high]
    if track.following:
        following = track.following
        data["following"] = [following.at_ms, following.next_name]
        data["clusters"] = [
            [c.name, c.life.value, int(c.side), c.low, c.high, c.peak, c.usd, c.share, c.looks,
             c.seen_ms, c.least_usd, c.most_usd, c.told_usd, c.family]
            for c in following.clusters
        ]  # fmt: skip
    return data


def track_from_json(data: dict) -> Track:
    """The track that ``track_to_json`` wrote; an empty one from an empty column."""
    low, high = data.get("range", (inf, -inf))
    following = None
    if data.get("format") == FORMAT and "following" in data:
        at_ms, next_name = data["following"]
        clusters = tuple(
            Followed(name, Life(life), Side(side), *numbers)
            for name, life, side, *numbers in data["clusters"]
        )
        following = Following(at_ms, clusters, next_name)
    return Track(data.get("generation", 0), following, low, high)
