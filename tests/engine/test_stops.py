import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.engine.records import Side
from apps.engine.stops import BadPlan, Place, Refusal, Zone, advise_stop, tidy_step

BRIEF = Zone(85_800, 86_500, 200e6)  # the brief's cluster, Singapore dollars
ENTRY = 90_000.0


def advise(stop: float, *zones: Zone, side: Side = Side.LONG, entry: float = ENTRY, **changes):
    return advise_stop(side=side, entry=entry, stop=stop, zones=zones or (BRIEF,), **changes)


@pytest.mark.parametrize("stop", [85_800.0, 86_100.0, 86_200.0, 86_500.0])
def test_a_stop_between_85800_and_86500_belongs_at_85400(stop):
    advice = advise(stop)
    assert (advice.place, advice.zone, advice.safer) == (Place.INSIDE, BRIEF, 85_400.0)
    assert advice.beyond == pytest.approx(400 / 85_800)


def test_the_stop_of_the_brief_is_clear_and_stays():
    advice = advise(85_400.0)
    assert (advice.place, advice.zone, advice.safer) == (Place.CLEAR, None, 85_400.0)


def test_a_stop_just_behind_the_cluster_goes_with_an_overshoot():
    advice = advise(85_700.0)
    assert (advice.place, advice.safer) == (Place.BEHIND, 85_400.0)


def test_a_stop_just_before_the_cluster_is_taken_on_the_way():
    advice = advise(86_600.0)
    assert (advice.place, advice.safer) == (Place.BEFORE, 85_400.0)
    assert advise(88_000.0).place is Place.CLEAR


def test_shorts_mirror_longs():
    cluster = Zone(94_000, 95_000, 1e6)
    advice = advise(94_500.0, cluster, side=Side.SHORT)
    assert (advice.place, advice.safer) == (Place.INSIDE, 95_400.0)


def test_the_safer_stop_clears_every_cluster_it_meets():
    stacked = (BRIEF, Zone(85_000, 85_500, 1e6), Zone(84_500, 84_900, 1e6), Zone(80_000, 81_000, 1))
    advice = advise(86_000.0, *stacked)
    assert advice.zone is BRIEF
    assert advice.safer == 84_100.0
    assert advise(advice.safer, *stacked).place is Place.CLEAR


def test_clusters_behind_the_entry_do_not_matter():
    assert advise(89_500.0, Zone(90_100, 90_500, 1e6)).place is Place.CLEAR


def test_the_clearance_and_the_step_can_be_chosen():
    assert advise(86_000.0, clearance=0.002, step=1.0).safer == 85_628.0


@pytest.mark.parametrize(
    ("side", "stop", "refusal"),
    [
        (Side.LONG, 91_000.0, Refusal.STOP_ON_THE_WRONG_SIDE),
        (Side.LONG, ENTRY, Refusal.STOP_ON_THE_WRONG_SIDE),
        (Side.SHORT, 89_000.0, Refusal.STOP_ON_THE_WRONG_SIDE),
        (Side.LONG, 0.0, Refusal.NOT_A_NUMBER),
        (Side.LONG, np.nan, Refusal.NOT_A_NUMBER),
        (Side.SHORT, np.inf, Refusal.NOT_A_NUMBER),
    ],
)
def test_nonsense_is_refused_in_one_sentence(side, stop, refusal):
    with pytest.raises(BadPlan) as refused:
        advise(stop, side=side)
    assert refused.value.refusal is refusal
    assert str(refused.value).count(".") == 1


edges = st.tuples(st.floats(50.0, 99.0), st.floats(0.01, 3.0))


@given(zones=st.lists(edges, max_size=6), stop=st.floats(40.0, 99.9), side=st.sampled_from(Side))
def test_what_is_called_safer_is_clear_and_never_nearer(zones, stop, side):
    clusters = [Zone(low, low + width, 1.0) for low, width in zones]
    if side is Side.SHORT:
        clusters = [Zone(200 - zone.high, 200 - zone.low, 1.0) for zone in clusters]
        stop = 200 - stop
    advice = advise(stop, *clusters, side=side, entry=100.0) if clusters else None
    if advice:
        sign = -1 if side is Side.LONG else 1
        assert sign * advice.safer >= sign * advice.stop
        again = advise(advice.safer, *clusters, side=side, entry=100.0)
        assert again.place is Place.CLEAR


@given(st.floats(1e-6, 1e6))
def test_steps_are_near_a_thousandth_of_the_price(price):
    assert 0.5 / 1000 < tidy_step(price) / price < 2 / 1000
