"""How well the chain foretells a shock: 200 shocks of ten simulated markets it was not tuned on.

``rank_correlation`` is Spearman's between the typical reach and what the matching engine did;
``range_coverage`` the share of shocks inside the stated range, which claims four in five;
``log_error`` the root mean square of ln(reached / foretold).
"""

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np

from apps.engine.records import FloatArray
from apps.engine.score import spearman
from apps.markets.cascade_trials import Trial, trials

SEEDS = range(101, 111)  # the beliefs were chosen on seeds 1 to 12
LEAST_RANK, LEAST_COVERAGE = 0.8, 0.8
NAIVE = "sum of the side's clusters ÷ depth within 1 %"
BOOK_ONLY = "the order through the visible book, nobody forced"


def cases(*, rng: np.random.Generator, clock: Callable[[], float]) -> dict[str, Any]:
    """The trial as JSON-ready cases; the seeds are fixed, so ``rng`` is not drawn from."""
    started = clock()
    tried = [trial for seed in SEEDS for trial in trials(seed)]
    seconds = clock() - started
    return {"cases": [case | {"seconds": seconds} for case in judged(tried)]}


def judged(tried: list[Trial]) -> Iterator[dict[str, Any]]:
    """What the trials say, each figure beside the same of a simpler estimate."""
    reached = np.array([trial.reach for trial in tried])
    low, typical, high = (
        np.array([getattr(trial.told.reach, name) for trial in tried])
        for name in ("low", "typical", "high")
    )
    naive = np.array([trial.naive for trial in tried])
    alone = np.array([trial.book_only for trial in tried])
    rank = spearman(typical, reached)
    width = float(median((high / low).tolist()))
    inside = float(np.mean((low <= reached) & (reached <= high)))
    same_width = np.sqrt(width)
    guessed = float(np.mean((naive / same_width <= reached) & (reached <= naive * same_width)))
    shown = {"trials": len(tried)}
    yield shown | _case("rank_correlation", rank, spearman(naive, reached), NAIVE, LEAST_RANK)
    yield shown | _case(
        "rank_correlation_beside_the_book_alone", rank, spearman(alone, reached), BOOK_ONLY
    )
    yield shown | _case(
        "range_coverage", inside, guessed, f"{NAIVE}, a range as wide", LEAST_COVERAGE
    )
    yield shown | _case("log_error", _error(typical, reached), _error(naive, reached), NAIVE)


def _case(
    name: str, value: float, yardstick_value: float, yardstick: str, goal: float | None = None
) -> dict[str, Any]:
    judged = {} if goal is None else {"goal": goal, "ok": value >= goal}
    return {
        "name": name,
        "value": value,
        "yardstick": yardstick,
        "yardstick_value": yardstick_value,
        "ratio": value / yardstick_value if yardstick_value else 0.0,
        **judged,
    }


def _error(foretold: FloatArray, reached: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.log(reached / foretold) ** 2)))
