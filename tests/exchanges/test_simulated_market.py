"""Laws of the simulated market: nobody appears, vanishes or survives by accident."""

from itertools import islice

import numpy as np
import pytest

from apps.exchanges.simulated.bars import flows_of, mark_path, open_interest, publish
from apps.exchanges.simulated.hours import FIELDS, MINUTE_MS, truth
from apps.exchanges.simulated.market import Block, simulate
from apps.exchanges.simulated.positions import liquidation_offset
from apps.exchanges.simulated.prices import MINUTES
from apps.exchanges.simulated.tables import LEVERAGES, USUAL

FIRST_MS = 1_780_000_200_000
HOURS = 36


@pytest.fixture(scope="module", params=[1, 6])
def hours(request: pytest.FixtureRequest) -> list[Block]:
    """A day and a half, long enough to see jumps and cascades."""
    return list(islice(simulate(request.param, FIRST_MS), HOURS))


def signed_marks(block: Block) -> np.ndarray:
    """(T, K, VERTICES): a position dies once this is as low as its trigger."""
    return USUAL.sign[:, None] * np.log(np.repeat(mark_path(block), 2, axis=1))


def test_open_interest_is_what_stands(hours: list[Block]) -> None:
    for block in hours[::5]:
        bars = publish(block)
        for t in (0, 17, 59):
            at_ms = block.start.first_ms + (block.start.minute + t + 1) * MINUTE_MS - 1
            stood = truth(block, at_ms)
            for i, info in enumerate(USUAL.infos):
                of_it = stood.instrument == info.slug
                longs, shorts = (stood.size_base[of_it & (stood.side == s)].sum() for s in (0, 1))
                assert bars.open_interest[t, i] == pytest.approx(
                    max(longs, shorts) + USUAL.hedged[i]
                )


def test_opens_minus_closes_is_the_change_of_what_stands(hours: list[Block]) -> None:
    for block, later in zip(hours, hours[1:], strict=False):
        flows = flows_of(block)
        net = flows.opened - flows.closed - flows.liquidated
        assert (np.stack([flows.opened, flows.closed, flows.liquidated]) >= 0).all()
        np.testing.assert_allclose(flows.before + net.sum(axis=0), flows_of(later).before)


def test_open_interest_goes_on_from_hour_to_hour(hours: list[Block]) -> None:
    for block, later in zip(hours, hours[1:], strict=False):
        ends = open_interest(flows_of(block).standing[-1])
        np.testing.assert_allclose(open_interest(flows_of(later).before), ends)


def test_whoever_died_had_been_reached_by_the_mark(hours: list[Block]) -> None:
    count = 0
    for block in hours:
        lived, lowest = block.positions, signed_marks(block).min(axis=2)
        dead = np.flatnonzero(np.isfinite(lived.died))
        t = lived.died[dead].astype(int) - block.start.minute
        assert (lowest[t, lived.book[dead]] <= lived.trigger[dead] + 1e-12).all()
        assert (lived.died[dead] >= lived.opened[dead]).all()
        assert (lived.died[dead] < lived.leaves[dead]).all()
        count += len(dead)
    assert count > 500


def test_nobody_survives_a_mark_that_reached_them(hours: list[Block]) -> None:
    passed = 0
    for block in hours:
        lived, lowest = block.positions, signed_marks(block).min(axis=2)
        passable = lived.trigger >= lowest.min(axis=0)[lived.book]
        near = lived.take(np.isinf(lived.died) & passable)
        minutes = block.start.minute + np.arange(MINUTES)[:, None]
        was_there = (near.opened < minutes) & (near.leaves > minutes)
        assert (lowest[:, near.book] > near.trigger - 1e-12)[was_there].all()
        passed += len(near)
    assert passed > 100  # who left in time, or came later


def test_newcomers_do_not_survive_the_rest_of_their_first_minute(hours: list[Block]) -> None:
    for block in hours:
        lived = block.positions
        new = lived.take(
            (lived.opened >= block.start.minute) & (lived.died > lived.opened // 1 + 1)
        )
        t = new.opened.astype(int) - block.start.minute
        is_ahead = np.arange(4) / 3 > (new.opened % 1)[:, None]
        marks = signed_marks(block)[t, new.book]
        assert (marks > new.trigger[:, None])[is_ahead].all()


def test_death_comes_at_the_instant_at_which_the_mark_passes_the_price(hours: list[Block]) -> None:
    for block in hours:
        lived, logs = block.positions, signed_marks(block)
        dead = np.flatnonzero(np.isfinite(lived.died))
        way = (lived.died[dead] % 1) * 3
        vertex = np.minimum(way.astype(int), 2)
        path = logs[lived.died[dead].astype(int) - block.start.minute, lived.book[dead]]
        rows = np.arange(len(dead))
        here = path[rows, vertex] * (1 - way + vertex) + path[rows, vertex + 1] * (way - vertex)
        at_open = way == 0  # the mark had jumped past it between two minutes
        np.testing.assert_allclose(here[~at_open], lived.trigger[dead[~at_open]], atol=1e-8)
        assert (here[at_open] <= lived.trigger[dead[at_open]]).all()


def test_the_liquidation_price_follows_from_entry_leverage_and_tier() -> None:
    binance_btc = np.array([0, 0, 0])
    sign, leverage = np.array([1.0, -1.0, 1.0]), np.array([10.0, 10.0, 25.0])
    notional = np.array([100_000.0, 100_000.0, 1_000_000.0])
    prices = 90_000 * np.exp(liquidation_offset(binance_btc, sign, leverage, notional, USUAL))
    expected = [
        90_000 * 0.9 / 0.996,
        90_000 * 1.1 / 1.004,
        90_000 * (0.96 - 1500 / 1_000_000) / (1 - 0.0065),
    ]
    np.testing.assert_allclose(prices, expected)


def test_maintenance_margin_has_no_jumps_between_tiers() -> None:
    for cap, rate, deduction in zip(
        USUAL.margin.cap_usd, USUAL.margin.rate, USUAL.margin.deduction_usd, strict=True
    ):
        real = np.flatnonzero(np.isfinite(cap[:-1]))
        owed = cap[real] * rate[real] - deduction[real]
        np.testing.assert_allclose(owed, cap[real] * rate[real + 1] - deduction[real + 1])


def test_leverage_is_what_the_venue_allows(hours: list[Block]) -> None:
    np.testing.assert_allclose(USUAL.standing.sum(axis=1), 1)
    np.testing.assert_allclose(USUAL.opening.sum(axis=1), 1)
    lived = hours[-1].positions
    assert (lived.leverage <= USUAL.margin.max_leverage[lived.book // 2].max(axis=1)).all()
    assert set(lived.leverage) <= set(LEVERAGES)


def test_the_standing_mix_stays_near_the_stated_one(hours: list[Block]) -> None:
    alive = hours[-1].start.alive
    for instrument in (0, 2):
        of_it = alive.book // 2 == instrument
        mean = np.average(alive.leverage[of_it], weights=alive.size[of_it])
        assert mean == pytest.approx(USUAL.standing[instrument] @ LEVERAGES, rel=0.25)


def test_bars_are_possible(hours: list[Block]) -> None:
    for block in hours:
        bars = publish(block)
        assert all(np.isfinite(getattr(bars, name)).all() for name in FIELDS)
        assert (bars.low > 0).all()
        assert (bars.low <= np.minimum(bars.open, bars.close)).all()
        assert (bars.high >= np.maximum(bars.open, bars.close)).all()
        assert (bars.mark_low <= bars.mark_close).all()
        assert (bars.mark_close <= bars.mark_high).all()
        assert (np.abs(bars.taker_delta) <= bars.volume).all()
        assert (bars.open_interest > 0).all()


def test_volume_covers_what_traders_did(hours: list[Block]) -> None:
    for block in hours:
        flows = flows_of(block)
        traded = flows.opened + flows.closed + flows.liquidated
        assert (publish(block).volume >= traded[:, 0::2] + traded[:, 1::2]).all()


def test_prices_look_like_those_of_the_real_coins(hours: list[Block]) -> None:
    path = np.exp(np.concatenate([block.path for block in hours]))
    ranges_bps = 1e4 * np.median(path.max(axis=2) / path.min(axis=2) - 1, axis=0)
    assert 2 < ranges_bps[0] < 12
    for coin, prices in zip(USUAL.coins, path[:, :, -1].T, strict=True):
        assert (np.abs(np.log(prices / coin.price)) < 0.25).all()


def test_takers_lean_with_the_price(hours: list[Block]) -> None:
    bars = [publish(block) for block in hours]
    returns = np.concatenate([np.log(bar.close / bar.open) for bar in bars])
    delta = np.concatenate([bar.taker_delta for bar in bars])
    for i in range(0, len(USUAL.infos), USUAL.venues):
        assert np.corrcoef(returns[:, i], delta[:, i])[0, 1] > 0.3


def test_the_same_seed_gives_the_same_market() -> None:
    one, two = (list(islice(simulate(5, FIRST_MS), 3)) for _ in range(2))
    for left, right in zip(one, two, strict=True):
        np.testing.assert_array_equal(left.path, right.path)
        np.testing.assert_array_equal(left.positions.died, right.positions.died)
        np.testing.assert_array_equal(publish(left).volume, publish(right).volume)


def test_another_seed_gives_another_market() -> None:
    one, two = (next(simulate(seed, FIRST_MS)) for seed in (5, 6))
    assert not np.array_equal(one.path, two.path)


def test_forced_selling_pushes_the_price_down(hours: list[Block]) -> None:
    for before, block in zip(hours, hours[1:], strict=False):
        lived, last = before.positions, before.start.minute + MINUTES - 1
        dead = np.flatnonzero((lived.died >= last) & np.isfinite(lived.died))
        usd = lived.size[dead] * np.exp(USUAL.sign[lived.book[dead]] * lived.trigger[dead])
        net = np.bincount(
            lived.book[dead] // (2 * USUAL.venues), -USUAL.sign[lived.book[dead]] * usd, 3
        )
        assert (np.sign(block.start.push) == np.sign(net)).all()
