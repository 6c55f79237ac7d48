"""No window ever holds more than 80 % of what a venue documents."""

import asyncio
from random import Random

import pytest

from apps.exchanges.live.backoff import LONGEST_S, Backoff
from apps.exchanges.live.budget import LIMITS, MOST_SHARE, Budget, Limit
from tests.exchanges.live.venue_of_one import VirtualTime


@pytest.mark.parametrize("venue", LIMITS)
async def test_a_venue_is_never_asked_for_more_than_80_percent(venue: str) -> None:
    time, random, spent = VirtualTime(), Random(venue), []
    limit = LIMITS[venue]
    budget = Budget(limit, clock=time, sleep=time.sleep)
    for _ in range(500):
        units = random.choice((1.0, 2.0, limit.units / 20))
        await budget.take(units)
        spent.append((time(), units))
        time.now_s += random.choice((0.0, 0.0, limit.per_s / 30))
        window = sum(u for at_s, u in spent if at_s > time() - limit.per_s)
        assert window <= MOST_SHARE * limit.units + 1e-9
        assert budget.used_share() <= MOST_SHARE + 1e-9
    assert budget.peak_share > 0.7
    assert time.waits_s


async def test_many_who_ask_at_once_wait_for_each_other() -> None:
    time = VirtualTime()
    budget = Budget(Limit(10, 1.0), clock=time, sleep=time.sleep)
    await asyncio.gather(*(budget.take(1) for _ in range(40)))
    assert budget.peak_share <= MOST_SHARE
    assert time() >= 1004


async def test_a_request_that_can_never_fit_is_refused() -> None:
    budget = Budget(Limit(10, 1.0), clock=VirtualTime(), sleep=VirtualTime().sleep)
    with pytest.raises(ValueError, match="One request of 9 units is more than 8"):
        await budget.take(9)


def test_waits_grow_from_one_to_twenty_seconds_and_start_again() -> None:
    backoff = Backoff(Random(1))
    waits = [backoff.wait_s() for _ in range(50)]
    assert waits[0] <= 1
    assert waits[1] <= 2
    assert max(waits) <= LONGEST_S
    assert max(waits) > 15
    assert len({round(wait) for wait in waits}) > 10, "jitter spreads them"
    backoff.succeeded()
    assert backoff.wait_s() <= 1
