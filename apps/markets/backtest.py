"""The engine over a recording, without a database: what a map would have known, and when.

``sweep_recording`` reads only what bars are made of. ``score_recording`` alone opens the files of
realised liquidations.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from apps.engine.book import Walk, rebuild
from apps.engine.intervals import Paths, interval_starts, paths_by_interval, sum_by_interval
from apps.engine.parameters import MODELS, Model, Parameters, default_parameters
from apps.engine.records import Bars, FloatArray, IntArray, Side
from apps.engine.score import baselines, score, split_at
from apps.exchanges.recording import Recording
from apps.exchanges.records import BadRecording

FINEST_FIRST = {"30m": 1_800_000, "1h": 3_600_000}
DEFAULT_FIT_SHARE = 2 / 3  # of the intervals, where no split is asked for


@dataclass(frozen=True, slots=True)
class Sweep:
    """Predicted dollars, (K, 2) by side, per interval that starts at ``starts_ms`` (K,)."""

    starts_ms: IntArray
    usd: FloatArray


@dataclass(frozen=True, slots=True)
class Foretold:
    """Ex ante predicted dollars of each bar of a recording, (T, 2) by side."""

    instants_ms: IntArray  # (T,)
    usd: FloatArray


type Foretell = Callable[[Recording, str, Model], Foretold]
"""Walks a market (base coin) of a recording with a model."""


def recorded_bars(recording: Recording, base: str) -> Bars:
    """All bars of a market of a recording. Raises ``BadRecording``."""
    venues, columns = recording.market_bars(base)
    return Bars(venues, **columns)


def recorded_parameters(base: str, model: Model) -> Parameters:
    """The settings that a market of a recording is walked with."""
    return default_parameters(model, altcoin=base != "BTC")


def walk_recording(recording: Recording, base: str, model: Model) -> Walk:
    """The walk over all of a market's bars. Raises ``BadRecording`` or ``BadBars``."""
    return rebuild(recorded_bars(recording, base), recorded_parameters(base, model))


def foretell_at_once(recording: Recording, base: str, model: Model) -> Foretold:
    """What ``walk_recording`` predicted. Raises as it does."""
    walk = walk_recording(recording, base, model)
    return Foretold(walk.instants_ms, walk.predicted_usd.sum(axis=1))


def sweep_recording(recording: Recording, base: str, *, by_ms: int, model: Model) -> Sweep:
    """Ex ante predicted dollars per whole interval (model note §0); opens no liquidation file.

    Raises ``BadRecording``, ``BadBars``, or ``ValueError`` for intervals shorter than the bars.
    """
    longest_ms = max(recording.span_ms(slug) for slug in _traded(recording, base))
    if by_ms < longest_ms:
        raise ValueError(f"Intervals cannot be shorter than the bars of {longest_ms // 60_000} m.")
    walk = walk_recording(recording, base, model)
    starts = interval_starts(_begins_ms(recording, base), walk.end_ms, by_ms)
    usd = walk.predicted_usd.sum(axis=1)
    return Sweep(starts, sum_by_interval(usd, walk.instants_ms, starts, by_ms))


def score_recording(
    recording: Recording,
    *,
    fit_until_ms: int | None = None,
    foretell: Foretell = foretell_at_once,
) -> dict[str, Any]:
    """Every model and baseline against realised liquidations, as plain data.

    ``{"recording", "markets": [{"market", "interval", "fit_until_ms", "sides": {"long": {NAME:
    {"log_r2", "spearman", "top_hit", "intercept", "slope", "fitted", "scored"}}, "short": …}}]}``
    where NAME is exact, brief, oi-only, range, range_past_volume or range_volume. Raises
    ``ValueError`` when nothing can be scored.
    """
    markets = [
        _score_market(recording, base, fit_until_ms, foretell)
        for base in recording.markets
        if recording.liquidation_intervals(base)
    ]
    if not markets:
        raise ValueError(f"The recording {recording.name} has no realised liquidations to score.")
    return {"recording": recording.name, "markets": markets}


def _score_market(
    recording: Recording, base: str, fit_until_ms: int | None, foretell: Foretell
) -> dict[str, Any]:
    offered = recording.liquidation_intervals(base)
    interval = next((name for name in FINEST_FIRST if name in offered), offered[0])
    happened = recording.liquidations(base, interval)
    foretold = {model: foretell(recording, base, model) for model in MODELS}
    last_ms = int(foretold[MODELS[0]].instants_ms[-1]) - happened.interval_ms
    covered = (happened.ts_ms >= _begins_ms(recording, base)) & (happened.ts_ms <= last_ms)
    starts = happened.ts_ms[covered]
    if len(starts) == 0:
        raise ValueError(f"No liquidations of {base} lie within its candles.")
    split_ms = fit_until_ms or int(starts[int(len(starts) * DEFAULT_FIT_SHARE)])
    fit, scored = split_at(starts, split_ms)
    yardsticks = asdict(baselines(_paths(recording, base, starts, happened.interval_ms), fit))
    predictions = {
        model: sum_by_interval(told.usd, told.instants_ms, starts, happened.interval_ms)
        for model, told in foretold.items()
    } | yardsticks
    realised = {Side.LONG: happened.long_usd[covered], Side.SHORT: happened.short_usd[covered]}
    return {
        "market": base,
        "interval": interval,
        "fit_until_ms": split_ms,
        "sides": {
            side.name.lower(): {
                name: asdict(score(usd[:, side], realised[side], fit, scored))
                for name, usd in predictions.items()
            }
            for side in Side
        },
    }


def _paths(recording: Recording, base: str, starts: IntArray, by_ms: int) -> Paths:
    """The path of the market's first venue."""
    bars = recorded_bars(recording, base)
    told = (getattr(bars, name)[0] for name in ("open", "high", "low", "volume"))
    return paths_by_interval(bars.end_ms, *told, starts, by_ms)


def _begins_ms(recording: Recording, base: str) -> int:
    """Where the first candle of a market opened."""
    opened = (recording.columns(slug, "candles")["ts_ms"] for slug in _traded(recording, base))
    return min((int(ts_ms[0]) for ts_ms in opened if len(ts_ms)), default=0)


def _traded(recording: Recording, base: str) -> list[str]:
    """Slugs of a market's instruments that have candles. Raises ``BadRecording`` for none."""
    slugs = [info.slug for info in recording.instruments if info.base == base]
    with_candles = [slug for slug in slugs if recording.has(slug, "candles")]
    if not with_candles:
        raise BadRecording(f"The recording {recording.name} has no candles of {base}.")
    return with_candles
