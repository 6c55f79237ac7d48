"""Which leverage the liquidated had: standing shares fitted to realised liquidations (§10).

In a cell (some time, one side of one market) the walk says how many dollars of each leverage the
price reached. Per unit of standing share that is the cell's exposure A, and the model is ::

    realised dollars of the cell  ~  scale · Σ_L share_L · A_L

The scale, one unknown number per ``group`` of cells, takes up what no leverage explains: margin
added, stops, positions the walk places too near. It is profiled out, so only proportions are
fitted. Shares move by expectation and maximisation with a Dirichlet prior of a few per cent of the
evidence's own weight. Each round can only raise the penalised likelihood; a leverage that no price
reached keeps its prior share of the whole.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import FloatArray, IntArray

SHRINKAGE = 0.05  # weight of the prior, as a share of the realised dollars
HALF_LIFE_DAYS = 60.0
MOST_ROUNDS = 600
SETTLED = 1e-6  # change of a share in one round
GROUP_EDGES = (6.0, 12.25, 29.0, 61.0)  # between the stops, in the middle of their logarithms
GROUPS = ("≤ 5×", "7–10×", "15–25×", "33–50×", "≥ 75×")


@dataclass(frozen=True, slots=True)
class Evidence:
    """K cells and L leverages."""

    exposure: FloatArray  # (K, L) USD reached per unit of standing share
    realised: FloatArray  # (K,) USD liquidated
    group: IntArray  # (K,) cells that share a scale, from 0
    day: IntArray  # (K,) whole days since some epoch

    def __len__(self) -> int:
        return len(self.realised)

    def of(self, chosen: np.ndarray) -> "Evidence":
        """Some of the cells, by mask or by index."""
        return Evidence(*(getattr(self, name)[chosen] for name in self.__slots__))


def fit_shares(
    evidence: Evidence,
    prior: FloatArray,
    *,
    weight: FloatArray | None = None,
    shrinkage: float = SHRINKAGE,
) -> FloatArray:
    """Standing shares (L,) after the evidence, summing to 1; the prior's where there is none.

    ``weight`` (K,) counts cells more or less than once. Sixty days of two markets in half-hours
    take some tenths of a second.
    """
    prior = prior / prior.sum()
    problem = _problem(evidence, prior, weight, shrinkage)
    shares = prior.copy()
    if problem.total <= 0:
        return shares
    for _ in range(MOST_ROUNDS):
        moved = problem.improved(shares)
        change = float(np.abs(moved - shares).max())
        shares = moved
        if change < SETTLED:
            break
    return shares


def penalised_likelihood(
    evidence: Evidence, shares: FloatArray, prior: FloatArray, *, shrinkage: float = SHRINKAGE
) -> float:
    """What ``fit_shares`` makes as large as it can, up to a constant, per realised dollar."""
    problem = _problem(evidence, prior / prior.sum(), None, shrinkage)
    return problem.value(shares) / problem.total if problem.total > 0 else 0.0


def scales_of(evidence: Evidence, shares: FloatArray) -> FloatArray:
    """Realised dollars per expected one, by group; 0 where nothing was expected."""
    groups = int(evidence.group.max(initial=-1)) + 1
    expected = np.bincount(evidence.group, evidence.exposure @ shares, groups)
    realised = np.bincount(evidence.group, evidence.realised, groups)
    return np.divide(realised, expected, out=np.zeros(groups), where=expected > 0)


def forgetting(day: IntArray, *, half_life_days: float = HALF_LIFE_DAYS) -> FloatArray:
    """Weights of cells by age: 1 on the last day, half as much ``half_life_days`` before."""
    if len(day) == 0:
        return np.zeros(0)
    return 0.5 ** ((day.max() - day) / half_life_days)


def by_group(leverages: FloatArray, shares: FloatArray) -> FloatArray:
    """Shares (…, L) summed into the five groups that can be told apart, (…, 5)."""
    group = np.searchsorted(GROUP_EDGES, leverages)
    return shares @ (group[:, None] == np.arange(len(GROUPS))).astype(np.float64)


def resampled_fits(
    evidence: Evidence,
    prior: FloatArray,
    rng: np.random.Generator,
    *,
    draws: int,
    weight: FloatArray | None = None,
) -> FloatArray:
    """Shares (draws, L) fitted to days drawn with replacement: how far chance moves them."""
    days, place = np.unique(evidence.day, return_inverse=True)
    weight = np.ones(len(evidence)) if weight is None else weight
    fits = [
        fit_shares(evidence, prior, weight=weight * times[place])
        for times in rng.multinomial(len(days), np.full(len(days), 1 / len(days)), draws)
    ]
    return np.array(fits)


@dataclass(frozen=True, slots=True)
class _Problem:
    """Cells that can be explained, and their sums by group."""

    exposure: FloatArray  # (K, L)
    dollars: FloatArray  # (K,) realised, weighted
    reached: FloatArray  # (G, L) exposure, weighted and summed
    of_group: FloatArray  # (G,) dollars
    prior: FloatArray  # (L,)
    strength: float  # of the prior, in dollars

    @property
    def total(self) -> float:
        return float(self.dollars.sum())

    def improved(self, shares: FloatArray) -> FloatArray:
        """Shares after one round: both logarithms of ``value`` are bounded, then maximised."""
        per_dollar = self.dollars / (self.exposure @ shares)
        found = shares * (per_dollar @ self.exposure) + self.strength * self.prior
        cost = (self.of_group / (self.reached @ shares)) @ self.reached + self.strength
        moved = found / cost
        return moved / moved.sum()

    def value(self, shares: FloatArray) -> float:
        told = self.dollars @ np.log(self.exposure @ shares)
        told -= self.of_group @ np.log(self.reached @ shares)
        known = self.prior > 0
        return float(told + self.strength * (self.prior[known] @ np.log(shares[known])))


def _problem(
    evidence: Evidence, prior: FloatArray, weight: FloatArray | None, shrinkage: float
) -> _Problem:
    weight = np.ones(len(evidence)) if weight is None else weight
    counts = (weight > 0) & (evidence.exposure @ prior > 0)
    exposure, weight = evidence.exposure[counts], weight[counts]
    dollars = evidence.realised[counts] * weight
    groups, place = np.unique(evidence.group[counts], return_inverse=True)
    is_of = (place == np.arange(len(groups))[:, None]).astype(np.float64)
    dead = is_of @ dollars
    told = dead > 0
    return _Problem(
        exposure=exposure,
        dollars=dollars,
        reached=((is_of * weight) @ exposure)[told],
        of_group=dead[told],
        prior=prior,
        strength=shrinkage * float(dollars.sum()),
    )
