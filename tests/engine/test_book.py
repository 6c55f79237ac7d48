"""Walking bars: from nothing, onwards, and refusing what cannot be walked."""

from dataclasses import replace

import numpy as np
import pytest

from apps.engine.book import advance, rebuild, start
from apps.engine.parameters import Parameters, VenueTerms, default_parameters
from apps.engine.records import BadBars, Bars
from tests.engine.synthetic import MINUTE_MS, arranged, random_bars


@pytest.fixture
def bars() -> Bars:
    return random_bars(3, count=40)


def with_value(bars: Bars, name: str, venue: int, row: int, value: float) -> Bars:
    values = getattr(bars, name).copy()
    values[venue, row] = value
    return replace(bars, **{name: values})


def test_advancing_leaves_the_old_walk_as_it_was(bars: Bars, parameters: Parameters) -> None:
    walk = rebuild(bars.between(0, 30), parameters)
    mass = walk.book.standing.mass.copy()
    reached = walk.reached.copy()
    later = advance(walk, bars.between(30, 40))
    np.testing.assert_array_equal(walk.book.standing.mass, mass)
    np.testing.assert_array_equal(walk.reached, reached)
    assert (len(walk.instants_ms), len(later.instants_ms)) == (30, 40)
    assert later.end_ms == bars.end_ms[-1]


def test_two_futures_can_follow_one_walk(bars: Bars, parameters: Parameters) -> None:
    walk = rebuild(bars.between(0, 30), parameters)
    one = advance(walk, bars.between(30, 31))
    fallen = replace(bars, low=bars.low * 0.9)
    advance(walk, fallen.between(30, 31))
    again = advance(walk, bars.between(30, 31))
    np.testing.assert_array_equal(one.book.standing.mass, again.book.standing.mass)


def test_no_bars_are_an_empty_walk(bars: Bars, parameters: Parameters) -> None:
    nothing = start(bars.venues, parameters)
    assert rebuild(bars.between(0, 0), parameters).book.standing_base.sum() < 1e-9
    same = advance(rebuild(bars, parameters), bars.between(0, 0))
    assert same.end_ms == bars.end_ms[-1]
    assert nothing.tapes == ()


def test_the_first_open_interest_stands_at_once_on_both_sides(
    bars: Bars, parameters: Parameters
) -> None:
    walk = rebuild(bars.between(0, 1), parameters)
    unhedged = 1 - np.array([parameters.hedged_long, parameters.hedged_short])
    np.testing.assert_allclose(
        walk.book.standing_base, bars.open_interest[:, :1] * unhedged, rtol=1e-9
    )


def test_a_venue_begins_with_its_first_open_interest(bars: Bars, parameters: Parameters) -> None:
    late = bars.open_interest.copy()
    late[0, :10] = np.nan
    bars = replace(bars, open_interest=late)
    before = rebuild(bars.between(0, 10), parameters).book.standing_base
    assert before[0].sum() < 1e-9 < before[1].sum()
    assert rebuild(bars, parameters).book.standing_base[0].sum() > 1


def test_a_crash_sweeps_the_longs_and_a_squeeze_the_shorts(
    bars: Bars, parameters: Parameters
) -> None:
    calm = rebuild(bars.between(0, 39), parameters)
    last = bars.between(39, 40)
    no_mark = {"mark_low": np.full((2, 1), np.nan), "mark_high": np.full((2, 1), np.nan)}
    crash = advance(calm, replace(last, low=last.low * 0.9, **no_mark)).reached[-1]
    squeeze = advance(calm, replace(last, high=last.high * 1.1, **no_mark)).reached[-1]
    assert np.all(crash[:, 0] > 50 * crash[:, 1])
    assert np.all(squeeze[:, 1] > 50 * squeeze[:, 0])


def test_a_wick_of_the_last_price_kills_nobody_the_mark_did_not_reach(
    bars: Bars, parameters: Parameters
) -> None:
    calm = rebuild(bars.between(0, 39), parameters)
    last = bars.between(39, 40)
    wick = replace(last, low=last.low * 0.9)
    held = replace(wick, mark_low=last.close * 0.9999, mark_high=last.close)
    died, spared = (advance(calm, bar).reached[-1, :, 0] for bar in (wick, held))
    assert np.all(spared < died / 1000)


def test_a_jump_between_bars_sweeps_what_it_jumped_over(bars: Bars, parameters: Parameters) -> None:
    calm = rebuild(bars.between(0, 39), parameters)
    last = bars.between(39, 40)
    gap = replace(last, **{
        name: getattr(last, name) * 0.85
        for name in ("open", "high", "low", "close", "mark_low", "mark_high")
    })  # fmt: skip
    assert advance(calm, gap).reached[-1, :, 0].min() > 100


def test_a_silent_venue_keeps_its_book(bars: Bars, parameters: Parameters) -> None:
    silent = replace(bars, **{
        name: np.where(np.arange(2)[:, None] == 0, np.nan, getattr(bars, name))
        for name in ("open", "high", "low", "close")
    })  # fmt: skip
    walk = rebuild(bars.between(0, 20), parameters)
    after = advance(walk, silent.between(20, 40))
    true = [w.book.standing.mass[0] * w.book.standing.scale[0][..., None] for w in (walk, after)]
    np.testing.assert_allclose(true[1], true[0], rtol=1e-9)
    assert after.book.close[0] == bars.close[0, 19]


def test_reached_dollars_are_reached_coins_at_the_close(bars: Bars, parameters: Parameters) -> None:
    walk = rebuild(bars, parameters)
    np.testing.assert_allclose(walk.reached_usd, walk.reached * bars.close.T[..., None])


def test_columns_kept_are_those_of_the_book_at_their_instants(
    bars: Bars, parameters: Parameters
) -> None:
    bars = arranged(bars, (0,))
    walk = rebuild(bars, parameters, columns_every_ms=5 * MINUTE_MS)
    columns = walk.columns
    assert columns is not None
    assert np.all(columns.end_ms % (5 * MINUTE_MS) == 0)
    row = len(columns.end_ms) // 2
    upto = int(np.searchsorted(bars.end_ms, columns.end_ms[row])) + 1
    standing = rebuild(bars.between(0, upto), parameters).book.standing
    column = np.einsum("sl,slb->sb", standing.scale[0], standing.mass[0])
    first = columns.first - standing.base[0]
    expected = column[:, first : first + columns.base.shape[-1]]
    np.testing.assert_allclose(columns.base[row], expected, rtol=1e-6)


def test_a_venues_terms_can_be_overridden(bars: Bars, parameters: Parameters) -> None:
    low = parameters.with_venue("binance", VenueTerms(3.0, 10.0, ((1000.0, 0.01),)))
    usual, tame = rebuild(bars, parameters), rebuild(bars, low)
    assert tame.reached[:, 0].sum() < usual.reached[:, 0].sum()
    np.testing.assert_allclose(tame.reached[:, 1], usual.reached[:, 1], rtol=1e-9)


def test_altcoins_are_less_levered() -> None:
    assert default_parameters(altcoin=True).mean_leverage_factor < 1


def test_unknown_models_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown model"):
        default_parameters("magic")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("close", np.nan, "close is missing"),
        ("open", np.nan, "open is missing"),
        ("high", np.inf, "high is missing or not finite"),
        ("low", -1.0, "low is not a positive price"),
        ("low", 0.0, "low is not a positive price"),
        ("high", 1.0, "high is below low"),
        ("close", 1.0, "close is outside"),
        ("volume", -1.0, "volume is negative"),
        ("open_interest", -1.0, "open_interest is negative"),
        ("open_interest", np.inf, "open_interest is infinite"),
        ("taker_delta", -np.inf, "taker_delta is infinite"),
        ("mark_low", np.nan, "one of mark_low and mark_high is missing"),
        ("mark_low", -5.0, "mark_low is not a positive price"),
        ("mark_high", 1.0, "mark_high is below mark_low"),
    ],
)
def test_bad_values_are_refused_by_venue_and_row(
    bars: Bars, parameters: Parameters, name: str, value: float, reason: str
) -> None:
    with pytest.raises(BadBars, match=f"row 7 of bybit: {reason}"):
        rebuild(with_value(bars, name, 1, 7, value), parameters)


@pytest.mark.parametrize("end_ms", [[3, 2, 1], [1, 1, 2]])
def test_time_that_does_not_rise_is_refused(
    bars: Bars, parameters: Parameters, end_ms: list[int]
) -> None:
    with pytest.raises(BadBars, match=r"row 1 of binance, bybit: end_ms does not rise"):
        rebuild(replace(bars.between(0, 3), end_ms=np.array(end_ms)), parameters)


def test_bars_from_the_past_are_refused(bars: Bars, parameters: Parameters) -> None:
    walk = rebuild(bars, parameters)
    with pytest.raises(BadBars, match="not after"):
        advance(walk, bars.between(39, 40))


def test_other_venues_are_refused(bars: Bars, parameters: Parameters) -> None:
    with pytest.raises(ValueError, match="the walk is of"):
        advance(rebuild(bars, parameters), arranged(bars, (1,)))


def test_arrays_of_the_wrong_shape_are_refused(bars: Bars, parameters: Parameters) -> None:
    with pytest.raises(BadBars, match="volume has shape"):
        rebuild(replace(bars, volume=bars.volume[:, :5]), parameters)


def test_open_interest_that_vanishes_and_returns_leaves_a_sound_book(
    bars: Bars, parameters: Parameters
) -> None:
    interest = bars.open_interest.copy()
    interest[:, 10:30:2] = 0.0
    walk = rebuild(replace(bars, open_interest=interest), parameters)
    unhedged = 1 - np.array([parameters.hedged_long, parameters.hedged_short])
    np.testing.assert_allclose(walk.book.standing_base, interest[:, -1:] * unhedged, rtol=1e-6)
    assert np.all(np.isfinite(walk.book.standing.mass))
