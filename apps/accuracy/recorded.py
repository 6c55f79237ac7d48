"""The scoreboard over a recording: walked block by block, each kept on disk as it is done.

A run that was killed goes on behind the last whole block. Blocks are those in which the engine
walks anyway, so what comes out is what one go gives, to the last bit. Progress is found by a digest
of the bars, the settings and the engine's own source: with any of them changed it starts anew.
"""

import hashlib
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import apps.engine
from apps.accuracy.fitted import refuse_fitted
from apps.engine.book import Walk, advance, block_bars, start
from apps.engine.parameters import Model, Parameters
from apps.engine.records import BAR_FIELDS, Bars, FloatArray
from apps.engine.score import EMBARGO_MS
from apps.exchanges.recording import Recording
from apps.heatmaps.checkpoints import UNREADABLE
from apps.markets.backtest import (
    Foretell,
    Foretold,
    recorded_bars,
    recorded_parameters,
    score_recording,
)

type Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """A walk so far, without its record, and what it foretold of each bar, (T, 2)."""

    walk: Walk
    usd: FloatArray


def score_resumably(
    recording: Recording,
    folder: Path,
    *,
    fit_until_ms: int | None = None,
    report: Report = lambda line: None,
) -> dict[str, Any]:
    """What ``score_recording`` gives, kept in ``folder`` on the way.

    Raises as it does, and ``ValueError`` where the shipped settings were chosen on what would be
    scored.
    """
    scores = score_recording(
        recording, fit_until_ms=fit_until_ms, foretell=foretell_in(folder, report)
    )
    for market in scores["markets"]:
        told = recording.liquidations(market["market"], market["interval"])
        refuse_fitted(market["fit_until_ms"] + EMBARGO_MS, int(told.ts_ms[-1]) + told.interval_ms)
    return scores


def foretell_in(folder: Path, report: Report) -> Foretell:
    """A way to foretell that keeps its progress in a folder, and tells of each block."""

    def foretell(recording: Recording, base: str, model: Model) -> Foretold:
        bars = recorded_bars(recording, base)
        parameters = recorded_parameters(base, model)
        path = folder / f"{_digest(bars, parameters)}.walk"
        progress = _kept(path) or Progress(start(bars.venues, parameters), np.zeros((0, 2)))
        block = block_bars(bars.venues)
        for first in range(len(progress.usd), len(bars), block):
            walk = advance(progress.walk, bars.between(first, first + block))
            usd = np.concatenate([progress.usd, walk.predicted_usd.sum(axis=1)])
            progress = Progress(replace(walk, tapes=()), usd)
            _keep(path, progress)
            report(f"{base} {model}: {len(usd)} of {len(bars)} bars")
        return Foretold(bars.end_ms, progress.usd)

    return foretell


def _digest(bars: Bars, parameters: Parameters) -> str:
    told = hashlib.sha256(repr((bars.venues, parameters)).encode())
    for name in ("end_ms", *BAR_FIELDS):
        told.update(np.ascontiguousarray(getattr(bars, name)).tobytes())
    for source in sorted(Path(apps.engine.__file__).parent.glob("*.py")):
        told.update(source.read_bytes())
    return told.hexdigest()[:32]


def _keep(path: Path, progress: Progress) -> None:
    """All of it or nothing: a run may be killed at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    with half.open("wb") as file:
        pickle.dump(progress, file, protocol=5)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def _kept(path: Path) -> Progress | None:
    try:
        return pickle.loads(path.read_bytes())  # noqa: S301 (ours)
    except (FileNotFoundError, *UNREADABLE):
        return None
