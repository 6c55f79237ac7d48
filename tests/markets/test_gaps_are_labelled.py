"""A time without bars is noted, explained, healed when its bars come, and never filled."""

from collections.abc import Callable

import pytest

from apps.exchanges.records import BarRow
from apps.markets import services
from apps.markets.gaps import GapWatch, load_gaps
from apps.markets.models import Feed, Gap, HeardMinute, Market
from tests.markets.conftest import BEGIN_MS, MINUTE_MS

type MakeBar = Callable[..., BarRow]
WALL_MS = BEGIN_MS + 60 * MINUTE_MS


@pytest.fixture
def live(db: None) -> Feed:
    """A feed whose clock is the wall's."""
    return Feed.objects.create(
        kind="live", label="live", source="live", state="running",
        anchor_data_ms=BEGIN_MS, anchor_wall_ms=BEGIN_MS,
    )  # fmt: skip


@pytest.fixture
def tell(btc: Market, live: Feed, bar: MakeBar) -> Callable[..., None]:
    """Store bars as the collector does."""
    watch = GapWatch(live)

    def store(*minutes: int, is_history: bool = False, **changes: object) -> None:
        fresh = services.store_rows([bar(minute, **changes) for minute in minutes])
        watch.note(fresh, wall_ms=WALL_MS, is_history=is_history)

    return store


def gaps(market: Market) -> list[tuple[int, int, str, bool]]:
    """Minutes after which and up to which bars are missing, why, and whether they came."""
    told = load_gaps(market, BEGIN_MS - 100 * MINUTE_MS, BEGIN_MS + 100 * MINUTE_MS)
    minutes = [((g.from_ms - BEGIN_MS) // 60_000, (g.to_ms - BEGIN_MS) // 60_000) for g in told]
    return [(*m, g.reason, g.is_healed) for m, g in zip(minutes, told, strict=True)]


def test_bars_in_a_row_leave_no_gap(btc: Market, tell: Callable[..., None]) -> None:
    tell(1, 2)
    tell(3)
    assert gaps(btc) == []


def test_a_later_bar_shows_what_is_missing(btc: Market, tell: Callable[..., None]) -> None:
    tell(1)
    tell(4, 6)
    assert gaps(btc) == [(1, 3, "silent", False), (4, 5, "silent", False)]


def test_an_open_bar_shows_nothing(btc: Market, tell: Callable[..., None]) -> None:
    tell(1)
    tell(4, closed=False)
    assert gaps(btc) == []


def test_a_venue_that_was_heard_was_only_quiet(btc: Market, tell: Callable[..., None]) -> None:
    heard_ms = BEGIN_MS + 2 * MINUTE_MS
    HeardMinute.objects.create(venue="binance", stream="bars", minute_ms=heard_ms, rows=3)
    tell(1)
    tell(6)
    assert gaps(btc) == [(1, 5, "quiet", False)]


def test_what_history_leaves_out_is_called_so(btc: Market, tell: Callable[..., None]) -> None:
    tell(1, 4, is_history=True)
    assert gaps(btc) == [(1, 3, "untold", False)]


def test_bars_that_come_late_heal_a_gap_when_all_are_there(
    btc: Market, tell: Callable[..., None]
) -> None:
    tell(1)
    tell(4)
    tell(2)
    assert gaps(btc) == [(1, 3, "silent", False)]
    tell(3)
    assert gaps(btc) == [(1, 3, "silent", True)]
    assert Gap.objects.get().healed_ms == WALL_MS


def test_of_other_times_no_gap_is_told(btc: Market, tell: Callable[..., None]) -> None:
    tell(1)
    tell(4)
    assert load_gaps(btc, BEGIN_MS + 3 * MINUTE_MS, BEGIN_MS + 9 * MINUTE_MS) == ()


def test_a_collector_that_begins_again_sees_what_it_missed(
    btc: Market, live: Feed, tell: Callable[..., None], bar: MakeBar
) -> None:
    tell(1)
    GapWatch(live).note(services.store_rows([bar(4)]), wall_ms=WALL_MS)
    assert gaps(btc) == [(1, 3, "silent", False)]
