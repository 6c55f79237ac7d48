import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from apps.engine.clusters import describe, find
from apps.engine.records import Cluster, FloatArray, Picture, PriceGrid, Side

PRICE = 100.0
GRID = PriceGrid(base=round(np.log(PRICE) / 0.0005) - 400, count=800)  # about -18 % to +22 %
CENTRES = GRID.centres()


def picture_of(
    long_usd: FloatArray | None = None,
    short_usd: FloatArray | None = None,
    *,
    price: float = PRICE,
    grid: PriceGrid = GRID,
) -> Picture:
    nothing = np.zeros(grid.count)
    return Picture(
        grid=grid,
        end_ms=np.array([60_000]),
        cadence_ms=60_000,
        long_usd=(nothing if long_usd is None else long_usd)[None],
        short_usd=(nothing if short_usd is None else short_usd)[None],
        candles=np.full((1, 4), price),
        price=price,
        parameters_version="test",
    )


def hill(distance: float, *, height: float = 1e6, width: float = 0.004) -> FloatArray:
    return height * np.exp(-0.5 * ((CENTRES / PRICE - 1 - distance) / width) ** 2)


def shorts_of(column: FloatArray, **options: int) -> tuple[Cluster, ...]:
    above = np.where(CENTRES > PRICE, column, 0.0)
    return find(picture_of(short_usd=above), **options)


def test_a_hill_is_a_cluster_with_edges_at_eighty_percent_of_its_peak():
    (cluster,) = shorts_of(hill(0.04, width=0.004))
    assert cluster.side is Side.SHORT
    assert cluster.distance == pytest.approx(0.04, abs=5e-4)
    assert cluster.peak == pytest.approx(104.0, abs=0.05)
    reach = 0.4 * np.sqrt(-2 * np.log(0.8))  # where a Gaussian of 0.4 % falls to 80 %
    assert cluster.low == pytest.approx(104.0 - reach, abs=0.06)
    assert cluster.high == pytest.approx(104.0 + reach, abs=0.06)


def test_dollars_and_share_are_those_of_the_bins_between_the_edges():
    column = hill(0.04)
    (cluster,) = shorts_of(column)
    inside = (cluster.low < CENTRES) & (cluster.high > CENTRES)
    above = column[CENTRES > PRICE]
    assert cluster.usd == pytest.approx(column[inside].sum())
    assert cluster.share == pytest.approx(cluster.usd / above.sum())


def test_longs_are_found_below_the_price_and_shorts_above():
    heat_everywhere = hill(-0.03) + hill(0.05)
    clusters = find(picture_of(heat_everywhere, heat_everywhere))
    assert [(c.side, round(c.distance, 2)) for c in clusters] == [
        (Side.LONG, -0.03),
        (Side.SHORT, 0.05),
    ]


def test_a_peak_below_two_thirds_of_the_densest_is_not_bright_enough():
    assert len(shorts_of(hill(0.02, height=0.6e6) + hill(0.05))) == 1
    assert len(shorts_of(hill(0.02, height=0.7e6) + hill(0.05))) == 2


def test_heat_beyond_six_percent_does_not_dim_what_is_near():
    distances = [c.distance for c in shorts_of(hill(0.03, height=1e5) + hill(0.14, height=1e6))]
    assert distances == pytest.approx([0.03, 0.14], abs=5e-4)


def test_a_ripple_of_less_than_seven_percent_does_not_split_a_cluster():
    def ridge(dip: float) -> FloatArray:
        x = CENTRES / PRICE - 1
        return 1e6 * np.where(np.abs(x - 0.04) < 0.015, 1 - dip * np.cos(200 * np.pi * x) ** 2, 0)

    assert len(shorts_of(ridge(0.05))) == 1
    assert len(shorts_of(ridge(0.15))) > 1


def test_neighbours_share_no_bin():
    clusters = shorts_of(hill(0.03) + hill(0.041, height=0.95e6) + hill(0.052))
    assert len(clusters) == 3
    for near, far in zip(clusters, clusters[1:], strict=False):
        assert near.high <= far.low


def test_a_plateau_is_one_cluster_from_end_to_end():
    plateau = np.where((CENTRES > 103) & (CENTRES < 105), 1e6, 0.0)
    (cluster,) = shorts_of(plateau)
    assert cluster.low == pytest.approx(103, abs=0.06)
    assert cluster.high == pytest.approx(105, abs=0.06)


def test_a_single_bin_is_a_cluster_of_one_bin():
    column = np.zeros(GRID.count)
    column[480] = 5e6
    (cluster,) = shorts_of(column)
    edges = GRID.edges()
    assert (cluster.low, cluster.high) == (edges[480], edges[481])
    assert cluster.usd == 5e6
    assert cluster.share == 1.0


def test_a_dim_bin_inside_a_bright_zone_does_not_cut_it():
    column = np.where((CENTRES > 103) & (CENTRES < 105), 1e6, 0.0)
    column[np.argmin(np.abs(CENTRES - 104))] = 0.75e6
    assert len(shorts_of(column)) == 1


def test_two_equal_peaks_are_two_clusters():
    assert len(shorts_of(hill(0.03) + hill(0.05))) == 2


def test_noise_leaves_the_large_shapes():
    rng = np.random.default_rng(5)
    quiet = hill(0.03, width=0.005) + hill(0.06, width=0.005)
    noisy = quiet * rng.lognormal(0, 0.03, GRID.count)
    distances = [cluster.distance for cluster in shorts_of(noisy)]
    assert distances == pytest.approx([0.03, 0.06], abs=3e-3)


def test_heat_cut_off_by_the_end_of_the_grid_is_no_peak():
    rising_to_the_end = 1e6 * np.maximum(0, CENTRES / PRICE - 1.12)
    assert shorts_of(rising_to_the_end) == ()


def test_without_a_peak_in_reach_the_densest_spot_within_ten_percent_is_offered():
    slope = 1e6 * np.maximum(0, CENTRES / PRICE - 1.05)
    (cluster,) = shorts_of(slope)
    assert cluster.distance == pytest.approx(0.10, abs=1e-3)
    assert cluster.high <= 110.1


def test_a_column_without_heat_has_no_clusters():
    assert find(picture_of()) == ()


def test_heat_on_the_wrong_side_of_the_price_alone_gives_no_cluster():
    assert find(picture_of(long_usd=hill(0.05, width=0.001))) == ()


def test_dust_that_nobody_could_see_is_not_a_cluster():
    clusters = find(picture_of(hill(-0.03, height=1.0, width=0.001), hill(0.03)))
    assert {cluster.side for cluster in clusters} == {Side.SHORT}


def test_the_price_may_lie_outside_the_grid():
    column = hill(0.05)
    assert find(picture_of(short_usd=column, price=200.0)) == ()
    (cluster,) = find(picture_of(long_usd=column, price=125.0))
    assert cluster.distance == pytest.approx(105 / 125 - 1, abs=1e-3)


def test_a_limit_keeps_the_largest_and_the_nearest_of_each_side():
    column = hill(0.02, height=0.8e6) + sum(hill(d) for d in (0.04, 0.06, 0.08))
    longs = hill(-0.05, height=0.1e6)
    picture = picture_of(longs, np.where(CENTRES > PRICE, column, 0))
    kept = find(picture, limit=3)
    assert len(find(picture)) == 5
    assert [round(c.distance, 2) for c in kept][:2] == [0.02, pytest.approx(0.04)]
    assert -0.05 in [round(c.distance, 2) for c in kept]


def test_wide_bins_in_dollars_work_like_narrow_ones():
    grid = PriceGrid(base=1_500, count=200, step=50.0, is_log=False)
    centres = grid.centres()
    column = 1e6 * np.exp(-0.5 * ((centres - 82_000) / 300) ** 2)
    (cluster,) = find(picture_of(short_usd=column, price=80_000.0, grid=grid))
    assert (cluster.low, cluster.high) == (81_800.0, 82_200.0)


def test_bins_twice_as_bright_make_the_same_clusters_with_twice_the_dollars():
    column = hill(0.03) + hill(0.05, height=0.8e6)
    once, twice = shorts_of(column), shorts_of(2 * column)
    assert [(c.low, c.high, c.share) for c in once] == [(c.low, c.high, c.share) for c in twice]
    assert [2 * c.usd for c in once] == pytest.approx([c.usd for c in twice])


@given(
    npst.arrays(np.float64, (2, 60), elements=st.floats(0, 1e9, allow_subnormal=False)),
    st.floats(0.9, 1.1),
    st.sampled_from([0.0005, 0.001, 0.004]),
)
def test_clusters_of_any_column_are_sound(usd, offset, step):
    grid = PriceGrid(base=round(np.log(PRICE) / step) - 30, count=60, step=step)
    price = PRICE * offset
    clusters = find(picture_of(usd[0], usd[1], price=price, grid=grid))
    centres, total = grid.centres(), usd.sum()
    for cluster in clusters:
        assert cluster.low < cluster.peak < cluster.high
        assert (cluster.peak > price) == (cluster.side is Side.SHORT)
        inside = (cluster.low < centres) & (centres < cluster.high)
        assert cluster.usd == pytest.approx(usd[cluster.side, inside].sum())
        assert cluster.usd > 0
        assert 0 < cluster.share <= 1 + 1e-9
        assert cluster.usd <= total * (1 + 1e-9)
        peak = usd[cluster.side, np.argmin(np.abs(centres - cluster.peak))]
        assert peak == usd[cluster.side, inside].max()
    for side in Side:
        zones = sorted((c.low, c.high) for c in clusters if c.side is side)
        assert all(near[1] <= far[0] for near, far in zip(zones, zones[1:], strict=False))
        beyond = centres > price if side else centres < price
        in_reach = beyond & (np.abs(centres / price - 1) <= 0.10)
        if usd[side, in_reach].max(initial=0) > 1e-4 * usd.max() > 0:
            assert zones


def test_facts_are_shares_of_the_dollars_inside_the_zone():
    column = np.zeros(GRID.count)
    column[480:483] = 1e6
    (cluster,) = shorts_of(column)
    here, elsewhere = np.zeros((2, GRID.count)), np.zeros((2, GRID.count))
    here[Side.SHORT, 480:483] = 1e6
    elsewhere[Side.SHORT, 479] = elsewhere[Side.SHORT, 483] = 1e9
    elsewhere[Side.LONG] = 1e9
    facts = describe(
        cluster,
        GRID,
        by_venue=np.stack((0.75 * here + elsewhere, 0.25 * here)),
        by_bracket=np.stack((here, elsewhere)),
        by_age=np.stack((0.4 * here, 0.6 * here)),
    )
    assert facts.venues == pytest.approx((0.75, 0.25))
    assert facts.brackets == (1.0, 0.0)
    assert facts.ages == pytest.approx((0.4, 0.6))
