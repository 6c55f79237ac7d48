r"""Whether liquidations fell where the map was bright, on the way that price went (model note §9).

::

    price at the hour's start ─┐
                               ▼
    bins    · · · · ░ ▒ █ ░ ░ ▒ ▒ |        R: the bins visited, from there to the extreme
                    └── extreme            y: dollars liquidated in each of them
                                           f: what the map showed in each of them beforehand

Only visited bins count: whether price came at all is not what the map foretells. Of each measure
the sums over dollars are kept, so that hours add up; a share is a quotient of such sums.
"""

from dataclasses import astuple, dataclass

import numpy as np

from apps.engine.records import BoolArray, FloatArray

AREAS = (0.1, 0.2, 0.3)  # of the visited bins
ALIGNED_AREA = 0.2  # of them, at least, after dilation
TOLERANCE_BINS = 2  # of 5 bps, on either side
LEAST_BINS = 5  # a shorter way says nothing
UNIFORM_SHARE = 0.01  # mixed into f, so that no dollar costs infinitely many bits


@dataclass(frozen=True, slots=True)
class ZoneSums:
    """Sums over the dollars of one side in one or more hours."""

    usd: float = 0.0
    hit_10_usd: float = 0.0
    hit_20_usd: float = 0.0
    hit_30_usd: float = 0.0
    aligned_usd: float = 0.0
    chance_usd: float = 0.0  # that random zones of the same area would have aligned
    bits: float = 0.0

    def __add__(self, other: "ZoneSums") -> "ZoneSums":
        return ZoneSums(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def zone_sums(shown_usd: FloatArray, happened_usd: FloatArray) -> ZoneSums:
    """Every measure of one hour and side; both arrays (R,), in the order of price.

    ``ZoneSums()`` for fewer than ``LEAST_BINS`` bins. Raises ``ValueError`` for dollars that are
    negative or not finite.
    """
    for amounts in (shown_usd, happened_usd):
        if not np.all(np.isfinite(amounts) & (amounts >= 0)):
            raise ValueError("dollars in bins must be finite and not negative")
    usd = float(happened_usd.sum())
    if len(shown_usd) < LEAST_BINS or usd <= 0:
        return ZoneSums()
    covered = dilated_zones(shown_usd, ALIGNED_AREA, TOLERANCE_BINS)
    hits = (float(happened_usd @ brightest(shown_usd, area)) for area in AREAS)
    return ZoneSums(
        usd,
        *hits,
        aligned_usd=float(happened_usd[covered].sum()),
        chance_usd=usd * float(covered.mean()),
        bits=float(happened_usd @ bits_over_uniform(shown_usd)),
    )


def brightest(shown_usd: FloatArray, area: float) -> FloatArray:
    """How much of each bin belongs to the brightest ``area`` of them, 0 to 1, shape (R,).

    The last bins are taken in part, and equally bright ones alike, so the area is met exactly
    and a map without contrast hits as chance does.

    >>> brightest(np.array([1.0, 3.0, 1.0, 2.0]), 0.75).tolist()
    [0.5, 1.0, 0.5, 1.0]
    """
    _, level, counts = np.unique(-shown_usd, return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    return np.clip((area * len(shown_usd) - before) / counts, 0.0, 1.0)[level]


def dilated_zones(shown_usd: FloatArray, area: float, tolerance_bins: int) -> BoolArray:
    """Which bins lie within a tolerance of the brightest ones, these being as few as will do.

    Bins are taken brightest first, of equal ones the first, until ``area`` is covered; it may be
    exceeded, so it has to be measured and said.
    """
    rank = np.empty(len(shown_usd), dtype=np.int64)
    rank[np.argsort(-shown_usd, kind="stable")] = np.arange(len(shown_usd))
    padded = np.pad(rank, tolerance_bins, constant_values=len(rank))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * tolerance_bins + 1)
    nearby = windows.min(axis=1)
    wanted = max(int(np.ceil(area * len(rank) - 1e-9)), 1)
    return nearby <= np.sort(nearby)[wanted - 1]


def bits_over_uniform(shown_usd: FloatArray) -> FloatArray:
    """What the map gains over a uniform one, in bits per dollar liquidated in each bin, (R,)."""
    count, total = len(shown_usd), float(shown_usd.sum())
    share = shown_usd / total if total > 0 else np.full(count, 1 / count)
    return np.log2((1 - UNIFORM_SHARE) * share * count + UNIFORM_SHARE)
