"""The markets that are drawn are those with the largest open interest over all venues."""

import time

from apps.exchanges.fake.market import FakeMarket
from apps.exchanges.live.fake_host import FakeHost, market_begins_ms, now_ms
from apps.exchanges.live.listing import ALWAYS, list_venues
from apps.exchanges.live.probing import new_budgets
from apps.exchanges.live.venues import QUESTIONS


def test_the_largest_markets_of_all_eight_venues_are_chosen() -> None:
    market = FakeMarket(first_ms=market_begins_ms(now_ms()), markets=8, standing_per_book=60)
    host = FakeHost(market)
    host.start()
    budgets = new_budgets(time.monotonic)
    found = list_venues(QUESTIONS, budgets, markets=5, root=host.root)
    at_ms = now_ms()
    usd: dict[str, float] = {}
    for listing in market.listings:
        told = market.open_interest(listing, at_ms)
        usd[listing.base] = usd.get(listing.base, 0.0) + told.usd
    host.stop()
    others = sorted((coin for coin in usd if coin not in ALWAYS), key=lambda coin: -usd[coin])
    assert found.coins == (*ALWAYS, *others[:2])
    assert set(found.traded) == set(QUESTIONS)
    assert all(budget.peak_share <= 0.8 for budget in budgets.values())
