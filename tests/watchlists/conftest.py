"""Three markets to follow, and Alice's first list."""

import pytest

from apps.accounts.models import User
from apps.markets.models import Market
from apps.watchlists.models import Watchlist
from apps.watchlists.services import make_watchlist, watch_market


@pytest.fixture
def markets(db: None) -> list[Market]:
    """BTC, ETH and SOL."""
    return [
        Market.objects.create(slug=slug, base=slug.upper(), name=slug, position=place)
        for place, slug in enumerate(("btc", "eth", "sol"))
    ]


@pytest.fixture
def watchlist(user: User, markets: list[Market]) -> Watchlist:
    """Alice's list of all three, in their own order."""
    watchlist = make_watchlist(user=user, name="Morning")
    for market in markets:
        watch_market(watchlist=watchlist, market=market)
    return watchlist
