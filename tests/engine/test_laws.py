"""Laws that hold for any market, however wild and however full of holes."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.book import Walk, advance, rebuild, start
from apps.engine.grid import GUARD
from apps.engine.parameters import Parameters, default_parameters
from apps.engine.records import GRID_STEP, Bars, FloatArray
from tests.engine.synthetic import arranged, markets, only

PRICES = ("open", "high", "low", "close", "mark_low", "mark_high")
AMOUNTS = ("volume", "taker_delta", "open_interest")

few = settings(max_examples=25, deadline=None)


def standing(walk: Walk) -> FloatArray:
    """Base standing on the grid, (V, 2, L, B)."""
    book = walk.book.standing
    return (book.mass * book.scale[..., None])[..., GUARD:-GUARD]


def walked(bars: Bars) -> Walk:
    return rebuild(bars, default_parameters())


def changed(bars: Bars, names: tuple[str, ...], factor: float) -> Bars:
    return replace(bars, **{name: getattr(bars, name) * factor for name in names})


@given(bars=markets())
@few
def test_opens_less_closes_is_the_change_of_open_interest_on_both_sides(bars: Bars) -> None:
    parameters = default_parameters()
    walk = start(bars.venues, parameters)
    for row in range(len(bars)):
        before = walk
        walk = advance(walk, bars.between(row, row + 1))
        opened, closed, swept = (
            getattr(walk.book, name) - getattr(before.book, name)
            for name in ("opened", "closed", "swept")
        )
        change = known_interest(walk) - known_interest(before)
        keep = 1 - np.array([parameters.hedged_long, parameters.hedged_short])
        size = walk.book.opened.max() + 1e-9
        np.testing.assert_allclose(opened - closed - swept, change * keep, atol=1e-9 * size)


def known_interest(walk: Walk) -> FloatArray:
    return np.nan_to_num(walk.book.open_interest)[:, None]


@given(bars=markets())
@few
def test_what_was_placed_stands_or_closed_or_was_swept_or_lies_off_the_grid(bars: Bars) -> None:
    walk = walked(bars)
    book = walk.book
    on_grid = standing(walk).sum(axis=(2, 3))
    accounted = on_grid + book.off_grid_base + book.closed + book.swept
    np.testing.assert_allclose(accounted, book.opened, rtol=1e-9, atol=1e-9)
    assert np.all(book.off_grid_base >= -1e-9 * book.opened.max())


@given(bars=markets())
@few
def test_everything_is_finite_and_never_negative(bars: Bars) -> None:
    walk = walked(bars)
    for values in (standing(walk), walk.reached, walk.reached_usd, walk.book.standing_base):
        assert np.all(np.isfinite(values))
        assert np.all(values >= 0)


@given(bars=markets())
@few
def test_no_position_survives_beyond_the_bin_of_a_price(bars: Bars) -> None:
    walk = walked(bars)
    mass = standing(walk)
    for venue in range(len(bars.venues)):
        known = np.flatnonzero(np.isfinite(bars.close[venue]))
        settled = settled_price(bars, venue, known[-1])
        bins = walk.book.standing.base[venue] + GUARD + np.arange(mass.shape[-1])
        at = np.floor(np.log(settled) / GRID_STEP)
        assert not mass[venue, 0][:, bins > at].any()
        assert not mass[venue, 1][:, bins < at].any()


def settled_price(bars: Bars, venue: int, row: int) -> float:
    close, low, high = (
        getattr(bars, name)[venue, row] for name in ("close", "mark_low", "mark_high")
    )
    return close if np.isnan(low) else min(max(close, low), high)


@given(bars=markets(), model=st.sampled_from(["exact", "brief", "oi-only"]))
@few
def test_bar_by_bar_is_the_same_as_all_at_once(bars: Bars, model: str) -> None:
    parameters = default_parameters(model)
    whole = rebuild(bars, parameters)
    walk = start(bars.venues, parameters)
    for row in range(len(bars)):
        walk = advance(walk, bars.between(row, row + 1))
    assert_equal(walk, whole)
    assert walk.end_ms == whole.end_ms


@given(bars=markets(), cut=st.integers(1, 59))
@few
def test_later_bars_change_nothing_earlier(bars: Bars, cut: int) -> None:
    cut = min(cut, len(bars) - 1)
    early, late = walked(bars.between(0, cut)), walked(bars)
    np.testing.assert_allclose(late.reached[:cut], early.reached, rtol=1e-12)


@given(bars=markets(), factor=st.sampled_from([0.25, 2.0, 1024.0]))
@few
def test_scaling_sizes_scales_the_book(bars: Bars, factor: float) -> None:
    small, large = standing(walked(bars)), standing(walked(changed(bars, AMOUNTS, factor)))
    np.testing.assert_allclose(large, small * factor, rtol=1e-9, atol=1e-12 * large.max(initial=0))


@given(bars=markets(), bins=st.sampled_from([-700, 3, 2000]))
@few
def test_shifting_prices_by_whole_bins_shifts_the_book(bars: Bars, bins: int) -> None:
    here = walked(bars)
    there = walked(changed(bars, PRICES, np.exp(bins * GRID_STEP)))
    np.testing.assert_array_equal(
        there.book.standing.base - here.book.standing.base, np.where(has_price(bars), bins, 0)
    )
    size = standing(here).max(initial=0)
    np.testing.assert_allclose(standing(there), standing(here), rtol=1e-6, atol=1e-6 * size)


def has_price(bars: Bars) -> np.ndarray:
    return np.isfinite(bars.close).any(axis=1)


@given(bars=markets())
@few
def test_the_order_of_venues_changes_nothing(bars: Bars) -> None:
    order = tuple(reversed(range(len(bars.venues))))
    there = standing(walked(arranged(bars, order)))[list(order)]
    np.testing.assert_allclose(there, standing(walked(bars)), rtol=1e-12)


@given(bars=markets())
@few
def test_a_venue_walks_alone_as_it_does_in_company(bars: Bars) -> None:
    together = standing(walked(bars))
    for index, venue in enumerate(bars.venues):
        alone = standing(walked(only(bars, venue)))[0]
        np.testing.assert_allclose(alone, together[index], rtol=1e-11, atol=1e-300)


@given(bars=markets())
@few
def test_a_linear_market_is_the_mirror_of_an_inverse_one(bars: Bars) -> None:
    """Seen in 1/price, with sides exchanged, linear margin is inverse margin, bin −1−b is b."""
    still = replace(default_parameters(), grid_bins=6_000, recentre_bins=10_000)
    linear = settled_in(still, bars.venues, "linear")
    inverse = replace(
        settled_in(still, bars.venues, "inverse"),
        hedged_long=linear.hedged_short,
        hedged_short=linear.hedged_long,
    )
    flat = bars.close == bars.open  # a bar that went nowhere has no mirror image of its path
    bars = replace(bars, close=np.where(flat, (bars.open + bars.high) / 2, bars.close))
    here, there = rebuild(bars, linear), rebuild(mirrored(bars), inverse)
    image = standing(there)[:, ::-1, :, ::-1]
    size = standing(here).max(initial=0)
    # The grid has an even number of bins, so its mirror image lies one bin off.
    np.testing.assert_allclose(
        image[..., :-1], standing(here)[..., 1:], rtol=1e-6, atol=1e-6 * size
    )


def settled_in(parameters: Parameters, venues: tuple[str, ...], kind: str) -> Parameters:
    for venue in venues:
        terms = replace(parameters.terms_of(venue), kind=kind)
        parameters = parameters.with_venue(venue, terms)
    return parameters


def mirrored(bars: Bars) -> Bars:
    flipped = {
        "open": 1 / bars.open, "high": 1 / bars.low, "low": 1 / bars.high, "close": 1 / bars.close,
        "mark_low": 1 / bars.mark_high, "mark_high": 1 / bars.mark_low,
        "taker_delta": -bars.taker_delta,
    }  # fmt: skip
    return replace(bars, **flipped)


def assert_equal(walk: Walk, other: Walk) -> None:
    size = standing(other).max(initial=0)
    np.testing.assert_allclose(standing(walk), standing(other), rtol=1e-9, atol=1e-12 * size)
    np.testing.assert_allclose(walk.reached, other.reached, rtol=1e-9, atol=1e-9 * size)
    for name in ("opened", "closed", "swept", "standing_base"):
        np.testing.assert_allclose(getattr(walk.book, name), getattr(other.book, name), rtol=1e-9)
