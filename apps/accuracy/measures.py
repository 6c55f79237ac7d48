"""From hours to measures: every model and baseline on both sides, and the zones of the map.

Each value stands with its moving-block bootstrap interval over the scored hours. Only those are
drawn again: the fitted line stays as it is.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from apps.accuracy.periods import Periods, periods_of
from apps.engine.bootstrap import Interval, bootstrap
from apps.engine.intervals import Paths
from apps.engine.records import FloatArray, IntArray, Side
from apps.engine.score import (
    FLOOR_USD,
    baselines,
    fitted_line,
    levels_of,
    spearman_of_levels,
    top_hit,
)
from apps.engine.zones import AREAS, ZoneSums

MAP = "exact"
EX_ANTE = ("range", "range_past_volume")  # baselines that are known in advance
BLOCK_HOURS = 24
SEED = 6
ZONE_FIELDS = tuple(field.name for field in fields(ZoneSums))

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """Usable hours (K,), rising in time."""

    starts_ms: IntArray
    predicted: dict[str, FloatArray]  # by model, (K, 2) USD by side
    realised: FloatArray  # (K, 2) USD
    paths: Paths
    zones: FloatArray  # (K, 2, fields of ZoneSums)


def measure(hours: Hours) -> dict[str, Any]:
    """Everything as plain data; ``None`` for what cannot be told.

    ``{"days", "fitted", "scored", "has_line", "sides": {SIDE: {NAME: {MEASURE: {"value", "low",
    "high"}}}}, "zones": {SIDE or "both": {MEASURE: …}}, "margin": {SIDE: {MEASURE: …}}}``. A margin
    is the map's value less that of the best baseline known in advance.
    """
    periods = periods_of(hours.starts_ms)
    judge = _Judge(hours, periods)
    count = int(periods.scored.sum())
    values = judge.values(np.arange(count))
    rng = np.random.default_rng(SEED)
    intervals = bootstrap(judge.values, count, BLOCK_HOURS, rng)
    told: dict[str, Any] = {
        "days": periods.days,
        "fitted": int(periods.fit.sum()),
        "scored": count,
        "has_line": periods.has_line,
    }
    for key, value in values.items():
        _put(told, key, _as_told(value, intervals.get(key)))
    return told


class _Judge:
    """The scored hours, ready to be judged again and again on different rows."""

    def __init__(self, hours: Hours, periods: Periods) -> None:
        usual = periods.fit if periods.has_line else periods.scored
        predictions = hours.predicted | asdict(baselines(hours.paths, usual))
        self._lines = {
            (name, side): self._line(usd[:, side], hours.realised[:, side], periods)
            for name, usd in predictions.items()
            for side in Side
        }
        predicted = {name: usd[periods.scored] for name, usd in predictions.items()}
        realised = hours.realised[periods.scored]
        self._levels = {name: _levels(usd) for name, usd in predicted.items()}
        self._realised_levels = _levels(realised)
        self._logs = np.log(realised + FLOOR_USD)
        self._predicted_logs = {n: np.log(usd + FLOOR_USD) for n, usd in predicted.items()}
        self._zones = hours.zones[periods.scored]

    def values(self, rows: IntArray) -> dict[Key, float]:
        """Every measure of some of the scored hours, NaN for what these do not tell."""
        if len(rows) == 0:
            return {}
        found = {
            ("sides", side.name.lower(), name, measured): value
            for name in self._levels
            for side in Side
            for measured, value in self._of_prediction(name, side, rows)
        }
        return found | dict(_margins(found)) | dict(zone_values(self._zones[rows]))

    def _of_prediction(self, name: str, side: Side, rows: IntArray) -> Iterator[tuple[str, float]]:
        predicted, realised = self._levels[name][rows, side], self._realised_levels[rows, side]
        yield "log_r2", self._log_r2(name, side, rows)
        yield "spearman", spearman_of_levels(predicted, realised)
        yield "top_hit", top_hit(predicted, realised)

    def _log_r2(self, name: str, side: Side, rows: IntArray) -> float:
        line = self._lines[name, side]
        y = self._logs[rows, side]
        spread = y - y.mean()
        total = float(spread @ spread)
        if line is None or total <= 0:
            return np.nan
        residual = y - (line[0] + line[1] * self._predicted_logs[name][rows, side])
        return 1.0 - float(residual @ residual) / total

    @staticmethod
    def _line(
        predicted: FloatArray, realised: FloatArray, periods: Periods
    ) -> tuple[float, float] | None:
        if not periods.has_line:
            return None
        x, y = (np.log(usd[periods.fit] + FLOOR_USD) for usd in (predicted, realised))
        return fitted_line(x, y)


def zone_values(zones: FloatArray) -> Iterator[tuple[Key, float]]:
    """Shares, lifts and bits of zone sums (K, 2, fields), per side and for both."""
    totals = zones.sum(axis=0)
    for side, sums in (("both", totals.sum(axis=0)), *zip(("long", "short"), totals, strict=True)):
        told = dict(zip(ZONE_FIELDS, sums.tolist(), strict=True))
        usd = told["usd"]
        for area in AREAS:
            hit = _share(told[f"hit_{area * 100:.0f}_usd"], usd)
            yield ("zones", side, f"hit_{area * 100:.0f}"), hit
            yield ("zones", side, f"lift_{area * 100:.0f}"), hit / area
        yield ("zones", side, "alignment"), _share(told["aligned_usd"], usd)
        yield ("zones", side, "chance"), _share(told["chance_usd"], usd)
        yield ("zones", side, "alignment_lift"), _share(told["aligned_usd"], told["chance_usd"])
        yield ("zones", side, "bits"), _share(told["bits"], usd)


def _margins(found: dict[Key, float]) -> Iterator[tuple[Key, float]]:
    for side in ("long", "short"):
        for measured in ("log_r2", "spearman"):
            best = max(found["sides", side, name, measured] for name in EX_ANTE)
            yield ("margin", side, measured), found["sides", side, MAP, measured] - best


def _levels(usd: FloatArray) -> IntArray:
    """Levels of either side, (K, 2), in numbers so short that they are sorted quickly."""
    return np.stack([levels_of(usd[:, side]) for side in Side], axis=1).astype(np.int16)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def _as_told(value: float, interval: Interval | None) -> dict[str, float] | None:
    if not np.isfinite(value) or interval is None:
        return None
    return {"value": float(value), "low": interval.low, "high": interval.high}


def _put(told: dict[str, Any], key: Key, value: Any) -> None:
    *way, last = key
    for step in way:
        told = told.setdefault(step, {})
    told[last] = value
