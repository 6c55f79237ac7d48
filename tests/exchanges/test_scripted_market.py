"""A market that goes where it is told, and in which everybody dies where they must."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exchanges.simulated.scripted import (
    Script,
    Spot,
    Story,
    Waypoint,
    Zone,
    liquidation_factor,
    tell,
)

LONGS = Script(
    seed=1,
    side=0,
    leverage=25.0,
    maintenance_rate=0.005,
    path=(
        Waypoint(0, 100.0),
        Waypoint(100, 104.0),
        Waypoint(200, 100.0),
        Waypoint(300, 104.0),
        Waypoint(360, 97.0, 0.001),
    ),
    zones=(Zone(97.5, 99.0, 1e6, (1, 300)),),
    crowd_usd=2e5,
    others=((10.0, 0.1),),
    spot=(Spot(310, 330, -5e5),),
)
SHORTS = replace(LONGS, side=1, zones=(Zone(105.0, 107.0, 1e6, (1, 300)),))
SCRIPTS = pytest.mark.parametrize("script", [LONGS, SHORTS], ids=["longs", "shorts"])


def standing(story: Story, minute: int) -> np.ndarray:
    """Which traders stand at the end of a minute."""
    traders = story.traders
    return (traders.opened <= minute) & ((traders.died < 0) | (traders.died > minute))


@SCRIPTS
def test_the_price_passes_every_waypoint(script: Script) -> None:
    close = tell(script).close
    for point in script.path:
        assert close[point.minute] == pytest.approx(point.price)


@given(seed=st.integers(0, 2**32 - 1), noise=st.floats(0.0, 0.01))
def test_the_price_stays_within_the_limits_of_its_way(seed: int, noise: float) -> None:
    story = tell(replace(LONGS, seed=seed, noise=noise, zones=()))
    assert story.high[1:301].max() <= 104.0 * (1 + 1e-9)
    assert story.low[1:301].min() >= 100.0 * (1 - 1e-9)
    assert story.low.min() >= 97.0 * np.exp(-0.001) * (1 - 1e-9)


@SCRIPTS
def test_bars_are_possible(script: Script) -> None:
    story = tell(script)
    assert np.all(story.low <= np.minimum(story.open, story.close))
    assert np.all(story.high >= np.maximum(story.open, story.close))


@SCRIPTS
def test_a_zone_holds_what_it_was_told_to_and_is_filled_evenly(script: Script) -> None:
    story, zone = tell(replace(script, crowd_usd=0.0, others=())), script.zones[0]
    dies, usd = story.traders.liquidation, story.traders.usd
    assert usd.sum() == pytest.approx(zone.usd)
    assert np.all((dies >= zone.low) & (dies <= zone.high) | (usd == 0))
    counts, _ = np.histogram(dies, 5, (zone.low, zone.high), weights=usd)
    assert counts.max() < 1.5 * counts.min()


@SCRIPTS
def test_liquidation_prices_follow_from_entry_and_leverage(script: Script) -> None:
    traders = tell(script).traders
    ratios = {liquidation_factor(script), liquidation_factor(script, 10.0)}
    assert set(np.round(traders.liquidation / traders.entry, 9)) == {round(r, 9) for r in ratios}


@SCRIPTS
def test_nobody_survives_a_price_that_reached_them_and_nobody_dies_before(script: Script) -> None:
    story, traders = tell(script), tell(script).traders
    for price, opened, died in zip(traders.liquidation, traders.opened, traders.died, strict=True):
        worst = story.low if script.side == 0 else -story.high
        limit = price if script.side == 0 else -price
        lived = worst[opened + 1 : died if died >= 0 else None]
        assert np.all(lived > limit)
        assert died < 0 or worst[died] <= limit


@SCRIPTS
def test_open_interest_is_what_stands_and_dollars_are_those_who_died(script: Script) -> None:
    story, traders = tell(script), tell(script).traders
    for minute in (0, 150, 300, 360):
        assert story.open_interest[minute] == pytest.approx(
            traders.size[standing(story, minute)].sum()
        )
    assert story.liquidated_usd.sum() == pytest.approx(traders.usd[traders.died >= 0].sum())


def test_spot_flow_is_spread_over_its_minutes() -> None:
    spot = tell(LONGS).spot_usd
    assert spot[310:330].sum() == spot.sum() == pytest.approx(-5e5)


def test_the_same_script_gives_the_same_story_and_another_seed_another() -> None:
    once, again, other = tell(LONGS), tell(LONGS), tell(replace(LONGS, seed=2))
    assert np.array_equal(once.close, again.close)
    assert np.array_equal(once.liquidated_usd, again.liquidated_usd)
    assert not np.array_equal(once.close, other.close)


def test_a_zone_that_the_path_cannot_fill_is_refused() -> None:
    with pytest.raises(ValueError, match="passes no entry"):
        tell(replace(LONGS, zones=(Zone(50.0, 51.0, 1e6, (1, 300)),)))
