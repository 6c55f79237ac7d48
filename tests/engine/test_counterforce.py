import numpy as np
import pytest

from apps.engine.counterforce import Lean, Tide, counterforce
from apps.engine.depth import Depth
from apps.engine.records import Cluster, Side

MARCH = 135_000.0  # the brief's false signal, Singapore dollars
LONGS = Cluster(
    Side.LONG, 130_000, 131_000, 130_500, usd=300e6, distance=130_500 / MARCH - 1, share=0.2
)
SHORTS = Cluster(
    Side.SHORT, 139_000, 140_000, 139_500, usd=300e6, distance=139_500 / MARCH - 1, share=0.2
)


def book(*, bids: float = 1.0, asks: float = 1.0) -> Depth:
    even = np.full(50, 10e6)
    return Depth(MARCH, 10.0, bids * even, asks * even)


def tide(recent: float, *, funding: float = 0.0001) -> Tide:
    """Quiet hours of takers, and then four that all went one way."""
    quiet = np.tile([1e6, -1e6], 10)
    return Tide(np.concatenate((quiet, np.full(4, recent))), funding)


def test_the_false_signal_was_visible_beforehand():
    """Buyers kept buying, bids stood thick before the cluster: the price turned at its edge."""
    told = counterforce(LONGS, MARCH, book(bids=3.0, asks=0.8), tide(5e6, funding=-0.0001))
    assert told.leans == (Lean.AGAINST, Lean.AGAINST, Lean.AGAINST)
    assert told.verdict is Lean.AGAINST


def test_a_thin_wall_before_a_cluster_is_a_setup():
    """The brief's 85,000 with only eight millions of resting bids in front."""
    near = Cluster(Side.LONG, 84_800, 85_200, 85_000, usd=200e6, distance=-0.011, share=0.3)
    bids = np.concatenate((np.full(10, 0.8e6), np.full(40, 12e6)))
    thin = Depth(86_070.0, 10.0, bids, np.full(50, 12e6))
    told = counterforce(near, 86_070.0, thin, tide(-5e6, funding=0.0005))
    assert told.front_usd == pytest.approx(8e6, rel=0.2)
    assert told.fuel_ratio > 15
    assert told.leans == (Lean.WITH, Lean.WITH, Lean.WITH)
    assert told.verdict is Lean.WITH


def test_everything_is_mirrored_for_shorts():
    told = counterforce(SHORTS, MARCH, book(asks=3.0, bids=0.8), tide(-5e6, funding=0.0005))
    assert told.leans == (Lean.AGAINST, Lean.AGAINST, Lean.AGAINST)
    told = counterforce(SHORTS, MARCH, book(asks=0.3), tide(5e6, funding=-0.0001))
    assert told.leans == (Lean.WITH, Lean.WITH, Lean.WITH)


def test_the_usual_leans_neither_way():
    told = counterforce(LONGS, MARCH, book(), tide(0.2e6))
    assert told.leans == (Lean.NEITHER, Lean.NEITHER, Lean.NEITHER)
    assert told.verdict is Lean.NEITHER
    assert told.thickness == pytest.approx(1.0)


def test_what_nobody_knows_is_unknown():
    told = counterforce(LONGS, MARCH, None, None)
    assert told.leans == (Lean.UNKNOWN,) * 3
    assert told.verdict is Lean.UNKNOWN
    assert (told.front_usd, told.taker_usd, told.funding_rate) == (None, None, None)
    silent = counterforce(LONGS, MARCH, None, Tide(np.full(20, np.nan), np.nan))
    assert silent == told


def test_a_book_that_does_not_reach_the_cluster_says_nothing_of_it():
    short_sighted = Depth(MARCH, 10.0, np.full(5, 1e6), np.full(5, 1e6))
    assert counterforce(LONGS, MARCH, short_sighted, None).book is Lean.UNKNOWN
