import numpy as np
import pytest

from apps.engine.advice import Asymmetry, asymmetry, cascade, distance_bands, nearest
from apps.engine.records import Cluster, Picture, PriceGrid, Side

GRID = PriceGrid(base=160, count=80, step=0.5, is_log=False)  # 80 to 120
PRICE = 100.0


def picture_with(*, long_usd: float, short_usd: float) -> Picture:
    """The same dollars in every bin of half a dollar."""
    return Picture(
        grid=GRID,
        end_ms=np.array([0, 60_000]),
        cadence_ms=60_000,
        long_usd=np.full((2, GRID.count), long_usd) * [[7], [1]],
        short_usd=np.full((2, GRID.count), short_usd) * [[7], [1]],
        candles=np.full((2, 4), PRICE),
        price=PRICE,
        parameters_version="test",
    )


def cluster_at(distance: float, side: Side = Side.LONG) -> Cluster:
    peak = PRICE * (1 + distance)
    return Cluster(side, peak - 0.1, peak + 0.1, peak, usd=1e6, distance=distance, share=0.1)


def test_bands_hold_longs_below_and_shorts_above_of_the_newest_column():
    bands = distance_bands(picture_with(long_usd=10.0, short_usd=20.0))
    assert bands == pytest.approx(np.array([[40, 80], [40, 80], [40, 80], [80, 160]]))


def test_a_bin_cut_by_the_price_counts_for_its_part_on_each_side():
    picture = picture_with(long_usd=10.0, short_usd=10.0)
    moved = Picture(
        **{name: getattr(picture, name) for name in Picture.__slots__} | {"price": 100.2}
    )
    long_usd, short_usd = distance_bands(moved).sum(axis=0)
    assert long_usd == pytest.approx(10 * 10.02 / 0.5)
    assert short_usd == pytest.approx(10 * 10.02 / 0.5)


def test_bands_beyond_the_grid_are_empty():
    picture = picture_with(long_usd=10.0, short_usd=10.0)
    far = Picture(**{name: getattr(picture, name) for name in Picture.__slots__} | {"price": 200.0})
    assert distance_bands(far).sum() == 0.0


def test_asymmetry_weighs_five_percent_either_way():
    more_longs = asymmetry(picture_with(long_usd=16.0, short_usd=10.0))
    assert (more_longs.long_usd, more_longs.short_usd) == pytest.approx((160, 100))
    assert more_longs.heavier is Side.LONG
    assert more_longs.ratio == pytest.approx(1.6)
    assert asymmetry(picture_with(long_usd=1.0, short_usd=4.0)).heavier is Side.SHORT


def test_asymmetry_of_nothing_and_against_nothing_has_an_answer():
    assert (Asymmetry(0.0, 0.0).heavier, Asymmetry(0.0, 0.0).ratio) == (None, 1.0)
    assert Asymmetry(0.0, 5.0).ratio == np.inf


def test_the_nearest_cluster_is_the_one_the_price_meets_first():
    clusters = (cluster_at(-0.06), cluster_at(-0.03), cluster_at(0.01, Side.SHORT))
    assert nearest(clusters, Side.LONG) is clusters[1]
    assert nearest(clusters[:2], Side.SHORT) is None


def test_clusters_of_one_side_within_two_percent_are_a_cascade():
    stack = (cluster_at(-0.030), cluster_at(-0.041), cluster_at(-0.0499))
    clusters = (stack[2], cluster_at(-0.055), cluster_at(0.02, Side.SHORT), *stack[:2])
    assert cascade(clusters, Side.LONG) == stack


def test_a_cluster_that_stands_alone_is_no_cascade():
    clusters = (cluster_at(-0.03), cluster_at(-0.06), cluster_at(-0.07))
    assert cascade(clusters, Side.LONG) == ()
    assert cascade(clusters, Side.SHORT) == ()
