"""A scenario played by the simulated market, walked and drawn by the engine: one frame.

The frame holds twelve hours before the decision and all that came after, a column every two
minutes. Each column is what the map showed at its instant, so the page can go back and forth
without asking again. Its description adds, per column: the nearest clusters of both sides, dollars
force-closed so far, and what spot markets bought (less what they sold) over the last hour.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from apps.engine.book import rebuild
from apps.engine.clusters import find
from apps.engine.frame import encode_full
from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import Parameters, VenueTerms
from apps.engine.picture import draw
from apps.engine.records import Bars, Cluster, FloatArray, Picture, Side
from apps.exchanges.simulated.scripted import Story, tell
from apps.learn.scenarios import MAINTENANCE_RATE, OTHERS, SGD_PER_USD, Scenario

VENUE = "scripted"
CADENCE_MIN = 2
SHOWN_BEFORE_MIN = 720
MINUTE_MS = 60_000
SPOT_COLUMNS = 60 // CADENCE_MIN
PER_SIDE = 2
FAINTEST = 0.02  # of the scenario's largest cluster; less gets no tag
FIRST_PLAYED = 239  # the page never goes back before this column
HEDGED = 0.93  # of the side that makers hold
KERNEL_BINS = 1.5  # nobody adds margin here, so liquidation prices are hardly blurred


@dataclass(frozen=True, slots=True)
class Staged:
    """A scenario as it was played; ``decided`` is the column of the picture it is decided at."""

    scenario: Scenario
    story: Story
    picture: Picture
    decided: int

    def as_of(self, column: int) -> Picture:
        """The picture as it stood when a column ended."""
        upto = slice(0, column + 1)
        return replace(
            self.picture,
            end_ms=self.picture.end_ms[upto],
            long_usd=self.picture.long_usd[upto],
            short_usd=self.picture.short_usd[upto],
            candles=self.picture.candles[upto],
            price=float(self.picture.candles[column, 3]),
        )


@lru_cache(maxsize=8)
def stage(scenario: Scenario) -> Staged:
    """Play a scenario; about 0.2 s."""
    story = tell(scenario.script)
    bars = _bars(scenario, story)
    low, high = scenario.span
    picture = draw(
        rebuild(bars, _parameters(scenario)),
        window_ms=(SHOWN_BEFORE_MIN + scenario.after_min) * MINUTE_MS,
        cadence_ms=CADENCE_MIN * MINUTE_MS,
        span=(low / SGD_PER_USD, high / SGD_PER_USD),
    )
    decided = int(np.searchsorted(picture.end_ms, scenario.decided_ms))
    return Staged(scenario, story, picture, decided)


@lru_cache(maxsize=8)
def frame_of(scenario: Scenario) -> bytes:
    """The frame of a scenario, the same bytes every time; about 0.5 s the first time."""
    staged = stage(scenario)
    columns = range(len(staged.picture.end_ms))
    least = FAINTEST * max(c.usd for c in zones_of(staged, staged.decided))
    clusters = [_nearest(staged, column, least) for column in columns]
    meta = {
        "market": scenario.base.lower(),
        "version": 1,
        "feed": {"kind": "simulated", "label": scenario.slug, "speed": 1, "state": "running"},
        "clusters": clusters[staged.decided],
        "decided": staged.decided,
        "nearest": clusters,
        "zones": [[zone.low, zone.high] for zone in scenario.script.zones],
        "liquidated": _per_column(staged.story.liquidated_usd, staged).cumsum().round().tolist(),
        "spot": _last_hour(_per_column(staged.story.spot_usd, staged)).round().tolist(),
    }
    as_of_ms = int(staged.picture.end_ms[-1])
    return encode_full(staged.picture, sequence=1, as_of_ms=as_of_ms, spec=scenario.slug, meta=meta)


def zones_of(staged: Staged, column: int) -> tuple[Cluster, ...]:
    """The clusters that the engine finds in the map as it stood when a column ended."""
    return find(staged.as_of(column))


def usd_between(staged: Staged, low: float, high: float) -> float:
    """Dollars of the scenario's side that stood between two prices (USD) at the decision."""
    side = Side(staged.scenario.side)
    usd = (staged.picture.long_usd, staged.picture.short_usd)[side][staged.decided]
    edges = staged.picture.grid.edges()
    inside = np.clip((np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)), 0, None)
    return float((usd * inside / np.diff(edges)).sum())


def _bars(scenario: Scenario, story: Story) -> Bars:
    minutes = np.arange(len(story.close), dtype=np.int64)
    blank = np.full((1, len(minutes)), np.nan)
    traded = np.abs(np.diff(story.open_interest, prepend=0.0)) + 0.002 * story.open_interest
    return Bars(
        venues=(VENUE,),
        end_ms=scenario.first_ms + minutes * MINUTE_MS,
        open=story.open[None],
        high=story.high[None],
        low=story.low[None],
        close=story.close[None],
        volume=traded[None],
        taker_delta=np.zeros_like(blank),
        open_interest=story.open_interest[None],
        mark_low=blank,
        mark_high=blank,
    )


def _parameters(scenario: Scenario) -> Parameters:
    """The engine told the customs of the scripted market: its one leverage and its makers."""
    shares = {scenario.leverage: 1.0, **dict(OTHERS)}
    standing = tuple(shares.get(leverage, 0.0) for leverage in LEVERAGES)
    rates = ((1000.0, MAINTENANCE_RATE),)
    terms = VenueTerms(scenario.leverage, max(shares), rates, standing=standing)
    is_long = scenario.side == "long"
    return Parameters(
        version="scripted-1",
        venues=((VENUE, terms),),
        turnover=0.0,
        half_life_exponent=0.0,
        hedged_long=0.0 if is_long else HEDGED,
        hedged_short=HEDGED if is_long else 0.0,
        at_close=1.0,
        kernel_bins=KERNEL_BINS,
    )


def _nearest(staged: Staged, column: int, least_usd: float) -> list[list[Any]]:
    """The nearest clusters of both sides as frames list them."""
    if column < FIRST_PLAYED:
        return []
    found = [c for c in zones_of(staged, column) if c.usd >= least_usd]
    near = [c for side in Side for c in [c for c in found if c.side == side][:PER_SIDE]]
    return [[int(c.side), c.low, c.high, c.peak, c.usd, c.share] for c in near]


def _per_column(usd: FloatArray, staged: Staged) -> FloatArray:
    """Minutes (T,) summed into columns (C,)."""
    shown = usd[len(usd) - len(staged.picture.end_ms) * CADENCE_MIN :]
    return shown.reshape(-1, CADENCE_MIN).sum(axis=1)


def _last_hour(usd: FloatArray) -> FloatArray:
    running = np.concatenate([np.zeros(SPOT_COLUMNS), usd.cumsum()])
    return running[SPOT_COLUMNS:] - running[:-SPOT_COLUMNS]
