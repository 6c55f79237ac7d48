"""Pictures: what is drawn is what stood, at that instant, of what was asked for."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.book import Walk, advance, rebuild
from apps.engine.layers import layers_of, shares
from apps.engine.parameters import default_parameters
from apps.engine.picture import draw, draw_view, extend, newest_column
from apps.engine.records import Bars, Picture
from apps.engine.view import View
from tests.engine.synthetic import MINUTE_MS, arranged, markets, random_bars

few = settings(max_examples=10, deadline=None)
SPAN = (40_000.0, 90_000.0)
VIEW = View(30 * MINUTE_MS, 5 * MINUTE_MS)


@pytest.fixture(scope="module")
def bars() -> Bars:
    return random_bars(11, count=90, venues=("binance", "bybit", "hyperliquid"))


@pytest.fixture(scope="module")
def walk(bars: Bars) -> Walk:
    return rebuild(bars, default_parameters())


def both(picture: Picture) -> np.ndarray:
    return np.stack([picture.long_usd, picture.short_usd])


def assert_pictures_equal(one: Picture, other: Picture) -> None:
    assert one.grid == other.grid
    np.testing.assert_array_equal(one.end_ms, other.end_ms)
    np.testing.assert_array_equal(one.candles, other.candles)
    np.testing.assert_allclose(both(one), both(other), rtol=1e-9, atol=1e-9 * both(other).max())
    assert one.price == other.price


def test_columns_end_on_the_cadence_and_only_the_last_is_open(walk: Walk) -> None:
    picture = draw_view(walk, VIEW)
    assert len(picture.end_ms) == 6
    assert np.all(picture.end_ms % VIEW.cadence_ms == 0)
    assert picture.end_ms[-2] < walk.end_ms <= picture.end_ms[-1]
    assert both(picture).shape == (2, 6, picture.grid.count)


def test_the_newest_column_is_the_book(walk: Walk) -> None:
    picture = draw_view(walk, VIEW)
    newest = newest_column(walk, VIEW, picture.grid)
    np.testing.assert_allclose(both(picture)[:, -1], newest, rtol=1e-9, atol=1e-6)


@given(bars=markets())
@few
def test_the_past_is_drawn_as_it_was_then(bars: Bars) -> None:
    half = max(len(bars) // 2, 1)
    parameters = default_parameters()
    then, now = rebuild(bars.between(0, half), parameters), rebuild(bars, parameters)
    view = replace(VIEW, span=SPAN)
    if np.isfinite(then.book.close).any():
        assert_pictures_equal(draw_view(now, view, until_ms=then.end_ms), draw_view(then, view))


@given(bars=markets(), is_helped=st.booleans(), stride=st.sampled_from([1, 2, 9]))
@few
def test_a_picture_carried_on_equals_one_drawn_anew(
    bars: Bars, is_helped: bool, stride: int
) -> None:
    view = replace(VIEW, cadence_ms=3 * MINUTE_MS)
    walk = rebuild(bars.between(0, 1), default_parameters())
    if not np.isfinite(walk.book.close).any():
        return
    picture = draw_view(walk, view)
    for row in range(1, len(bars), stride):
        earlier, walk = walk, advance(walk, bars.between(row, row + stride))
        help_ = earlier if is_helped else None
        picture = extend(picture, walk, view, drawn_ms=earlier.end_ms, earlier=help_)
    assert_pictures_equal(picture, draw_view(walk, view))


@given(bars=markets())
@few
def test_every_picture_is_finite_and_never_negative(bars: Bars) -> None:
    picture = draw_view(rebuild(bars, default_parameters()), replace(VIEW, ages=((0, MINUTE_MS),)))
    assert np.all(np.isfinite(both(picture)))
    assert np.all(both(picture) >= 0)


def test_venues_sum_to_the_whole(walk: Walk) -> None:
    parts = [
        both(draw_view(walk, replace(VIEW, venues=(venue,), span=SPAN))) for venue in walk.venues
    ]
    whole = both(draw_view(walk, replace(VIEW, span=SPAN)))
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-9, atol=1e-9 * whole.max())


def test_a_venue_alone_is_drawn_as_in_a_market_of_its_own(bars: Bars, walk: Walk) -> None:
    alone = rebuild(arranged(bars, (1,)), default_parameters())
    view = replace(VIEW, span=SPAN, reference="bybit")
    assert_pictures_equal(draw_view(walk, replace(view, venues=("bybit",))), draw_view(alone, view))


def test_brackets_sum_to_the_whole(walk: Walk) -> None:
    parts = [both(draw_view(walk, replace(VIEW, brackets=(bracket,)))) for bracket in range(5)]
    whole = both(draw_view(walk, VIEW))
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-9, atol=1e-9 * whole.max())
    assert all(part.sum() > 0 for part in parts[1:])


def test_any_five_age_windows_sum_to_the_whole(walk: Walk) -> None:
    edges = [0, 3 * MINUTE_MS, 10 * MINUTE_MS, 17 * MINUTE_MS, 41 * MINUTE_MS, None]
    windows = list(zip(edges[:-1], edges[1:], strict=True))
    parts = [both(draw_view(walk, replace(VIEW, ages=(window,)))) for window in windows]
    whole = both(draw_view(walk, VIEW))
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-9, atol=1e-9 * whole.max())
    together = both(draw_view(walk, replace(VIEW, ages=tuple(reversed(windows)))))
    np.testing.assert_allclose(together, whole, rtol=1e-9, atol=1e-9 * whole.max())


def test_ages_are_exact_to_the_minute() -> None:
    bars = random_bars(11, count=90, volatility=0.0)  # nothing is swept, so nothing re-opens
    interest = np.repeat(bars.open_interest[:, :1], 90, axis=1)
    interest[:, 60:] += 100.0
    walk = rebuild(replace(bars, open_interest=interest), default_parameters("oi-only"))
    age_ms = walk.end_ms - int(bars.end_ms[60])

    def dollars(since: int, to: int | None) -> float:
        view = View(MINUTE_MS, MINUTE_MS, span=SPAN, ages=((since, to),))
        return float(both(draw_view(walk, view)).sum())

    assert dollars(age_ms, age_ms + 1) > 1e6
    assert dollars(0, age_ms) == pytest.approx(0.0, abs=1.0)
    assert dollars(age_ms + 1, age_ms + 29 * MINUTE_MS) == pytest.approx(0.0, abs=1.0)


def test_one_side_is_drawn_alone(walk: Walk) -> None:
    whole, shorts = draw_view(walk, VIEW), draw_view(walk, replace(VIEW, sides=(1,)))
    assert not shorts.long_usd.any()
    np.testing.assert_allclose(shorts.short_usd, whole.short_usd, rtol=1e-12)
    np.testing.assert_allclose(whole.net_usd, whole.long_usd - whole.short_usd)


def test_longs_lie_below_the_price_and_shorts_above(walk: Walk) -> None:
    picture = draw_view(walk, VIEW)
    centres = picture.grid.centres()
    assert not picture.long_usd[-1, centres > picture.price * 1.005].any()
    assert not picture.short_usd[-1, centres < picture.price * 0.995].any()


def test_the_reference_may_be_any_venue(walk: Walk) -> None:
    usual = draw_view(walk, replace(VIEW, span=SPAN))
    other = draw_view(walk, replace(VIEW, span=SPAN, reference="hyperliquid"))
    assert other.price == pytest.approx(walk.book.close[2])
    assert both(other).sum() == pytest.approx(both(usual).sum(), rel=0.01)


def test_linear_bins_hold_the_same_dollars(walk: Walk) -> None:
    log = draw(walk, window_ms=30 * MINUTE_MS, cadence_ms=5 * MINUTE_MS, span=SPAN)
    linear = draw(
        walk, window_ms=30 * MINUTE_MS, cadence_ms=5 * MINUTE_MS, span=SPAN,
        bin_width=("usd", 50.0),
    )  # fmt: skip
    assert linear.grid.step == 50.0
    assert not linear.grid.is_log
    assert linear.grid.edges()[0] <= SPAN[0]
    np.testing.assert_allclose(both(linear).sum(axis=2), both(log).sum(axis=2), rtol=1e-3)


def test_candles_hold_the_bars_of_their_column(bars: Bars, walk: Walk) -> None:
    picture = draw_view(walk, VIEW)
    row = int(np.searchsorted(bars.end_ms, picture.end_ms[2]))
    inside = slice(row - 4, row + 1)
    expected = [bars.open[0, row - 4], bars.high[0, inside].max(), bars.low[0, inside].min(),
                bars.close[0, row]]  # fmt: skip
    np.testing.assert_array_equal(picture.candles[2], expected)


def test_columns_before_the_first_bar_are_empty_and_their_candles_missing(walk: Walk) -> None:
    picture = draw_view(walk, View(180 * MINUTE_MS, 5 * MINUTE_MS))
    assert np.isnan(picture.candles[0]).all()
    assert not both(picture)[:, 0].any()
    assert both(picture)[:, -1].any()


def test_layers_each_sum_to_the_newest_column(walk: Walk) -> None:
    grid = draw_view(walk, VIEW).grid
    windows = ((0, 5 * MINUTE_MS), (5 * MINUTE_MS, 60 * MINUTE_MS), (60 * MINUTE_MS, None))
    layers = layers_of(walk, grid, ages=windows)
    whole = newest_column(walk, VIEW, grid)
    for layer in (layers.venue_usd, layers.bracket_usd, layers.age_usd):
        np.testing.assert_allclose(layer.sum(axis=0), whole, rtol=1e-9, atol=1e-9 * whole.max())
        assert shares(layer).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"venues": ("mtgox",)}, "no venue 'mtgox'"),
        ({"reference": "mtgox"}, "no venue 'mtgox'"),
        ({"bin_width": ("usd", 0.0)}, "positive number of usd"),
        ({"bin_width": ("sgd", 50.0)}, "positive number of usd"),
        ({"bin_width": ("usd", 1e-3)}, "more than"),
        ({"span": (2.0, 1.0)}, "must rise"),
    ],
)
def test_impossible_pictures_are_refused(walk: Walk, wrong: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        draw(walk, window_ms=30 * MINUTE_MS, cadence_ms=5 * MINUTE_MS, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"cadence_ms": 0}, {"sides": (2,)}, {"brackets": (5,)}, {"ages": ((5, 5),)}],
)
def test_impossible_views_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"."):
        View(**{"window_ms": 60, "cadence_ms": 60, **wrong})


def test_nothing_can_be_drawn_before_the_first_bar(walk: Walk) -> None:
    with pytest.raises(ValueError, match="before the first bar"):
        draw_view(walk, VIEW, until_ms=0)
